"""Small files of every kind that mails bring along, good enough for programs that look at their first bytes."""

import struct
import zlib
from functools import cache


@cache
def a_file(kind: str, size: int = 0) -> bytes:
    """A file of this kind, filled up to `size` bytes."""
    content = _FILES[kind]
    return content + b"\0" * (size - len(content))


def png(width: int, height: int) -> bytes:
    """A picture that every program can open, all in one colour."""
    rows = b"".join(b"\0" + b"\x1e\x6f\xbf" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def jpeg(width: int, height: int) -> bytes:
    """The beginning of a picture: what programs read to know its size."""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return start + struct.pack(">BBHBHHBBBB", 0xFF, 0xC0, 11, 8, height, width, 1, 1, 0x11, 0) + b"\xff\xd9"


_FILES = {
    "pdf": b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n",
    "jpeg": jpeg(640, 480),
    "png": png(8, 8),
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00",
    "docx": b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml word/document.xml",
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
    "exe": b"MZ\x90\x00\x03\x00\x00\x00This program cannot be run in DOS mode.",
    "html": b"<html><script>alert(1)</script></html>",
    "tnef": b"\x78\x9f\x3e\x22\x00\x00",
    "p7s": b"0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x02",
    "vcf": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nEND:VCARD\r\n",
    "heic": b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00",
}
