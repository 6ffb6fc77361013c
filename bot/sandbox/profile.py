"""What the bot says of itself: its name, its commands, its descriptions."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.params import Params, bad_request
from bot.sandbox.records import Records

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
# Method part, the field of its result, the longest text allowed.
TEXTS = (
    ("name", "name", 64),
    ("description", "description", 512),
    ("shortdescription", "short_description", 120),
)


class Profile:
    """The bot's own settings, each per language."""

    def __init__(self, records: Records, bot: Mapping[str, Any]) -> None:
        self._records = records
        self._bot = dict(bot)

    def methods(self) -> Mapping[str, Callable[[Params], Any]]:
        methods: dict[str, Callable[[Params], Any]] = {
            "getme": self._get_me,
            "setmycommands": self._set_commands,
            "getmycommands": lambda params: self._commands(_place(params)),
            "deletemycommands": self._delete_commands,
        }
        for part, field, limit in TEXTS:
            methods[f"setmy{part}"] = self._setter(field, limit)
            methods[f"getmy{part}"] = self._getter(field)
        return methods

    def keep(self, key: str, value: str) -> None:
        self._records.put(key, value)

    def kept(self, key: str) -> str:
        return self._records.get(key) or ""

    def shown(self, language: str) -> Mapping[str, Any]:
        """What a citizen of this language sees of the bot."""
        description = self.kept(f"description:{language}") or self.kept("description:")
        default = '{"type": "default"}'
        commands = self._commands(f"commands:{default}:{language}") or self._commands(f"commands:{default}:")
        return {"name": self._bot["first_name"], "description": description, "commands": commands}

    def _get_me(self, _params: Params) -> Mapping[str, Any]:
        abilities = ("can_read_all_group_messages", "can_connect_to_business", "has_main_web_app")
        return (
            self._bot
            | dict.fromkeys(("can_join_groups", "supports_inline_queries"), True)
            | dict.fromkeys(abilities, False)
        )

    def _set_commands(self, params: Params) -> bool:
        commands = params.structure("commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad_request("can't parse commands: expected an Array of BotCommand")
        for one in commands:
            if not isinstance(one, dict) or not COMMAND.fullmatch(str(one.get("command", "")).removeprefix("/")):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(one.get("description", ""))) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.keep(_place(params), json.dumps(commands))
        return True

    def _delete_commands(self, params: Params) -> bool:
        self.keep(_place(params), "[]")
        return True

    def _commands(self, place: str) -> list[dict[str, str]]:
        commands: list[dict[str, str]] = json.loads(self.kept(place) or "[]")
        return commands

    def _setter(self, field: str, limit: int) -> Callable[[Params], bool]:
        def set_text(params: Params) -> bool:
            text = params.text(field)
            _check_language(params)
            if len(text) > limit:
                raise bad_request(f"{field.replace('_', ' ')} is too long")
            self.keep(f"{field}:{params.text('language_code')}", text)
            return True

        return set_text

    def _getter(self, field: str) -> Callable[[Params], Mapping[str, str]]:
        def get_text(params: Params) -> Mapping[str, str]:
            fallback = self._bot["first_name"] if field == "name" else ""
            return {field: self.kept(f"{field}:{params.text('language_code')}") or fallback}

        return get_text


def _check_language(params: Params) -> None:
    if not re.fullmatch(r"(?:[a-z]{2})?", params.text("language_code")):
        raise bad_request("invalid language code specified")


def _place(params: Params) -> str:
    _check_language(params)
    scope = params.structure("scope") or {"type": "default"}
    return f"commands:{json.dumps(scope, sort_keys=True)}:{params.text('language_code')}"
