"""Which files may reach a citizen, told by their content."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that goes along. `endings`: of its names, the usual one first; `claims`: what senders call it."""

    media_type: str
    endings: tuple[str, ...]
    claims: frozenset[str]
    start: re.Pattern[bytes]

    @property
    def is_picture(self) -> bool:
        """Whether it can stand as a picture in a text."""
        return self.media_type.startswith("image/")


PDF = FileType(
    "application/pdf",
    ("pdf",),
    frozenset({"application/pdf", "application/x-pdf", "application/acrobat"}),
    re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}%PDF-\d"),
)
JPEG = FileType(
    "image/jpeg",
    ("jpg", "jpeg", "jpe", "jfif"),
    frozenset({"image/jpeg", "image/jpg", "image/pjpeg"}),
    re.compile(rb"\xff\xd8\xff"),
)
PNG = FileType("image/png", ("png",), frozenset({"image/png", "image/x-png"}), re.compile(rb"\x89PNG\r\n\x1a\n"))
GIF = FileType("image/gif", ("gif",), frozenset({"image/gif"}), re.compile(rb"GIF8[79]a"))
WEBP = FileType("image/webp", ("webp",), frozenset({"image/webp"}), re.compile(rb"RIFF.{4}WEBP", re.DOTALL))

_ALL = (PDF, JPEG, PNG, GIF, WEBP)
# What senders write that do not know, or do not say, what they send.
_ANYTHING = {"application/octet-stream", "application/binary", "application/x-download", "application/force-download"}
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})\Z")


def type_of(content: bytes) -> FileType | None:
    """What the content is, by its first bytes; None if it is nothing that may go along."""
    return next((one for one in _ALL if one.start.match(content)), None)


def is_meant(found: FileType, claim: str, name: str) -> bool:
    """Whether the claimed media type and the ending of the name say the same as the content."""
    ending = _ENDING.search(name)
    is_claimed = claim in found.claims or claim in _ANYTHING
    return is_claimed and (ending is None or ending[1].lower() in found.endings)


def with_ending(found: FileType, name: str) -> str:
    """The name with an ending that programs open the file by."""
    return name if _ENDING.search(name) else f"{name}.{found.endings[0]}"
