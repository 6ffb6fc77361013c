"""Files that the bot sent, to be fetched again under /file."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.sandbox.params import ApiError, Upload, bad_request
from bot.sandbox.pictures import pixels, refusal
from bot.sandbox.records import Records

LARGEST = 50 * 1024 * 1024
LARGEST_FETCHED = 20 * 1024 * 1024


class Files:
    """Stored files by their id."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def keep(self, kind: str, file: Upload) -> Mapping[str, Any]:
        """Store an upload; its Document or PhotoSize object. Raises ApiError for what Telegram does not take."""
        if not file.content:
            raise bad_request("file must be non-empty")
        if len(file.content) > LARGEST:
            raise ApiError(413, "Request Entity Too Large")
        if kind == "photo" and (reason := refusal(file.content)) is not None:
            raise bad_request(reason)
        number = self._records.insert(
            "INSERT INTO files (folder, name, type, content) VALUES (?, ?, ?, ?)",
            f"{kind}s",
            file.name,
            file.type,
            file.content,
        )
        return self.described(_id(number))

    def described(self, file_id: str) -> Mapping[str, Any]:
        """The Document or PhotoSize object of a stored file. Raises ApiError for an unknown id."""
        number, folder, name, kind, content = self._row(file_id)
        common = {"file_id": file_id, "file_unique_id": f"unique{number}", "file_size": len(content)}
        if folder == "photos":
            width, height = pixels(content) or (0, 0)
            return common | {"width": width, "height": height}
        return common | {"file_name": name, "mime_type": kind}

    def file(self, file_id: str) -> Mapping[str, Any]:
        """The File object that getFile returns. Raises ApiError above 20 MB, which bots cannot fetch."""
        number, folder, name, _, content = self._row(file_id)
        if len(content) > LARGEST_FETCHED:
            raise bad_request("file is too big")
        path = f"{folder}/file_{number}{_ending(name)}"
        common = {"file_id": file_id, "file_unique_id": f"unique{number}", "file_size": len(content)}
        return common | {"file_path": path}

    def content(self, file_id: str) -> tuple[str, str, bytes]:
        """Name, media type and bytes. Raises ApiError for an unknown id."""
        _, _, name, kind, content = self._row(file_id)
        return name, kind, content

    def by_path(self, path: str) -> bytes | None:
        """The bytes under a path that getFile named."""
        number = path.rpartition("/file_")[2].partition(".")[0]
        if not number.isdecimal():
            return None
        row = self._records.row("SELECT content FROM files WHERE id = ?", int(number))
        return None if row is None or self.file(_id(int(number)))["file_path"] != path else bytes(row[0])

    def _row(self, file_id: str) -> tuple[int, str, str, str, bytes]:
        number = file_id.removeprefix("sandboxfile")
        row = None
        if number.isdecimal():
            row = self._records.row("SELECT id, folder, name, type, content FROM files WHERE id = ?", int(number))
        if row is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return int(row[0]), str(row[1]), str(row[2]), str(row[3]), bytes(row[4])


def _id(number: int) -> str:
    return f"sandboxfile{number}"


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2]
    return f".{ending}" if "." in name and ending.isalnum() else ""


def download(name: str, content: bytes) -> Response:
    """A file to be saved, never shown."""
    ascii_name = name.encode("ascii", "replace").decode()
    safe = "".join(one if one.isalnum() or one in "._-" else "_" for one in ascii_name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
