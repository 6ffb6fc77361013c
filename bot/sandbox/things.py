"""What citizens send besides words: photos, albums, documents, voice messages and everything else Telegram has."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.chats import Chats
from bot.sandbox.files import Files
from bot.sandbox.kinds import THINGS
from bot.sandbox.params import ApiError, Upload
from bot.sandbox.people import Refused, Stored

MOST_IN_AN_ALBUM = 10
CAPTIONED = frozenset({"voice", "audio", "video", "animation", "photo", "document"})


class Things:
    """Lets citizens send them. Raises Refused with a sentence."""

    def __init__(self, chats: Chats, files: Files) -> None:
        self._chats = chats
        self._files = files

    def send(self, name: str, kind: str, text: str, files: Sequence[Upload], reply_to: int | None) -> list[Stored]:
        """A message of this kind with a caption; several files are an album, whose first one carries the caption."""
        if text and kind not in CAPTIONED:
            raise Refused(400, f"{kind} has no caption.")
        if kind in ("photo", "document"):
            contents = self._contents(kind, files)
        elif kind in THINGS:
            contents = [dict(THINGS[kind])]
        else:
            raise Refused(400, f"kind must be one of photo, document, {', '.join(THINGS)}.")
        if text:
            contents[0]["caption"] = text
        return self._chats.send(name, contents, reply_to)

    def _contents(self, kind: str, files: Sequence[Upload]) -> list[dict[str, Any]]:
        if not 1 <= len(files) <= MOST_IN_AN_ALBUM:
            raise Refused(400, f"files must be a list of 1 to {MOST_IN_AN_ALBUM}.")
        try:
            stored = [self._files.keep(kind, file) for file in files]
        except ApiError as error:
            raise Refused(400, error.description) from error
        album = {"media_group_id": f"album-{stored[0]['file_unique_id']}"} if len(stored) > 1 else {}
        return [{kind: [one] if kind == "photo" else one, **album} for one in stored]
