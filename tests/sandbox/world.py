"""What a test needs to play bot, citizen and staff over the wire."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.server import Sandbox

ALL_KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]


@dataclass(frozen=True, slots=True)
class World:
    """The sandbox over HTTP: `call` plays the bot, `get` and `post` drive citizens and staff."""

    sandbox: Sandbox
    http: httpx.AsyncClient

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A call of the Bot API with a JSON body; the whole answer."""
        answer = await self.send(f"/bot{self.sandbox.token}/{method}", params)
        result: dict[str, Any] = answer.json()
        assert answer.status_code == result.get("error_code", 200)
        return result

    async def send(self, path: str, body: Any) -> httpx.Response:
        """JSON in pure ASCII, so that even half a character can be sent."""
        headers = {"Content-Type": "application/json"}
        return await self.http.post(path, content=json.dumps(body), headers=headers)

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any) -> Any:
        answer = await self.send(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refusal(self, path: str, body: Any) -> tuple[int, str]:
        answer = await self.send(path, body)
        return answer.status_code, answer.json()["error"]

    async def citizen(self, name: str = "Petra", text: str = "Hallo") -> int:
        """A citizen who has written; their chat id."""
        await self.post(f"/api/citizens/{name}/messages", {"text": text})
        citizens = await self.get("/api/citizens")
        return int(next(one["id"] for one in citizens if one["name"] == name))

    async def chat(self, name: str = "Petra") -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = await self.get(f"/api/citizens/{name}/messages")
        return messages

    async def group(self, title: str = "Team", **more: Any) -> int:
        """A group of Anna and Ben with the bot as an administrator; its id."""
        made = await self.post("/api/groups", {"title": title, "members": ["Anna", "Ben"], **more})
        return int(made["id"])

    async def said(self, group: int) -> list[dict[str, Any]]:
        """What was said in a group, without service messages."""
        messages = await self.get(f"/api/groups/{group}/messages")
        return [one for one in messages if one["service"] is None]

    async def updates(self, kind: str = "message") -> list[dict[str, Any]]:
        """What the bot finds waiting, of one kind, all of it confirmed."""
        found = (await self.call("getUpdates", allowed_updates=ALL_KINDS))["result"]
        if found:
            await self.call("getUpdates", offset=found[-1]["update_id"] + 1)
        return [one[kind] for one in found if kind in one]
