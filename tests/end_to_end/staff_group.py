"""The staff's group over HTTP: its members write, tap and delete, and see what the bot shows them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.demo import Demo, start
from tests.faults.test_crash import configuration, sandbox

LOOKS = ("getChat", "getChatMember")


class Group:
    """A group of Anna, who made it, and Ben."""

    def __init__(self, demo: Demo, **more: Any) -> None:
        self.demo = demo
        made = demo.http.post("/api/groups", json={"title": "Team", "members": ["Anna", "Ben"], **more})
        assert made.is_success, made.text
        self.id = int(made.json()["id"])

    def said(self) -> list[dict[str, Any]]:
        """What was said, without service messages."""
        messages = self.get("messages")
        return [one for one in messages if one["service"] is None]

    def cards(self) -> list[dict[str, Any]]:
        """The cards, oldest first."""
        return [one for one in self.said() if one["from"] == "bot" and "\n\nFrage vom " in one["text"]]

    def card(self, *words: str, seconds: float = 10) -> dict[str, Any]:
        """The newest card that holds all these words, as soon as there is one."""

        def look() -> dict[str, Any] | None:
            return next((one for one in reversed(self.cards()) if all(word in one["text"] for word in words)), None)

        return self.demo.wait_for(look, seconds) or {}

    def word(self, *words: str) -> dict[str, Any]:
        """The newest message of the bot that holds these words and is no card."""

        def look() -> dict[str, Any] | None:
            cards = {one["id"] for one in self.cards()}
            mine = [one for one in self.said() if one["from"] == "bot" and one["id"] not in cards]
            return next((one for one in reversed(mine) if all(word in one["text"] for word in words)), None)

        return self.demo.wait_for(look) or {}

    def reply(self, to: dict[str, Any], text: str, who: str = "Anna") -> dict[str, Any]:
        """A member replies to a message."""
        return self.post("messages", {"from": who, "text": text, "reply_to": to["id"]})

    def tap(self, card: dict[str, Any], words: str, who: str = "Anna", *, force: bool = False) -> None:
        """A member taps the button that says this; with `force`, somebody who has left does."""
        data = next(one["data"] for row in card["buttons"] for one in row if words in one["text"])
        self.post("taps", {"from": who, "message_id": card["id"], "data": data, "force": force})

    def toasts(self) -> list[str]:
        """What was shown to whoever tapped."""
        return [one["text"] for one in self.get("toasts")]

    def topics(self) -> list[dict[str, Any]]:
        """The topics."""
        groups = self.demo.http.get("/api/groups").json()
        return list(next(one["topics"] for one in groups if one["id"] == self.id))

    def calls(self) -> list[datetime]:
        """When the bot called the group, apart from looking at it, refused or not."""
        return [datetime.fromisoformat(one["at"]) for one in self.get("calls") if one["method"] not in LOOKS]

    def get(self, path: str) -> Any:
        answer = self.demo.http.get(f"/api/groups/{self.id}/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.demo.http.post(f"/api/groups/{self.id}/{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def delete(self, path: str) -> None:
        answer = self.demo.http.delete(f"/api/groups/{self.id}/{path}")
        assert answer.is_success, answer.text


def most_within(moments: list[datetime], seconds: float) -> int:
    """The largest number of moments that lie within any one span of so many seconds."""
    return max(sum(0 <= (other - one).total_seconds() < seconds for other in moments) for one in moments)


def grouped(folder: Path, world: dict[str, Any], group: Group, **pace: float) -> Path:
    """A config.yaml with a staff group, at this pace."""
    file = configuration(folder, world)
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    values["telegram"] |= {"staff_group": group.id} | ({"group_pace": pace} if pace else {})
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


@contextmanager
def bot_in_group(folder: Path, *, calls: int = 20, seconds: float = 1, **group: Any) -> Iterator[Group]:
    """A bot at work, and its staff's group; `seconds`: how long a minute lasts."""
    with sandbox(folder / "world") as world:
        demo = Demo(world["url"])
        demo.fault(group_per_minute=10_000)
        made = Group(demo, **group)
        process = start("run", "-c", str(grouped(folder, world, made, calls=calls, seconds=seconds)))
        try:
            yield made
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=20)
            demo.http.close()
    assert "Traceback" not in output, output
