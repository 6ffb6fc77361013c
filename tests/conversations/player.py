"""Plays a conversation against a running try-out, over HTTP only."""

import base64
import mimetypes
import re
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import httpx

from tests.conversations.dialogue import Act, Conversation, Step, is_in
from tests.end_to_end.demo import Demo
from tests.files import a_file, png

Found = TypeVar("Found")
PATIENCE = 30.0
# Often enough not to be slow, and seldom enough not to slow the try-out down, which answers all of this in one loop.
LOOK_EVERY = 0.3
CODE = re.compile(r"\b[A-Z]{2}-[2-9A-HJ-NP-Z]{6}\b")
SERIAL = count(1)
# How the subject of a mail about something held back begins, and a receipt, which is not read unless it is asked for.
HELD, RECEIPT = "Zurückgehalten", "Zugestellt"


class Failed(AssertionError):
    """A conversation went otherwise than it is written."""


class Post:
    """The staff mailbox, looked at for all conversations together: it grows long."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._lock = threading.Lock()
        self._at = 0.0
        self._mails: list[dict[str, Any]] = []

    def about(self, codes: set[str]) -> list[dict[str, Any]]:
        """The mails about these tickets, oldest first."""
        with self._lock:
            if time.monotonic() - self._at > LOOK_EVERY:
                self._mails = self._demo.mailbox()
                self._at = time.monotonic()
            mails = self._mails
        return [mail for mail in mails if any(code in _about(mail) for code in codes)]


def _about(mail: dict[str, Any]) -> str:
    """The words that name the mail's ticket: of what is held back, they stand below."""
    return f"{mail['subject']}\n{mail['text']}" if HELD in mail["subject"] else str(mail["subject"])


