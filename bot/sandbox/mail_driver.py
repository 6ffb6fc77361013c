"""The driver API of the staff mailbox: what scripts, tests and the page use to play a clerk."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox import bodies
from bot.sandbox.files import download
from bot.sandbox.headers import MAIL_POLICY
from bot.sandbox.letters import attachment_of, page_of
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.people import Refused
from bot.sandbox.routes import Action

ONE = "/api/mailbox/{number}"


class MailDriver:
    """Answers /api/mailbox/…. Raises Refused with a sentence."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def table(self) -> Sequence[tuple[str, str, Action]]:
        return [
            ("GET", "/api/mailbox", self._mails),
            ("POST", "/api/mailbox", self._post),
            ("GET", "/api/mailbox/sent", self._sent),
            ("POST", f"{ONE}/replies", self._reply),
            ("GET", f"{ONE}/draft", self._draft),
            ("GET", f"{ONE}/raw", self._raw),
            ("GET", f"{ONE}/html", self._page),
            ("GET", f"{ONE}/attachments/{{place}}", self._attachment),
        ]

    async def _mails(self, _request: Request) -> Any:
        return self._mailbox.mails()

    async def _sent(self, _request: Request) -> Any:
        return self._mailbox.sent()

    async def _post(self, request: Request) -> Any:
        await self._mailbox.post(bodies.raw_mail(await bodies.body(request)))
        return {"sent": True}

    async def _reply(self, request: Request) -> Any:
        body, number = await bodies.body(request), bodies.path_number(request)
        if "raw" in body or "raw_base64" in body:
            await self._mailbox.answer_raw(number, bodies.raw_mail(body))
            return {"sent": True}
        sender = None if body.get("from") is None else bodies.text(body, "from")
        text, quoted = bodies.text(body, "text"), bodies.flag(body, "quote", default=True)
        await self._mailbox.reply(number, text, sender, bodies.attachments(body), quoted=quoted)
        return {"sent": True}

    async def _draft(self, request: Request) -> Any:
        offered = self._mailbox.draft(bodies.path_number(request))
        return {"to": offered.to, "subject": offered.subject, "quote": offered.quote}

    async def _raw(self, request: Request) -> Any:
        return Response(self._mailbox.raw(bodies.path_number(request)), media_type="text/plain")

    async def _page(self, request: Request) -> Any:
        page = page_of(self._mailbox.raw(bodies.path_number(request)))
        if page is None:
            raise Refused(404, "This mail has no HTML.")
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    async def _attachment(self, request: Request) -> Any:
        place = request.path_params["place"]
        raw = self._mailbox.raw(bodies.path_number(request))
        found = attachment_of(raw, int(place)) if place.isdecimal() and len(place) < 5 else None
        if found is None:
            raise Refused(404, f"There is no attachment {place}.")
        return download(*found)
