"""The try-out as a test double: `klbot demo` in a process of its own, spoken to over HTTP only."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")
READY = re.compile(r"http://127\.0\.0\.1:\d+")


class Demo:
    """The driver API of a running try-out."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=10)

    def say(self, citizen: str, text: str, **fields: Any) -> None:
        """A citizen writes."""
        self._post(f"/api/citizens/{citizen}/messages", {"text": text, **fields})

    def chat(self, citizen: str) -> list[dict[str, Any]]:
        """The citizen's chat, oldest first."""
        return list(self._get(f"/api/citizens/{citizen}/messages"))

    def heard(self, citizen: str) -> list[str]:
        """What the bot wrote to the citizen."""
        return [message["text"] for message in self.heard_messages(citizen)]

    def heard_messages(self, citizen: str) -> list[dict[str, Any]]:
        """The same with everything that belongs to each message."""
        return [message for message in self.chat(citizen) if message["from"] == "bot"]

    def file(self, message: dict[str, Any]) -> bytes:
        """What the file of a message holds."""
        response = self.http.get(f"/api/files/{message['file']['id']}")
        assert response.is_success, response.text
        return response.content

    def tap(self, citizen: str, message: dict[str, Any], number: int) -> None:
        """The citizen taps the button of this row, counted from 1; from the last, -1."""
        data = message["buttons"][number - 1 if number > 0 else number][0]["data"]
        self._post(f"/api/citizens/{citizen}/taps", {"message_id": message["id"], "data": data})

    def tap_data(self, citizen: str, message: int, data: str) -> None:
        """The citizen taps the button of this message that carries this data."""
        self._post(f"/api/citizens/{citizen}/taps", {"message_id": message, "data": data})

    def meet(self, citizen: str, language: str) -> None:
        """Somebody whose client speaks this language."""
        self._post("/api/citizens", {"name": citizen, "language": language})

    def rewrite(self, citizen: str, message: int, text: str) -> None:
        """The citizen edits a message."""
        response = self.http.put(f"/api/citizens/{citizen}/messages/{message}", json={"text": text})
        assert response.is_success, response.text

    def send(self, citizen: str, **fields: Any) -> None:
        """The citizen sends something else than words."""
        self._post(f"/api/citizens/{citizen}/things", fields)

    def block(self, citizen: str, *, blocked: bool) -> None:
        """The citizen blocks the bot, or lets it back in."""
        self._post(f"/api/citizens/{citizen}/{'block' if blocked else 'unblock'}", {})

    def toasts(self, citizen: str) -> list[dict[str, Any]]:
        """What was shown to the citizen for a moment after each tap."""
        return list(self._get(f"/api/citizens/{citizen}/toasts"))

    def mailbox(self) -> list[dict[str, Any]]:
        """What reached the staff queue, oldest first."""
        return list(self._get("/api/mailbox"))

    def reply(self, mail: dict[str, Any], text: str, **fields: Any) -> None:
        """A clerk replies to a mail."""
        self._post(f"/api/mailbox/{mail['id']}/replies", {"text": text, **fields})

    def deliver(self, raw: str) -> None:
        """Any mail arrives at the bot's address."""
        self._post("/api/mailbox", {"raw": raw})

    def fault(self, **faults: Any) -> None:
        """Make parts of the outside world fail."""
        self._post("/api/faults", faults)

    def wait_for(self, look: Callable[[], Found], seconds: float = 10) -> Found:
        """The first truthy thing that `look` sees."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.03)
        raise AssertionError("it did not happen in time")

    def answer(self, citizen: str, text: str, **fields: Any) -> dict[str, Any]:
        """A citizen writes; the bot's next message."""
        before = len(self.heard(citizen))
        self.say(citizen, text, **fields)
        self.wait_for(lambda: len(self.heard(citizen)) > before)
        return [message for message in self.chat(citizen) if message["from"] == "bot"][before]

    def mail_about(self, words: str) -> dict[str, Any]:
        """The mail to staff that holds these words."""
        return self.wait_for(lambda: next((mail for mail in self.mailbox() if words in mail["text"]), None) or {})

    def _post(self, path: str, body: dict[str, Any]) -> None:
        response = self.http.post(path, json=body)
        assert response.is_success, response.text

    def _get(self, path: str) -> Any:
        response = self.http.get(path)
        assert response.is_success, response.text
        return response.json()


def start(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`klbot` with these arguments, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | (environment or {}),
    )


@contextmanager
def running_demo(folder: Path, *arguments: str) -> Iterator[Demo]:
    """A try-out that keeps its data in `folder`, ended by Ctrl-C."""
    process = start("demo", "--no-browser", "--port", "0", "--data", str(folder), *arguments)
    demo = Demo(ready(process))
    try:
        yield demo
    finally:
        demo.http.close()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "Traceback" not in output, output


def ready(process: subprocess.Popen[str]) -> str:
    """The address a starting try-out prints."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := READY.search(line):
            return found.group()
    raise AssertionError(f"the try-out ended with {process.wait()}")
