"""Reads what a call of the driver API carries. Every function raises Refused with a sentence."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request

from bot.sandbox.params import Upload
from bot.sandbox.people import Refused
from bot.sandbox.replies import Attachment


async def body(request: Request) -> Mapping[str, Any]:
    """The JSON object that was sent."""
    raw = await request.body()
    try:
        found = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body must be JSON.") from error
    if not isinstance(found, dict):
        raise Refused(400, "The body must be a JSON object.")
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise Refused(400, f"{key} must be a text.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Refused(400, f"{key} is not valid Unicode.") from error
    return value


def number(given: Mapping[str, Any], key: str) -> int:
    value = given.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**53:
        raise Refused(400, f"{key} must be a whole number.")
    return value


def maybe_number(given: Mapping[str, Any], key: str) -> int | None:
    return None if given.get(key) is None else number(given, key)


def flag(given: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
    value = given.get(key, default)
    if not isinstance(value, bool):
        raise Refused(400, f"{key} must be true or false.")
    return value


def texts(given: Mapping[str, Any], key: str) -> list[str]:
    value = given.get(key, [])
    if not isinstance(value, list):
        raise Refused(400, f"{key} must be a list of texts.")
    return [text({key: one}, key) for one in value]


def choice(given: Mapping[str, Any], key: str, allowed: Sequence[str], default: str = "") -> str:
    value = given.get(key, default)
    if value not in allowed:
        raise Refused(400, f"{key} must be one of {', '.join(allowed)}.")
    return str(value)


def path_number(request: Request) -> int:
    digits = request.path_params["number"]
    if not digits.isdecimal() or len(digits) > 18:
        raise Refused(404, f"There is nothing under the number {digits}.")
    return int(digits)


def language(given: Mapping[str, Any]) -> str | None:
    if given.get("language") is None:
        return None
    code = text(given, "language")
    if not 2 <= len(code) <= 35:
        raise Refused(400, "language must be a code such as de or en.")
    return code


def attachments(given: Mapping[str, Any]) -> list[Attachment]:
    """Files of a reply: a list of {"name", "type", "content_base64"}."""
    files = given.get("attachments", [])
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise Refused(400, "attachments must be a list of objects.")
    return [_attachment(one) for one in files]


def files(given: Mapping[str, Any]) -> list[Upload]:
    """What a citizen sends: a list of {"name", "type", "content_base64"}, the type may be left out."""
    found = given.get("files", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Refused(400, "files must be a list of objects.")
    read = [_attachment({"type": "application/octet-stream", **one}) for one in found]
    return [Upload(one.name, one.type, one.content) for one in read]


def _attachment(given: Mapping[str, Any]) -> Attachment:
    name, kind = text(given, "name"), text(given, "type")
    if not name.isprintable() or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII):
        raise Refused(400, "An attachment has a name of printable characters and a type such as image/png.")
    try:
        return Attachment(name, kind, base64.b64decode(text(given, "content_base64"), validate=True))
    except ValueError as error:
        raise Refused(400, "content_base64 is no Base64.") from error


def raw_mail(given: Mapping[str, Any]) -> bytes:
    """A whole message: text (bytes that are no UTF-8 as surrogate escapes), or base64 for exact bytes."""
    try:
        if "raw_base64" in given:
            return base64.b64decode(str(given["raw_base64"]), validate=True)
        if isinstance(given.get("raw"), str):
            return str(given["raw"]).encode("utf-8", "surrogateescape")
    except ValueError as error:
        raise Refused(400, "raw is not valid text.") from error
    raise Refused(400, "raw must be a text: a whole message.")