class Player:
    """Both sides of one conversation, step by step."""

    def __init__(self, demo: Demo, post: Post, conversation: Conversation) -> None:
        self._demo = demo
        self._post = post
        self._conversation = conversation
        self._citizen = f"Bürger {next(SERIAL)}"
        self._read = 0
        self._mails_read: set[int] = set()
        self._toasts_read = 0
        self._message: dict[str, Any] = {}
        self._mail: dict[str, Any] = {}

    def play(self) -> None:
        """Go through every step. Raises Failed with the whole dialogue."""
        done: list[Step] = []
        try:
            self._demo.meet(self._citizen, self._conversation.language)
            for step in self._conversation.steps:
                done.append(step)
                self._acts[step.act](step)
            left = self._heard()[self._read :]
            if left:
                raise Failed(f"unerwartete Nachricht des Bots: {left[0]['text']!r}")
        except (AssertionError, httpx.HTTPError) as failure:
            raise Failed(self._told(done, failure)) from None

    @property
    def _acts(self) -> dict[Act, Callable[[Step], None]]:
        return {
            Act.WRITES: lambda step: self._demo.say(self._citizen, step.text),
            Act.REPLIES: self._reply,
            Act.EDITS: self._edit,
            Act.TAPS: self._tap,
            Act.SENDS: self._send,
            Act.BLOCKS: lambda step: self._demo.block(self._citizen, blocked=step.text != "nicht mehr"),
            Act.BOT: self._bot,
            Act.BOT_NOT: lambda step: self._absent(step, self._message["text"]),
            Act.BUTTONS: self._buttons,
            Act.TOAST: self._toast,
            Act.REPLACED: self._replaced,
            Act.MAIL: self._mail_comes,
            Act.MAIL_NOT: lambda step: self._absent(step, self._mail["text"]),
            Act.ATTACHED: self._attached,
            Act.ANSWERS: self._answer,
            Act.NEVER: lambda step: self._absent(step, "\n".join(one["text"] for one in self._heard())),
            Act.NO_MAIL: self._no_mail,
        }

    # -- the citizen ------------------------------------------------------------------------------

    def _reply(self, step: Step) -> None:
        to = self._found(step.more["auf"], self._demo.chat(self._citizen))
        self._demo.say(self._citizen, step.text, reply_to=to["id"])

    def _edit(self, step: Step) -> None:
        mine = [one for one in self._demo.chat(self._citizen) if one["from"] == "citizen"]
        self._demo.rewrite(self._citizen, mine[-1]["id"], step.text)

    def _tap(self, step: Step) -> None:
        buttons = [(message, button) for message in self._heard() for row in message["buttons"] for button in row]
        hits = [(message, button) for message, button in buttons if is_in(step.text, button["text"])]
        if not hits:
            raise Failed(f"kein Knopf „{step.text}“")
        message, button = hits[-1]
        self._demo.tap_data(self._citizen, message["id"], button["data"])

    def _send(self, step: Step) -> None:
        files = [_file(name) for name in step.more.get("dateien", [])]
        reply = (
            {"reply_to": self._found(step.more["auf"], self._demo.chat(self._citizen))["id"]}
            if "auf" in step.more
            else {}
        )
        self._demo.send(self._citizen, kind=step.more["art"], text=step.text, files=files, **reply)

    # -- the bot ----------------------------------------------------------------------------------

    def _bot(self, step: Step) -> None:
        self._message = self._next(self._heard, self._read, "der Bot schweigt")
        self._read += 1
        self._present(step, self._message["text"])

    def _buttons(self, step: Step) -> None:
        shown = [button["text"] for row in self._message["buttons"] for button in row]
        matches = len(shown) == len(step.words) and all(map(is_in, step.words, shown))
        if not matches:
            raise Failed(f"die Knöpfe sind {shown}")

    def _toast(self, step: Step) -> None:
        toast = self._next(self._toasts, self._toasts_read, "kein Hinweis erscheint")
        self._toasts_read += 1
        self._present(step, toast["text"])

    def _replaced(self, step: Step) -> None:
        """One of the bot's messages is changed in place."""

        def look() -> bool:
            changed = [one for one in self._heard() if one["edited"]]
            return any(all(is_in(word, one["text"]) for word in step.words) for one in changed)

        self._eventually(look, "keine Nachricht wurde so ersetzt")

    # -- the team ---------------------------------------------------------------------------------

    def _mail_comes(self, step: Step) -> None:
        receipts = any(RECEIPT in word for word in step.words)
        self._mail = self._next(lambda: self._unread(receipts=receipts), 0, "keine Mail kommt an")
        self._mails_read.add(self._mail["id"])
        self._present(step, f"{self._mail['subject']}\n{self._mail['text']}")

    def _attached(self, step: Step) -> None:
        names = [one["name"] for one in self._mail["attachments"]]
        if len(names) != len(step.words) or not all(map(is_in, step.words, names)):
            raise Failed(f"die Anhänge sind {names}")

    def _answer(self, step: Step) -> None:
        mail = self._found(step.more["auf"], self._mails()) if "auf" in step.more else self._mail
        fields = {"from": step.more["von"]} if "von" in step.more else {}
        files = [_file(name) for name in step.more.get("dateien", [])]
        self._demo.reply(mail, step.text, **fields, **({"attachments": files} if files else {}))

    def _no_mail(self, _step: Step) -> None:
        if mails := self._unread(receipts=True):
            raise Failed(f"unerwartete Mail: {mails[0]['subject']}")

    # -- looking ----------------------------------------------------------------------------------

    def _heard(self) -> list[dict[str, Any]]:
        return self._demo.heard_messages(self._citizen)

    def _mails(self) -> list[dict[str, Any]]:
        told = "\n".join(message["text"] for message in self._heard())
        return self._post.about(set(CODE.findall(told)))

    def _unread(self, *, receipts: bool) -> list[dict[str, Any]]:
        unread = [mail for mail in self._mails() if mail["id"] not in self._mails_read]
        return [mail for mail in unread if receipts or f"\n{RECEIPT} " not in mail["text"]]

    def _toasts(self) -> list[dict[str, Any]]:
        return [one for one in self._demo.toasts(self._citizen) if one["text"]]

    def _next(self, look: Callable[[], list[dict[str, Any]]], number: int, otherwise: str) -> dict[str, Any]:
        return self._eventually(lambda: look()[number : number + 1], otherwise)[0]

    def _eventually(self, look: Callable[[], Found], otherwise: str) -> Found:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(LOOK_EVERY)
        raise Failed(otherwise)

    def _found(self, pattern: str, things: list[dict[str, Any]]) -> dict[str, Any]:
        hits = [one for one in things if is_in(pattern, one["text"])]
        if not hits:
            raise Failed(f"nichts enthält „{pattern}“")
        return hits[-1]

    def _present(self, step: Step, text: str) -> None:
        for word in step.words:
            if not is_in(word, text):
                raise Failed(f"„{word}“ fehlt in: {text!r}")

    def _absent(self, step: Step, text: str) -> None:
        for word in step.words:
            if is_in(word, text):
                raise Failed(f"„{word}“ steht in: {text!r}")

    # -- telling ----------------------------------------------------------------------------------

    def _told(self, done: list[Step], failure: Exception) -> str:
        steps = [f"  ✓ {step}" for step in done[:-1]] + [f"  ✗ {step}" for step in done[-1:]]
        chat = [f"  {one['from']}: {one['text']}" for one in self._demo.chat(self._citizen)]
        mails = [f"  {mail['subject']}\n{mail['text']}" for mail in self._mails()]
        return "\n".join(
            (
                f"{self._conversation}: {failure}",
                *("So sollte es gehen:", *steps, "Das steht im Chat:", *chat),
                *("Das bekam das Team:", *mails),
            )
        )


def _file(name: str) -> dict[str, str]:
    """A file of the kind that its name says."""
    ending = name.rpartition(".")[2].lower()
    content = png(8, 8) if ending == "png" else a_file({"jpg": "jpeg"}.get(ending, ending))
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "type": media_type, "content_base64": base64.b64encode(content).decode()}
