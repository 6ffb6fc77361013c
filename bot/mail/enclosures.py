"""Which files of citizens go along in a mail to staff, and under which name."""

import re

from bot.desk.staff import Attachment
from bot.mail.filetypes import type_of
from bot.mail.headers import safe_name


def enclosure(name: str, otherwise: str, content: bytes) -> Attachment | None:
    """The file, if its content is a picture or a PDF. `otherwise`: its name where it has none."""
    found = type_of(content)
    if found is None:
        return None
    known = "|".join(found.endings)
    stem = re.sub(rf"\.(?:{known})\Z", "", safe_name(name) or otherwise, flags=re.IGNORECASE)
    # An ending that says something else than the content would be opened by another program.
    return Attachment(f"{stem}.{found.endings[0]}", found.media_type, content)
