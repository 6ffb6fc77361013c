"""The configuration: one frozen value from config.yaml and the environment, read once."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.desk.calendar import days_off, read_closed, read_spans
from bot.desk.hours import OfficeHours, Span
from bot.errors import ConfigError
from bot.knowledge.entry import Kind

if TYPE_CHECKING:
    from bot.matching.calibration import Aim

_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_NOTHING: Any = {}
ROUNDING = 0.001  # so far from 1 shares may add up to, since people round them


class Section(BaseModel):
    """A part of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


class GroupPace(Section):
    """How many calls to the staff's group in any span of so many seconds. Telegram allows 20 in 60."""

    calls: int = Field(20, ge=1, le=20)
    seconds: float = Field(60, gt=0)


class Telegram(Section):
    """How to reach Telegram."""

    token: SecretStr | None = None
    token_file: Path | None = None
    base_url: str = Field("https://api.telegram.org", pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    long_poll_seconds: int = Field(50, ge=1, le=50)
    photos_to_staff: bool = True
    staff_group: int | None = Field(None, lt=0)
    group_pace: GroupPace = Field(default_factory=GroupPace)
    reactions: bool = True

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        _at_most_one(self, "token", "token_file")
        return self


class MailServer(Section):
    """A mail server: where it is, how we log in, whom we trust."""

    host: str
    login: Literal["password", "oauth"] = "password"
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    timeout_seconds: float = Field(30, gt=0, le=300)
    ca_file: Path | None = None
    allow_plain: bool = False

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        _at_most_one(self, "password", "password_file")
        given = [name for name in ("password", "password_file") if getattr(self, name) is not None]
        if self.login == "oauth" and given:
            raise ValueError(f"login is oauth, which needs no password; remove {given[0]}, or set login: password")
        if self.login == "oauth" and not self.username:
            raise ValueError("login is oauth, but username is missing; set it to the address of the mailbox")
        return self


class Smtp(MailServer):
    """Where mail to staff is handed in."""

    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"


class Imap(MailServer):
    """Where staff's replies are read."""

    port: int = Field(993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str
    folder: str = "INBOX"
    poll_seconds: float = Field(60, ge=0.1, le=60)
    idle: bool = True


class Sent(Imap):
    """The Sent folder of the staff queue's own account."""

    folder: str = "Sent"
    grace_minutes: float = Field(5, gt=0, le=1440)


class OAuth(Section):
    """Where access tokens for mail servers are given out, and who we are there (OAuth 2.0 client credentials)."""

    token_url: str = Field(pattern=r"^https?://[^\s/]+/[^\s]*$")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    scope: str = Field("https://outlook.office365.com/.default", min_length=1)
    timeout_seconds: float = Field(30, gt=0, le=300)
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        _at_most_one(self, "client_secret", "client_secret_file")
        return self


class MailBrakes(Section):
    """How many mails an hour go to staff by themselves; the others wait."""

    per_ticket: int = Field(5, ge=1)
    in_all: int = Field(200, ge=1)


class Mail(Section):
    """The bot's own address, the staff queue, and who may answer."""

    address: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    name: str = "KL.digital Bot"
    queue: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    staff: tuple[str, ...] = Field(min_length=1)
    handover_domains: tuple[str, ...] | None = None
    authserv_id: str | None = None
    receipts: Literal["always", "when_cut"] = "always"
    brakes: MailBrakes = Field(default_factory=MailBrakes)
    oauth: OAuth | None = None
    smtp: Smtp
    imap: Imap
    sent: Sent | None = None

    @property
    def logins(self) -> dict[str, MailServer]:
        """Every server we log in at, by its key."""
        given = {"smtp": self.smtp, "imap": self.imap, "sent": self.sent}
        return {name: server for name, server in given.items() if server is not None}

    @model_validator(mode="after")
    def _two_addresses(self) -> Self:
        if self.address.lower() == self.queue.lower():
            raise ValueError("address and queue are the same; the bot needs a mailbox of its own")
        return self

    @model_validator(mode="after")
    def _oauth_where_it_is_used(self) -> Self:
        users = [name for name, server in self.logins.items() if server.login == "oauth"]
        if users and self.oauth is None:
            raise ValueError(
                f"{users[0]}.login is oauth, but oauth is missing; set its token_url, client_id and secret"
            )
        if self.oauth is not None and not users:
            raise ValueError(
                "oauth is set, but no login is oauth; set smtp.login and imap.login to oauth, or remove oauth"
            )
        return self

    @property
    def may_take(self) -> tuple[str, ...]:
        """Addresses and domains to which a ticket may be handed over: those of staff, unless others are set."""
        return self.staff if self.handover_domains is None else self.handover_domains

    @field_validator("handover_domains")
    @classmethod
    def _domains(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for one in value or ():
            if "." not in one or "@" in one or " " in one:
                raise ValueError(f'"{one}" is no domain (city.example)')
        return value

    @field_validator("staff")
    @classmethod
    def _addresses_or_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            name, at, domain = one.rpartition("@")
            if not domain or "." not in domain or " " in one or (at and not name):
                raise ValueError(f'"{one}" is neither an address (name@city.example) nor a domain (city.example)')
        return value


def _share(most: float) -> AfterValidator:
    """Refuses what is no share of all messages, above all a number of percent."""

    def checked(value: float) -> float:
        if not 0 <= value <= most:
            raise ValueError(f"expected a share of all messages from 0 to {most:g}; write 0.02 for 2 %")
        return value

    return AfterValidator(checked)


class Traffic(Section):
    """What citizens write: the share of each kind among all messages."""

    in_scope: Annotated[float, _share(1)] = 0.0
    out_of_scope: Annotated[float, _share(1)] = 0.0
    small_talk: Annotated[float, _share(1)] = 0.0
    ambiguous: Annotated[float, _share(1)] = 0.0

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.in_scope + self.out_of_scope + self.small_talk + self.ambiguous
        if round(abs(total - 1), 9) > ROUNDING:
            raise ValueError(f"the shares add up to {total:g}; expected 1")
        if not self.in_scope:
            raise ValueError("in_scope is 0; expected that some messages ask what the knowledge base answers")
        return self


def _spans(value: str) -> str:
    read_spans(value)
    return value


Hours = Annotated[str, AfterValidator(_spans)]


class Week(Section):
    """When the office is open on each day of the week; a day that is left out is closed."""

    mo: Hours = ""
    tu: Hours = ""
    we: Hours = ""
    th: Hours = ""
    fr: Hours = ""
    sa: Hours = ""
    su: Hours = ""

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The hours of each weekday, Monday first."""
        return tuple(read_spans(day) for day in (self.mo, self.tu, self.we, self.th, self.fr, self.sa, self.su))

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        if not any(self.week):
            raise ValueError('no day has hours; expected some such as mo: "8:00-12:00, 13:00-16:00"')
        return self


class Desk(Section):
    """When people answer and what that promises (no office hours: nothing), and who is reminded of it."""

    office_hours: Week | None = None
    holidays: str | None = "RP"
    closed: tuple[str, ...] = ()
    answer_within_hours: float = Field(16, gt=0, le=400)
    retention_days: int = Field(30, ge=1, le=3650)
    messages_per_minute: int = Field(20, ge=1)
    reminders: bool = True
    escalation: str | None = Field(None, pattern=r"^[^@\s<>]+@[^@\s<>]+$")

    @field_validator("holidays")
    @classmethod
    def _known_place(cls, value: str | None) -> str | None:
        days_off(value, ())
        return value

    @field_validator("closed", mode="before")
    @classmethod
    def _dates_as_written(cls, value: Any) -> Any:
        # YAML reads 2026-12-28 as a date by itself, but not 12-24.
        return [str(one) if isinstance(one, date) else one for one in value] if isinstance(value, list) else value

    @field_validator("closed")
    @classmethod
    def _days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            read_closed(one)
        return value

    @model_validator(mode="after")
    def _open_some_day(self) -> Self:
        found = self.hours(ZoneInfo("UTC"), yearly_only=True)
        if found is not None and found.due(_ANY_DAY, timedelta(hours=self.answer_within_hours)) is None:
            raise ValueError("office_hours, holidays and closed leave no time to answer in; open on more days")
        return self

    def hours(self, zone: ZoneInfo, *, yearly_only: bool = False) -> OfficeHours | None:
        """The office hours by the clock of this zone. `yearly_only`: without what is closed in one year only."""
        if self.office_hours is None:
            return None
        closed = [one for one in map(read_closed, self.closed) if one.yearly or not yearly_only]
        return OfficeHours(self.office_hours.week, zone, days_off(self.holidays, closed))


class Contact(Section):
    """What citizens read about who runs the bot and how else to reach people."""

    phone: str = Field(min_length=1)
    visit: str = Field(min_length=1)
    hours: str = Field(min_length=1)
    imprint: str = Field(min_length=1)


class Matching(Section):
    """How many wrong answers are allowed, and what traffic that is computed for (None: as the labelled questions)."""

    max_wrong_answers: Annotated[float, _share(0.2)] = 0.02
    traffic: Traffic | None = None

    def aim(self) -> "Aim":
        """What the thresholds of answers are computed for."""
        from bot.matching.calibration import Aim  # noqa: PLC0415 -- klbot tickets starts faster without numpy

        if self.traffic is None:
            return Aim(self.max_wrong_answers)
        return Aim(self.max_wrong_answers, {kind: getattr(self.traffic, kind.name.lower()) for kind in Kind})


class Observe(Section):
    """What operators see. The decisions hold citizens' words: they are for the try-out only."""

    port: int | None = Field(None, ge=1, le=65535)
    alarm_minutes: int = Field(10, ge=3, le=1440)
    show_decisions: bool = False
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Config(BaseSettings):
    """Everything an operator can set. Secrets hide in every repr."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="KLBOT_",
        env_nested_delimiter="__",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    telegram: Telegram = Field(default_factory=Telegram)
    mail: Mail
    # Checked though it is left out, so that the complaint names each key that is missing.
    contact: Contact = Field(default=_NOTHING, validate_default=True)
    database: str = Field("sqlite+aiosqlite:///data/klbot.sqlite", repr=False)
    knowledge: Path | None = None
    knowledge_editors: tuple[Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")], ...] = ()
    ticket_prefix: str = Field("KL", pattern=r"^[A-Z]{2,6}$")
    timezone: str = "Europe/Berlin"
    desk: Desk = Field(default_factory=Desk)
    matching: Matching = Field(default_factory=Matching)
    observe: Observe = Field(default_factory=Observe)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f'"{value}" is not a time zone; expected a name such as Europe/Berlin')
        return value

    @model_validator(mode="after")
    def _escalated_to_a_person(self) -> Self:
        if self.desk.escalation is not None and self.desk.escalation.lower() == self.mail.address.lower():
            raise ValueError("desk.escalation is the bot's own mail.address; expected a person's")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The local time of staff."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file (whose values come in as arguments)."""
        return env_settings, init_settings


def _at_most_one(section: BaseModel, *names: str) -> None:
    given = [name for name in names if getattr(section, name) is not None]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are both set; keep one of them")


def secret(value: SecretStr | None, file: Path | None, key: str) -> str | None:
    """The secret itself, from the value or from its file (a trailing line end is dropped). Raises ConfigError."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{key}: the file {file} cannot be read: {reason}.") from error


def load(path: Path) -> Config:
    """Read the file, let the environment override it. Raises ConfigError that names each wrong key.

    Relative paths in the file are meant from the file's folder, so that every working directory will do.
    """
    values = _read(path)
    _refuse_unknown_variables()
    try:
        config = Config(**values)
    except SettingsError as error:
        raise ConfigError(f"The environment: {error}; expected a JSON list or object there.") from None
    except ValidationError as error:
        complaints = "\n".join(_complaint(path, one) for one in error.errors())
        raise ConfigError(complaints) from None
    return _anchored(config, path.resolve().parent)


class _WithoutEnvironment(Config):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def from_values(values: dict[str, Any]) -> Config:
    """A configuration made by a program, such as the try-out: no file, and the environment is not asked."""
    return _WithoutEnvironment(**values)


def _refuse_unknown_variables() -> None:
    for variable in os.environ:
        if not variable.startswith("KLBOT_"):
            continue
        key = variable.removeprefix("KLBOT_").lower().partition("__")[0]
        if key not in Config.model_fields:
            known = ", ".join(f"KLBOT_{name.upper()}" for name in Config.model_fields)
            raise ConfigError(
                f"The environment variable {variable} is unknown; expected one that begins with: {known}."
            )


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; copy config.example.yaml and fill it in.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark is not None else str(path)
        raise ConfigError(f"{place}: this is not YAML: {error.problem}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ConfigError(f"{path}: expected keys and values, as in config.example.yaml.")
    return values


def _complaint(path: Path, error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "the file"
    if error["type"] == "extra_forbidden":
        known = ", ".join(_known_keys(error["loc"]))
        return f"{path}: {key} is not a key that klbot knows; expected one of: {known}."
    if error["type"] == "missing":
        variable = "KLBOT_" + "__".join(str(part).upper() for part in error["loc"])
        return f"{path}: {key} is missing; set it in the file or as {variable}."
    return f"{path}: {key}: {error['msg'].removeprefix('Value error, ')}."


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    model: Any = Config
    for part in location[:-1]:
        inner = _section(model.model_fields[str(part)].annotation)
        if inner is None:
            break
        model = inner
    return list(model.model_fields)


def _section(annotation: Any) -> type[BaseModel] | None:
    """The section that a key holds, if it holds one."""
    kinds = get_args(annotation) or (annotation,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _anchored(config: Config, folder: Path) -> Config:
    """The same configuration with relative paths made absolute from the file's folder."""
    changes: dict[str, Any] = {}
    if config.knowledge is not None:
        changes["knowledge"] = folder / config.knowledge
    head, slashes, file = config.database.partition(":///")
    if slashes and head.startswith("sqlite") and file and not file.startswith((":memory:", "/")):
        changes["database"] = f"{head}:///{folder / file}"
    telegram, mail = config.telegram, config.mail
    if telegram.token_file is not None:
        changes["telegram"] = telegram.model_copy(update={"token_file": folder / telegram.token_file})
    sections: dict[str, Section] = mail.logins | ({"oauth": mail.oauth} if mail.oauth else {})
    files = {name: _anchored_files(section, folder) for name, section in sections.items()}
    changes["mail"] = mail.model_copy(update=files)
    return config.model_copy(update=changes)


def _anchored_files(section: Section, folder: Path) -> Section:
    names = ("password_file", "client_secret_file", "ca_file")
    changes = {name: folder / path for name in names if (path := getattr(section, name, None)) is not None}
    return section.model_copy(update=changes)


def make_folder(database: str) -> None:
    """Make the folder of an SQLite file, so that a first start works. Raises ConfigError."""
    _, slashes, file = database.partition(":///")
    if not (slashes and database.startswith("sqlite")) or not file or file.startswith(":memory:"):
        return
    try:
        os.makedirs(Path(file).parent, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"database: the folder {Path(file).parent} cannot be made: {error.strerror}.") from error
