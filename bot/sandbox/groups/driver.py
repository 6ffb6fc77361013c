"""The driver API of groups: what scripts, tests and the page use to play their members."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from bot.sandbox import bodies
from bot.sandbox.calls import Calls
from bot.sandbox.groups.crowd import Crowd
from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.values import GROUP, RIGHTS, SUPERGROUP, Group, Status, service_of
from bot.sandbox.messages import Messages
from bot.sandbox.people import Refused, Stored
from bot.sandbox.records import Records
from bot.sandbox.routes import Action

ONE = "/api/groups/{chat}"


class GroupDriver:
    """Answers /api/groups/…. `chat` is a group's id; raises Refused with a sentence."""

    def __init__(self, records: Records, messages: Messages, groups: Groups, crowd: Crowd, calls: Calls) -> None:
        self._records = records
        self._messages = messages
        self._groups = groups
        self._crowd = crowd
        self._calls = calls

    def table(self) -> Sequence[tuple[str, str, Action]]:
        return [
            ("GET", "/api/groups", self._all),
            ("POST", "/api/groups", self._make),
            ("GET", f"{ONE}/messages", self._said),
            ("POST", f"{ONE}/messages", self._write),
            ("PUT", f"{ONE}/messages/{{number}}", self._rewrite),
            ("DELETE", f"{ONE}/messages/{{number}}", self._remove),
            ("POST", f"{ONE}/taps", self._tap),
            ("GET", f"{ONE}/toasts", self._toasts),
            ("POST", f"{ONE}/members", self._join),
            ("DELETE", f"{ONE}/members/{{name:path}}", self._leave),
            ("POST", f"{ONE}/topics", self._open_topic),
            ("DELETE", f"{ONE}/topics/{{number}}", self._delete_topic),
            ("POST", f"{ONE}/bot", self._place_bot),
            ("POST", f"{ONE}/upgrade", self._upgrade),
            ("GET", f"{ONE}/calls", self._called),
        ]

    # -- groups

    async def _all(self, _request: Request) -> Any:
        return [self._shown(group) for group in self._groups.all()]

    async def _make(self, request: Request) -> Any:
        body = await bodies.body(request)
        kind = bodies.choice(body, "kind", (SUPERGROUP, GROUP), SUPERGROUP)
        status = Status(bodies.choice(body, "bot", tuple(Status)[1:], Status.ADMINISTRATOR))
        is_forum = bodies.flag(body, "forum")
        if is_forum and kind == GROUP:
            raise Refused(400, "Only a supergroup has topics.")
        names = bodies.texts(body, "members")
        return self._shown(self._crowd.make(bodies.text(body, "title"), kind, names, status, is_forum=is_forum))

    async def _place_bot(self, request: Request) -> Any:
        body = await bodies.body(request)
        status = Status(bodies.choice(body, "status", tuple(Status)[1:]))
        rights = bodies.texts(body, "rights") if "rights" in body else None
        if not set(rights or ()) <= set(RIGHTS):
            raise Refused(400, f"rights must be some of {', '.join(RIGHTS)}.")
        return self._shown(self._crowd.place_bot(_chat(request), status, rights))

    async def _upgrade(self, request: Request) -> Any:
        return self._shown(self._crowd.upgrade(_chat(request)))

    async def _called(self, request: Request) -> Any:
        return [call.as_json() for call in self._calls.of(_chat(request))]

    # -- members

    async def _join(self, request: Request) -> Any:
        body = await bodies.body(request)
        return self._crowd.join(_chat(request), bodies.text(body, "name")).as_json()

    async def _leave(self, request: Request) -> Any:
        status = Status.KICKED if request.query_params.get("kicked") else Status.LEFT
        return self._crowd.leave(_chat(request), request.path_params["name"], status).as_json()

    # -- what they do

    async def _said(self, request: Request) -> Any:
        return [_described(message) for message in self._messages.of(self._known(request).id)]

    async def _write(self, request: Request) -> Any:
        body = await bodies.body(request)
        reply_to, thread = bodies.maybe_number(body, "reply_to"), bodies.maybe_number(body, "thread")
        name, text = bodies.text(body, "from"), bodies.text(body, "text")
        return _described(self._crowd.write(_chat(request), name, text, reply_to, thread))

    async def _rewrite(self, request: Request) -> Any:
        body, number = await bodies.body(request), bodies.path_number(request)
        name, text = bodies.text(body, "from"), bodies.text(body, "text")
        return _described(self._crowd.rewrite(_chat(request), name, number, text))

    async def _remove(self, request: Request) -> Any:
        self._crowd.remove(_chat(request), bodies.path_number(request))
        return {"deleted": True}

    async def _tap(self, request: Request) -> Any:
        body = await bodies.body(request)
        number, data = bodies.number(body, "message_id"), bodies.text(body, "data")
        force = bodies.flag(body, "force")
        return {"id": self._crowd.tap(_chat(request), bodies.text(body, "from"), number, data, force=force)}

    async def _toasts(self, request: Request) -> Any:
        group = self._known(request)
        sql = "SELECT id, citizen, text, alert FROM taps WHERE chat = ? AND answered IS NOT NULL ORDER BY id"
        names = {member.user["id"]: member.name for member in self._groups.members(group)}
        return [
            {"id": str(number), "from": names[user], "text": text or "", "alert": bool(alert)}
            for number, user, text, alert in self._records.rows(sql, group.id)
        ]

    async def _open_topic(self, request: Request) -> Any:
        body = await bodies.body(request)
        name, title = bodies.text(body, "from"), bodies.text(body, "name")
        return self._crowd.open_topic(_chat(request), name, title).as_json()

    async def _delete_topic(self, request: Request) -> Any:
        self._crowd.delete_topic(_chat(request), bodies.path_number(request))
        return {"deleted": True}

    def _known(self, request: Request) -> Group:
        """The group of the path, one that has moved too."""
        group = self._groups.one(_chat(request))
        if group is None:
            raise Refused(404, f"There is no group {request.path_params['chat']}.")
        return group

    def _shown(self, group: Group) -> dict[str, Any]:
        """The driver's form of a group."""
        sql = "SELECT max(number) FROM messages WHERE chat = ? AND author = 'bot'"
        newest = self._records.row(sql, group.id)
        return {
            "id": group.id,
            "title": group.title,
            "kind": group.kind,
            "forum": group.is_forum,
            "bot": str(group.bot),
            "moved_to": group.moved_to,
            "pinned": group.pinned,
            "members": [member.as_json() for member in self._groups.members(group)],
            "topics": [topic.as_json() for topic in self._groups.topics(group)],
            "last_bot_message": newest and newest[0],
        }


def _chat(request: Request) -> int:
    digits = request.path_params["chat"]
    if not digits.removeprefix("-").isdecimal() or len(digits) > 18:
        raise Refused(404, f"There is no group {digits}.")
    return int(digits)


def _described(message: Stored) -> dict[str, Any]:
    """The driver's form of a message in a group. `from`: bot, member or service; `author`: their name; `reply_to`: what
    somebody answered, not the beginning of the topic that Telegram names where nobody answered anything.
    """
    body = message.body
    shown = message.as_json()
    if "forum_topic_created" in body.get("reply_to_message", {}):
        shown["reply_to"] = None
    return shown | {
        "author": body["from"]["first_name"],
        "message_thread_id": body.get("message_thread_id"),
        "service": service_of(body),
    }
