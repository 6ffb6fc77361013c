"""The configuration: every key explained, every mistake named, no secret shown."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot import config
from bot.config import Config
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"
TOKEN = "123456789:replace-me"
OAUTH = {"token_url": "https://login.kl.digital/token", "client_id": "7f3c", "client_secret": TOKEN}
SENT = {"host": "imap.kl.digital", "username": "info@kl.digital"}
SHARE = "expected a share of all messages from 0"


def written(folder: Path, **changes: Any) -> Path:
    """The example with some values changed; `a__b=value` reaches into sections, None removes a key."""
    values = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    for path, value in changes.items():
        *sections, key = path.split("__")
        section = values
        for name in sections:
            section = section[name]
        section[key] = value
        if value is None:
            del section[key]
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def uncommented(section: str) -> str:
    """The example with a section that is commented out there."""
    text = EXAMPLE.read_text(encoding="utf-8")
    found = re.search(rf"^  # {section}:\n(?:  #   .*\n)+", text, flags=re.MULTILINE)
    assert found is not None
    return text.replace(found[0], re.sub("^  # ", "  ", found[0], flags=re.MULTILINE))


def every_key(model: Any, prefix: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        kinds = get_args(field.annotation) or (field.annotation,)
        inner = next((kind for kind in kinds if hasattr(kind, "model_fields")), None)
        found |= every_key(inner, f"{prefix}{name}.") if inner else {f"{prefix}{name}"}
    return found


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    result = config.load(written(tmp_path))

    assert result.mail.queue == "info@kl.digital"


def test_tickets_may_be_handed_to_staff_unless_other_domains_are_set(tmp_path: Path) -> None:
    staff = config.load(written(tmp_path)).mail.may_take
    others = config.load(written(tmp_path, mail__handover_domains=["kaiserslautern.de"])).mail.may_take
    nobody = config.load(written(tmp_path, mail__handover_domains=[])).mail.may_take

    assert (staff, others, nobody) == (("kl.digital",), ("kaiserslautern.de",), ())


def test_the_example_explains_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    missing = [key for key in every_key(Config) if f"{key.split('.')[-1]}:" not in text]

    assert missing == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"telegram__tokn": "x"}, "telegram.tokn is not a key that klbot knows; expected one of: token, token_file"),
        ({"mail__smtp__port": "many"}, "mail.smtp.port"),
        ({"mail__queue": None}, "mail.queue is missing; set it in the file or as KLBOT_MAIL__QUEUE"),
        ({"contact__phone": None}, "contact.phone is missing; set it in the file or as KLBOT_CONTACT__PHONE"),
        ({"contact": None}, "contact.imprint is missing; set it in the file or as KLBOT_CONTACT__IMPRINT"),
        ({"contact__hours": " "}, "contact.hours"),
        ({"desk__retention_days": 0}, "desk.retention_days: Input should be greater than or equal to 1"),
        ({"desk__messages_per_minute": 0}, "desk.messages_per_minute: Input should be greater than or equal to 1"),
        ({"mail__queue": "nobody"}, "mail.queue"),
        ({"mail__staff": ["kl"]}, '"kl" is neither an address'),
        ({"mail__staff": []}, "mail.staff"),
        ({"mail__handover_domains": ["anna@kl.digital"]}, '"anna@kl.digital" is no domain'),
        ({"telegram__token_file": "t"}, "token and token_file are both set"),
        ({"mail__imap__login": "token"}, "mail.imap.login: Input should be 'password' or 'oauth'"),
        ({"mail__imap__login": "oauth"}, "mail.imap: login is oauth, which needs no password; remove password, or set"),
        (
            {"mail__smtp__login": "oauth", "mail__smtp__password": None, "mail__smtp__username": None},
            "mail.smtp: login",
        ),
        (
            {"mail__imap__login": "oauth", "mail__imap__password": None},
            "mail: imap.login is oauth, but oauth is missing",
        ),
        (
            {"mail__sent": SENT | {"login": "oauth"}},
            "mail: sent.login is oauth, but oauth is missing; set its token_url",
        ),
        ({"mail__sent": SENT | {"grace_minutes": 0}}, "mail.sent.grace_minutes: Input should be greater than 0"),
        (
            {"mail__sent": SENT | {"grace": 1}},
            "mail.sent.grace is not a key that klbot knows; expected one of: host, lo",
        ),
        ({"mail__oauth": OAUTH}, "mail: oauth is set, but no login is oauth; set smtp.login"),
        ({"mail__oauth": OAUTH | {"client_secret_file": "x"}}, "client_secret and client_secret_file are both set"),
        ({"mail__oauth": OAUTH | {"token_url": "x"}}, "mail.oauth.token_url"),
        (
            {"mail__oauth": {"client_secret": TOKEN}},
            "mail.oauth.token_url is missing; set it in the file or as KLBOT_MA",
        ),
        ({"telegram__base_url": "telegram.org"}, "telegram.base_url"),
        ({"telegram__staff_group": 1001234567890}, "telegram.staff_group: Input should be less than 0"),
        ({"telegram__staff_group": "Team"}, "telegram.staff_group: Input should be a valid integer"),
        ({"telegram__group_pace__calls": 21}, "telegram.group_pace.calls: Input should be less than or equal to 20"),
        ({"telegram__group_pace__seconds": 0}, "telegram.group_pace.seconds: Input should be greater than 0"),
        ({"observe__alarm_minutes": 1}, "observe.alarm_minutes: Input should be greater than or equal to 3"),
        ({"knowledge_editors": ["Redaktion"]}, "knowledge_editors.0"),
        ({"desk__retention_days": 0}, "desk.retention_days: Input should be greater than or equal to 1"),
        ({"timezone": "Pfalz"}, '"Pfalz" is not a time zone'),
        ({"ticket_prefix": "kl!"}, "ticket_prefix"),
        ({"surprise": 1}, "surprise is not a key that klbot knows"),
        ({"matching__max_wrong_answers": 2}, f"matching.max_wrong_answers: {SHARE} to 0.2; write 0.02 for 2 %."),
        ({"matching__max_wrong_answers": 0.21}, f"matching.max_wrong_answers: {SHARE} to 0.2; write 0.02 for 2 %."),
        ({"matching__max_wrong_answers": -0.01}, f"matching.max_wrong_answers: {SHARE} to 0.2"),
        ({"matching__max_wrong_answers": float("nan")}, f"matching.max_wrong_answers: {SHARE} to 0.2"),
        ({"matching__max_wrong_answers": "2 %"}, "matching.max_wrong_answers: Input should be a valid number"),
        ({"matching__trafic": {}}, "matching.trafic is not a key that klbot knows; expected one of: max_wrong_answers"),
        ({"matching__traffic": {"in_scop": 1}}, "matching.traffic.in_scop is not a key that klbot knows; expected one"),
        ({"matching__traffic": {"in_scop": 1}}, "one of: in_scope, out_of_scope, small_talk, ambiguous."),
        ({"matching__traffic": {"in_scope": 60, "small_talk": 40}}, f"matching.traffic.in_scope: {SHARE} to 1; write"),
        ({"matching__traffic": {"in_scope": 0.6, "ambiguous": 0.3}}, "matching.traffic: the shares add up to 0.9"),
        ({"matching__traffic": {"in_scope": 0.6, "ambiguous": 0.402}}, "the shares add up to 1.002; expected 1."),
        ({"matching__traffic": {"out_of_scope": 1}}, "matching.traffic: in_scope is 0; expected that"),
        ({"matching__traffic": {}}, "matching.traffic: the shares add up to 0; expected 1."),
        ({"desk__office_hours__mo": "8-25"}, 'desk.office_hours.mo: "8-25" are no hours; expected 8:00-12:00'),
        ({"desk__office_hours__fr": "8-12, 11-16"}, 'desk.office_hours.fr: the hours "8-12, 11-16" overlap'),
        (
            {"desk__office_hours": {"di": "8-12"}},
            "desk.office_hours.di is not a key that klbot knows; expected one of: mo",
        ),
        ({"desk__office_hours": {}}, 'desk.office_hours: no day has hours; expected some such as mo: "8:00-12:00'),
        ({"desk__office_hours": {"mo": ""}}, "desk.office_hours: no day has hours"),
        (
            {"desk__holidays": "Pfalz"},
            'desk.holidays: the public holidays of "Pfalz" are unknown; expected a German state',
        ),
        ({"desk__closed": ["24.12."]}, 'desk.closed: "24.12." is no day; expected 12-24 (every year), 2026-12-28, or'),
        ({"desk__closed": ["2026-12-30..2026-12-28"]}, 'desk.closed: "2026-12-30..2026-12-28" is no day'),
        ({"desk__closed": ["01-01..12-31"]}, "desk: office_hours, holidays and closed leave no time to answer in"),
        ({"desk__answer_within_hours": 0}, "desk.answer_within_hours: Input should be greater than 0"),
        ({"desk__escalation": "boss"}, "desk.escalation"),
        ({"desk__escalation": "bot@kl.digital"}, "desk.escalation is the bot's own mail.address; expected a person's"),
    ],
)
def test_a_mistake_is_named_with_key_and_expectation(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, **changes))

    assert complaint in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("share", [0, 0.02, 0.2, "0.05"])
def test_the_share_of_wrong_answers_may_be_none_to_a_fifth(tmp_path: Path, share: float | str) -> None:
    result = config.load(written(tmp_path, matching__max_wrong_answers=share))

    assert result.matching == config.Matching(max_wrong_answers=float(share))


def test_without_a_word_two_percent_may_be_wrong_of_the_traffic_that_the_questions_are(tmp_path: Path) -> None:
    result = config.load(written(tmp_path, matching={}))

    assert (result.matching.max_wrong_answers, result.matching.traffic) == (0.02, None)


def test_traffic_may_be_rounded_and_what_is_left_out_never_comes(tmp_path: Path) -> None:
    traffic = config.load(
        written(tmp_path, matching__traffic={"in_scope": 0.667, "small_talk": 0.334})
    ).matching.traffic

    assert traffic == config.Traffic(in_scope=0.667, small_talk=0.334, out_of_scope=0, ambiguous=0)


def test_the_traffic_of_the_example_adds_up(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(uncommented("traffic"), encoding="utf-8")

    traffic = config.load(tmp_path / "config.yaml").matching.traffic

    assert traffic is not None
    assert traffic.in_scope > traffic.out_of_scope > traffic.small_talk > traffic.ambiguous > 0


def test_without_office_hours_there_is_nothing_to_promise_with(tmp_path: Path) -> None:
    result = config.load(written(tmp_path, desk=None))

    assert result.desk.hours(result.zone) is None


def test_office_hours_know_the_weekdays_public_holidays_and_days_off(tmp_path: Path) -> None:
    # The file says 2026-12-28 without quotes, which YAML reads as a date.
    closed = ["12-24", "12-31", date(2026, 12, 28), "2026-12-29..2026-12-30"]
    hours = config.load(written(tmp_path, desk__closed=closed)).desk.hours(ZoneInfo("Europe/Berlin"))
    assert hours is not None

    days = [datetime(2026, 12, 21, 8, 30, tzinfo=UTC) + timedelta(days=number) for number in range(16)]

    assert [day.day for day in days if hours.is_open(day)] == [21, 22, 23, 4, 5]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a: [", "this is not YAML"),
        (b"- a", "expected keys and values"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "mail is missing"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(content)

    with pytest.raises(ConfigError, match=complaint):
        config.load(file)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy config\.example\.yaml"):
        config.load(tmp_path / "nothing.yaml")


def test_the_oauth_of_the_example_is_a_configuration(tmp_path: Path) -> None:
    values = yaml.safe_load(uncommented("oauth"))["mail"]
    servers = {f"mail__{name}": values[name] | {"login": "oauth"} for name in ("smtp", "imap")}
    for section in servers.values():
        del section["password"]

    mail = config.load(written(tmp_path, mail__oauth=values["oauth"], **servers)).mail

    assert mail.oauth is not None
    assert mail.oauth.scope == "https://outlook.office365.com/.default"
    assert (mail.smtp.login, mail.imap.login) == ("oauth", "oauth")


def test_the_sent_folder_of_the_example_is_a_configuration(tmp_path: Path) -> None:
    sent = config.load(written(tmp_path, mail__sent=yaml.safe_load(uncommented("sent"))["mail"]["sent"])).mail.sent

    assert sent is not None
    assert (sent.username, sent.folder, sent.grace_minutes) == ("info@kl.digital", "Gesendete Elemente", 5)


@pytest.mark.parametrize("page", ["microsoft365.md", "sent.md"])
def test_what_the_documentation_shows_is_a_configuration(tmp_path: Path, page: str) -> None:
    text = (EXAMPLE.parent / "docs" / page).read_text(encoding="utf-8")
    [block] = re.findall(r"```yaml\nmail:\n(.*?)```", text, flags=re.DOTALL)
    shown = yaml.safe_load(block)

    mail = config.load(written(tmp_path, **{f"mail__{key}": value for key, value in shown.items()})).mail

    assert shown.keys() <= mail.model_fields_set


def test_the_secret_of_oauth_can_stand_in_a_file_beside_the_configuration(tmp_path: Path) -> None:
    oauth = OAUTH | {"client_secret": None, "client_secret_file": "secret"}
    smtp = {"host": "smtp.kl.digital", "login": "oauth", "username": "bot@kl.digital"}
    mail = config.load(written(tmp_path, mail__oauth=oauth, mail__smtp=smtp)).mail

    assert mail.oauth is not None
    assert mail.oauth.client_secret_file == tmp_path / "secret"


def test_secrets_hide_in_every_repr(tmp_path: Path) -> None:
    result = config.load(written(tmp_path, telegram__token="1:Xyzzy", mail__smtp__password="Xyzzy2"))

    assert "Xyzzy" not in f"{result!r} {result}"


def test_a_secret_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("77:from-file\n", encoding="utf-8")
    result = config.load(written(tmp_path, telegram__token=None, telegram__token_file="token"))

    assert config.secret(result.telegram.token, result.telegram.token_file, "telegram.token_file") == "77:from-file"


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"telegram\.token_file: the file .*gone cannot be read"):
        config.secret(None, tmp_path / "gone", "telegram.token_file")


def test_relative_paths_are_meant_from_the_files_folder(tmp_path: Path) -> None:
    result = config.load(written(tmp_path, knowledge="kb"))

    assert result.knowledge == tmp_path / "kb"
    assert result.database == f"sqlite+aiosqlite:///{tmp_path}/data/klbot.sqlite"
