"""What a Bot API call carries, however it was sent, and how it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELD_BYTES = 8 * 1024 * 1024


class ApiError(Exception):
    """A refusal in Telegram's words. `parameters` holds retry_after or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    type: str
    content: bytes


class Params:
    """The parameters of one call, by name. Forms carry structures as JSON text, JSON bodies carry them as they are."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """As text, empty if it is missing. Raises ApiError for text that is no Unicode."""
        value = self._values.get(name, "")
        if isinstance(value, Upload) or value is None:
            return ""
        text = value if isinstance(value, str) else json.dumps(value)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise bad_request("strings must be encoded in UTF-8") from error
        return text

    def integer(self, name: str, default: int = 0) -> int:
        """As a number, and as Telegram does it, `default` for anything else."""
        try:
            number = int(str(self._values.get(name, default)))
        except ValueError:
            return default
        return number if abs(number) < 2**53 else default

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A list or an object; None if it is missing. Raises ApiError when it is no JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def upload(self, name: str) -> Upload | str | None:
        """The file under this name, also through attach://; a string is the id of a file sent before."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self._values.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) or (isinstance(value, str) and value) else None


async def params_of(request: Request) -> Params:
    """Read the query and the body of a call. Raises ApiError for a body that cannot be read."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        values |= _json_object(await request.body())
    elif kind in FORMS:
        values |= await _form(request)
    return Params(values)


def _json_object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(given, dict):
        raise bad_request("object expected as the body")
    return given


async def _form(request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    try:
        async with request.form(max_part_size=MAX_FIELD_BYTES) as form:
            for name, value in form.multi_items():
                values[name] = await _upload(value) if isinstance(value, UploadFile) else value
    except HTTPException as error:
        raise bad_request("can't parse the form") from error
    return values


async def _upload(file: UploadFile) -> Upload:
    return Upload(file.filename or "file", file.content_type or "application/octet-stream", await file.read())
