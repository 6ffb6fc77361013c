"""What Telegram looks at in a photo: its type, its size in bytes and in pixels."""

import re

PHOTO_BYTES = 10 * 1024 * 1024
PIXELS = 10_000
RATIO = 20

_PNG = re.compile(rb"\x89PNG\r\n\x1a\n.{8}(.{4})(.{4})", re.DOTALL)
_GIF = re.compile(rb"GIF8[79]a(.{2})(.{2})", re.DOTALL)
_JPEG = b"\xff\xd8\xff"
# Markers of a JPEG that begin a frame, and so tell its size.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that browsers show; None for anything else."""
    starts = {b"\x89PNG": "image/png", _JPEG: "image/jpeg", b"GIF8": "image/gif"}
    found = next((kind for start, kind in starts.items() if content.startswith(start)), None)
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else found


def pixels(content: bytes) -> tuple[int, int] | None:
    """Width and height; None if the content is no picture of a kind that is known here."""
    if found := _PNG.match(content):
        return int.from_bytes(found[1], "big"), int.from_bytes(found[2], "big")
    if found := _GIF.match(content):
        return int.from_bytes(found[1], "little"), int.from_bytes(found[2], "little")
    return _jpeg_pixels(content) if content.startswith(_JPEG) else None


def _jpeg_pixels(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def refusal(content: bytes) -> str | None:
    """Why Telegram does not take this as a photo, in its words; None if it does."""
    if len(content) > PHOTO_BYTES:
        size = f"file of size {len(content)} bytes"
        return f"{size} is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
    found = pixels(content)
    if found is None:
        return "IMAGE_PROCESS_FAILED"
    width, height = found
    if not min(found) or width + height > PIXELS or max(found) > RATIO * min(found):
        return "PHOTO_INVALID_DIMENSIONS"
    return None
