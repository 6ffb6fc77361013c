"""JSON answers in pure ASCII: whatever was received can be handed on, even half a character."""

import json
from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """An answer in JSON."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
