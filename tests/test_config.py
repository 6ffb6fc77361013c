"""The configuration: every key explained, every mistake named, no secret shown."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import config
from bot.config import Config
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"
TOKEN = "123456789:replace-me"


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


def every_key(model: Any, prefix: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        found |= every_key(field.annotation, f"{prefix}{name}.") if inner else {f"{prefix}{name}"}
    return found


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    result = config.load(written(tmp_path))

    assert result.mail.queue == "info@kl.digital"


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
        ({"mail__queue": "nobody"}, "mail.queue"),
        ({"mail__staff": ["kl"]}, '"kl" is neither an address'),
        ({"mail__staff": []}, "mail.staff"),
        ({"telegram__token_file": "t"}, "token and token_file are both set"),
        ({"telegram__base_url": "telegram.org"}, "telegram.base_url"),
        ({"timezone": "Pfalz"}, '"Pfalz" is not a time zone'),
        ({"ticket_prefix": "kl!"}, "ticket_prefix"),
        ({"surprise": 1}, "surprise is not a key that klbot knows"),
    ],
)
def test_a_mistake_is_named_with_key_and_expectation(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, **changes))

    assert complaint in str(caught.value)
    assert TOKEN not in str(caught.value)


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
