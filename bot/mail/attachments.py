"""The files of a clerk's mail: which go along to the citizen, and why the others do not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import islice
from urllib.parse import unquote

from bot.desk.staff import Attachment, Cut, CutKind
from bot.mail.filetypes import JPEG, FileType, is_meant, type_of, with_ending
from bot.mail.headers import file_name
from bot.mail.parts import Texts, children, content_of, content_type, is_attachment, is_text, raw_header
from bot.mail.reply import parted

LARGEST = 10 * 1024 * 1024
MOST = 10
# Of more parts, nobody wants to read a word about each.
_LOOKED_AT = 100

# Icons of signatures are smaller, pictures that a clerk sends are larger.
_ICON_BYTES = 10_000
# Up to this size, nobody is told of an embedded picture: nearly all are logos.
_LOGO_BYTES = 30_000
# Photos of phones, which some programs embed like logos, are larger.
_PHOTO_BYTES = 100_000
# How Outlook names what is embedded in a text, signatures above all.
_EMBEDDED_NAME = re.compile(r"(?:image\d{3}|Outlook-\w+|ATT\d{5})\.\w+", re.IGNORECASE)
_REFERENCE = re.compile(rb"cid:([^\s\"'<>)\]]{1,300})", re.IGNORECASE)
# Business cards, signatures and keys that mail programs attach by themselves.
_UNASKED_TYPES = frozenset(
    {
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
        "application/pgp-keys", "application/pgp-encrypted", "application/applefile",
        "text/vcard", "text/x-vcard", "text/directory",
    }
)  # fmt: skip
_UNASKED_NAME = re.compile(r".*\.(?:p7s|vcf)|signature\.asc|OpenPGP_\w+(?:\.\w+)?\.asc", re.IGNORECASE)

_WORDS = {
    "other": "nur PDF, JPEG, PNG, GIF und WebP gehen mit",
    "mail": "angehängte E-Mails gehen nicht mit",
    "outlook": "Outlook hat die Anlagen in ein eigenes Format verpackt; bitte die E-Mail als HTML oder Nur-Text senden",
    "calendar": "Termine gehen nicht mit",
    "lie": "Name, Art und Inhalt der Datei passen nicht zusammen",
    "broken": "die Datei ist leer oder beschädigt",
    "large": f"größer als {LARGEST // 1024**2} MB",
    "many": f"höchstens {MOST} Dateien gehen mit",
    "embedded": "ein Bild im Text oder in der Signatur geht nicht mit; bitte als Datei anhängen",
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files that go along, and what is to be said of those that do not."""

    attachments: tuple[Attachment, ...] = ()
    cut: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The content ids that the mail's texts refer to: everywhere, and between the clerk's own words."""

    everywhere: frozenset[str]
    own: frozenset[str]


def files_of(message: Message, texts: Texts, *, unnamed: str) -> Files:
    """What is attached to a mail. `texts`: the same mail's; `unnamed`: how a file without a name is called."""
    pictures = _Pictures(_referenced(message), _between_own_words(texts))
    going: list[Attachment] = []
    cut: list[Cut] = []
    parts = _files(message)
    for part in islice(parts, _LOOKED_AT):
        name = file_name(part)
        if _is_unasked(part, name):
            continue
        judged = _judged(part, name, pictures, f"{unnamed}-{len(going) + 1}")
        if isinstance(judged, Attachment) and len(going) >= MOST:
            judged = _refused(judged.name, "many")
        if isinstance(judged, Cut):
            cut.append(judged)
        elif judged not in going:
            # Apple's programs put a file into each alternative of the text.
            going.append(judged)
    if next(parts, None) is not None:
        cut.append(_refused("…", "many"))
    return Files(tuple(going), tuple(cut))


def _files(message: Message) -> Iterator[Message]:
    """Every part that is no text of the mail itself, in the mail's order."""
    waiting = [(message, False)]
    while waiting:
        part, attached = waiting.pop()
        attached = part is not message and (attached or is_attachment(part))
        kind = content_type(part)
        if kind.startswith("message/") and part is not message:
            yield part
        elif inside := children(part):
            waiting += [(child, attached) for child in reversed(inside)]
        elif kind.startswith("multipart/") or (is_text(part) and not attached):
            continue
        # Alternatives of the text for other programs have no name.
        elif attached or not kind.startswith("text/") or file_name(part):
            yield part


def _is_unasked(part: Message, name: str) -> bool:
    return content_type(part) in _UNASKED_TYPES or bool(_UNASKED_NAME.fullmatch(name))


def _judged(part: Message, name: str, pictures: _Pictures, unnamed: str) -> Attachment | Cut:
    if (reason := _of_no_use(part, name)) is not None:
        return _refused(name or _shown(part), reason)
    content = content_of(part)
    if not content:
        return _refused(name or unnamed, "broken")
    found = type_of(content)
    if found is None:
        return _refused(name or unnamed, "other")
    if found.is_picture and _is_decoration(part, name, found, content, pictures):
        is_large = len(content) >= _LOGO_BYTES
        return _refused(name or unnamed, "embedded") if is_large else Cut(CutKind.SIGNATURE, name or unnamed)
    if not is_meant(found, content_type(part), name):
        return _refused(name or unnamed, "lie")
    if len(content) > LARGEST:
        return _refused(name or unnamed, "large")
    return Attachment(with_ending(found, name or unnamed), found.media_type, content)


def _of_no_use(part: Message, name: str) -> str | None:
    kind = content_type(part)
    if kind.startswith("message/"):
        return "mail"
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        return "outlook"
    if kind in ("text/calendar", "application/ics") or name.lower().endswith(".ics"):
        return "calendar"
    return None


def _is_decoration(part: Message, name: str, found: FileType, content: bytes, pictures: _Pictures) -> bool:
    """Whether a picture belongs to the look of the text, above all a logo in a signature. When in doubt, it does."""
    content_id = _content_id(part)
    is_embedded_name = bool(_EMBEDDED_NAME.fullmatch(name))
    if content_id in pictures.everywhere:
        is_photo = found is JPEG and len(content) >= _PHOTO_BYTES and not is_embedded_name
        return not (is_photo and content_id in pictures.own)
    is_small = len(content) < _ICON_BYTES
    if is_attachment(part):
        return is_small and is_embedded_name and bool(content_id)
    return is_small or is_embedded_name


def _content_id(part: Message) -> str:
    return raw_header(part, "Content-ID").strip().strip("<>").strip()


def _referenced(message: Message) -> frozenset[str]:
    waiting, found = [message], set[bytes]()
    while waiting:
        part = waiting.pop()
        waiting += children(part)
        if is_text(part):
            found.update(_REFERENCE.findall(content_of(part) or b""))
    return frozenset(unquote(one.decode("latin-1")) for one in found)


def _between_own_words(texts: Texts) -> frozenset[str]:
    return frozenset(unquote(one) for text in texts.all if "[cid:" in text for one in parted(text).pictures)


def _shown(part: Message) -> str:
    return "E-Mail" if content_type(part).startswith("message/") else content_type(part)


def _refused(name: str, reason: str) -> Cut:
    return Cut(CutKind.ATTACHMENT, f"{name} ({_WORDS[reason]})")
