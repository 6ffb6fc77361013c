"""Files that staff attached to their answers."""

from sqlalchemy import select

from bot.desk.staff import Attachment
from bot.desk.ticket import Ticket
from bot.storage.rows.common import Rows
from bot.storage.tables import files


class FileRows(Rows):
    """What is sent as it is."""

    async def keep_file(self, ticket: Ticket, file: Attachment) -> int:
        """Store a file of a ticket; the id by which a delivery names it."""
        values = {"name": file.name, "media_type": file.media_type, "content": file.content}
        return await self._insert(files, ticket_id=ticket.id, at=self._now, **values)

    async def file(self, file_id: int) -> Attachment | None:
        """The file of this id, if it is still kept."""
        row = (await self._connection.execute(select(files).where(files.c.id == file_id))).one_or_none()
        return None if row is None else Attachment(row.name, row.media_type, bytes(row.content))
