"""The Bot API as a bot sees it: addresses, methods, documented answers and refusals."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.sandbox.answers import Json
from bot.sandbox.calls import Calls
from bot.sandbox.faults import ApiFault, Faults
from bot.sandbox.files import Files
from bot.sandbox.groups.methods import GroupMethods
from bot.sandbox.groups.values import Group
from bot.sandbox.inline import Inline
from bot.sandbox.params import ApiError, Params, bad_request, params_of
from bot.sandbox.profile import Profile
from bot.sandbox.rooms import Rooms
from bot.sandbox.sending import Sending
from bot.sandbox.updates import BY_WEBHOOK, Updates

Method = Callable[[Params], Any]
NOT_FOUND = ApiError(404, "Not Found")


class BotApi:
    """Answers /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(
        self,
        token: str,
        rooms: Rooms,
        updates: Updates,
        sending: Sending,
        groups: GroupMethods,
        inline: Inline,
        files: Files,
        profile: Profile,
        faults: Faults,
        calls: Calls,
    ) -> None:
        self._token = token
        self._rooms = rooms
        self._groups = groups
        self._calls = calls
        self._updates = updates
        self._files = files
        self._profile = profile
        self._faults = faults
        self._methods: dict[str, Method] = {
            **sending.methods(),
            **groups.methods(),
            **inline.methods(),
            **profile.methods(),
            "getchat": self._get_chat,
            "getfile": self._get_file,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "logout": lambda _params: True,
            "close": lambda _params: True,
        }

    async def call(self, request: Request) -> Response:
        """One call of a method."""
        try:
            self._check_token(request)
            result = await self._result(request.path_params["method"], request)
        except ApiError as error:
            return Json(error.as_json(), status_code=error.code)
        except ClientDisconnect:
            return Response(status_code=400)
        return Json({"ok": True, "result": result})

    async def file(self, request: Request) -> Response:
        """One download."""
        try:
            self._check_token(request)
        except ApiError as error:
            return Json(error.as_json(), status_code=error.code)
        content = self._files.by_path(request.path_params["path"])
        if content is None:
            return Json(NOT_FOUND.as_json(), status_code=404)
        return Response(content, media_type="application/octet-stream")

    def _check_token(self, request: Request) -> None:
        if request.path_params["token"] != self._token:
            raise ApiError(401, "Unauthorized")

    async def _result(self, method: str, request: Request) -> Any:
        params = await params_of(request)
        with self._calls.noted(method, params.integer("chat_id")):
            return await self._answered(method.lower(), params)

    async def _answered(self, name: str, params: Params) -> Any:
        _fail(self._faults.next_for(name, after=False))
        chat = params.integer("chat_id")
        if chat < 0:
            self._rooms.named(params)  # a group that moved says so, however much was sent to it
            self._calls.check_share(name, chat)
        if name == "getupdates":
            result: Any = await self._get_updates(params)
        elif name in self._methods:
            result = self._methods[name](params)
        else:
            raise NOT_FOUND
        _fail(self._faults.next_for(name, after=True))
        return result

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        allowed = params.structure("allowed_updates")
        if allowed is not None and not isinstance(allowed, list):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        return await self._updates.poll(
            params.integer("offset"),
            params.integer("limit", 100),
            params.integer("timeout"),
            None if allowed is None else [str(one) for one in allowed],
        )

    def _set_webhook(self, params: Params) -> bool:
        url = params.text("url")
        if url and not url.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self._profile.keep("webhook", url)
        if url:
            self._updates.interrupt(BY_WEBHOOK)
        return self._drop(params)

    def _delete_webhook(self, params: Params) -> bool:
        self._profile.keep("webhook", "")
        return self._drop(params)

    def _drop(self, params: Params) -> bool:
        if params.flag("drop_pending_updates"):
            self._updates.forget_all()
        return True

    def _webhook_info(self, _params: Params) -> Mapping[str, Any]:
        return {
            "url": self._profile.kept("webhook"),
            "has_custom_certificate": False,
            "pending_update_count": self._updates.pending,
        }

    def _get_chat(self, params: Params) -> Mapping[str, Any]:
        room = self._rooms.named(params)
        gifts = (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        )
        more = {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }
        return {**(self._groups.full_chat(room) if isinstance(room, Group) else room.chat), **more}

    def _get_file(self, params: Params) -> Mapping[str, Any]:
        return self._files.file(params.text("file_id"))


def _fail(fault: ApiFault | None) -> None:
    if fault is None:
        return
    wished = {"retry_after": fault.retry_after, "migrate_to_chat_id": fault.migrate_to_chat_id}
    parameters = {key: value for key, value in wished.items() if value is not None}
    raise ApiError(fault.status, fault.description, parameters)
