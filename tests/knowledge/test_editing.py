"""A change touches the lines that are meant, whatever the hand that wrote the others."""

import difflib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Complaint, EditError
from bot.knowledge.editing import Page, new_page, read_page, save
from bot.knowledge.entry import Entry, Language, Topic
from bot.knowledge.loader import load, shipped
from bot.knowledge.pieces import NewEntry, Words
from bot.knowledge.topics import Taken, read_topic
from bot.knowledge.yaml_source import parse
from tests.knowledge.files import TOPIC
from tests.knowledge.test_proposals import full_disk

NEW = NewEntry("neu", Words("Wo: hier?", "Da.\n\n- ja\n", ("no", "a, b")), "2026-11", "Wir", Words("Where?", "There."))
HAND = """\
# yaml-language-server: $schema=schema.json
topic: {id: rad,   title: "Rad", intro: 'Räder.'}   # drei Dinge

entries:
    # der erste
    - id: staender   # so heißt er
      question: "Wo, bitte, steht er?"
      aliases: [ Ständer,  'Bügel' ]     # zwei
      answer: >-
          Eine sehr lange Zeile, die jemand von Hand
          umgebrochen hat.
      as_of: '2020-06'
      source:   Uns
      en: {question: Where?, answer: "There, of course."}

    # der zweite

    - question: Wann?
      id: zeiten
      answer: Immer.  # Tag und Nacht
      aliases:
      - Uhrzeit

      # noch mehr
      - "Öffnungszeit"
      as_of: 2020-06
      source: Uns
      # Ende
"""


def page(text: str, folder: Path, *, windows: bool = False, mark: bool = False) -> Page:
    path = folder / "rad.yaml"
    raw = (text.replace("\n", "\r\n") if windows else text).encode()
    path.write_bytes(b"\xef\xbb\xbf" + raw if mark else raw)
    return read_page(path)


def topic_of(text: str) -> Topic:
    complaints: list[Complaint] = []
    root = parse(text.encode(), "rad.yaml", complaints)
    topic = read_topic(root, complaints, Taken()) if root is not None else None
    assert topic is not None
    assert not complaints
    return topic


def added(before: str, after: str) -> list[str]:
    """The lines that were added. No other line may have changed."""
    lines = list(difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    assert [line for line in lines if line[:1] in "-?"] == []
    return [line[2:] for line in lines if line.startswith("+ ")]


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """Each line that was changed, before and after. As many lines as before."""
    pairs = list(zip(before.splitlines(), after.splitlines(), strict=True))
    return [(one, other) for one, other in pairs if one != other]


# -- by hand ------------------------------------------------------------------------------------------


def test_an_alias_goes_behind_the_others_in_a_list_of_lines(tmp_path: Path) -> None:
    after = page(HAND, tmp_path).with_aliases("zeiten", ["Wann: genau?"]).text

    assert added(HAND, after) == ['      - "Wann: genau?"\n']
    assert topic_of(after).entries[1].texts[Language.DE].aliases == ("Uhrzeit", "Öffnungszeit", "Wann: genau?")


def test_an_alias_goes_into_brackets_where_the_others_stand_in_brackets(tmp_path: Path) -> None:
    after = page(HAND, tmp_path).with_aliases("staender", ["Rad, Bügel"]).text

    assert changed(HAND, after) == [
        (
            "      aliases: [ Ständer,  'Bügel' ]     # zwei",
            "      aliases: [ Ständer,  'Bügel', \"Rad, Bügel\" ]     # zwei",
        )
    ]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("aliases: []  # keine", ["aliases:  # keine", "        - Neu"]),
        ("aliases: [a,]", ["aliases: [a, Neu,]"]),
        ("aliases: [a,\n         b\n        ]", ["aliases: [a,", "         b, Neu", "        ]"]),
        ("aliases:\n       -   a", ["aliases:", "       -   a", "       - Neu"]),
        (
            "aliases:\n      - a\n        weiter\n      # Ende",
            ["aliases:", "      - a", "        weiter", "      - Neu"],
        ),
    ],
)
def test_an_alias_takes_the_form_of_the_list(tmp_path: Path, written: str, lines: Sequence[str]) -> None:
    text = HAND.replace('aliases:\n      - Uhrzeit\n\n      # noch mehr\n      - "Öffnungszeit"', written)

    after = page(text, tmp_path).with_aliases("zeiten", ["Neu"]).text

    at = after.splitlines().index(f"      {lines[0]}")
    assert after.splitlines()[at + 1 : at + len(lines)] == list(lines[1:])
    assert topic_of(after).entries[1].texts[Language.DE].aliases[-1] == "Neu"


def test_an_english_alias_makes_the_list_that_is_missing(tmp_path: Path) -> None:
    after = page(HAND, tmp_path).with_aliases("staender", ["bike, rack"], Language.EN).text

    assert changed(HAND, after)[0][1].endswith(
        '{question: Where?, aliases: ["bike, rack"], answer: "There, of course."}'
    )
    assert topic_of(after).entries[0].texts[Language.EN].aliases == ("bike, rack",)


def test_the_first_counterexample_begins_their_list(tmp_path: Path) -> None:
    once = page(HAND, tmp_path).with_counterexamples(["Was kostet es?"])
    twice = once.with_counterexamples(["Wer zahlt?"])

    assert added(HAND, twice.text) == ["\n", "counterexamples:\n", "  - Was kostet es?\n", "  - Wer zahlt?\n"]
    assert [one.text for one in topic_of(twice.text).counterexamples] == ["Was kostet es?", "Wer zahlt?"]


def test_a_new_entry_stands_behind_the_last_and_as_far_in(tmp_path: Path) -> None:
    after = page(HAND, tmp_path).with_entry(NEW).text

    assert (
        "".join(added(HAND, after))
        == """\

    - id: neu
      question: "Wo: hier?"
      aliases:
        - no
        - a, b
      answer: |
        Da.

        - ja
      as_of: 2026-11
      source: Wir
      en:
        question: Where?
        aliases: []
        answer: |
          There.
"""
    )
    assert [entry.id for entry in topic_of(after).entries] == ["staender", "zeiten", "neu"]
    assert topic_of(after).entries[2].texts[Language.DE].answer == "Da.\n\n- ja"


@pytest.mark.parametrize(
    ("entry", "key", "text", "line"),
    [
        ("staender", "question", 'Wo "bitte"?', r'      question: "Wo \"bitte\"?"'),
        ("staender", "as_of", "2026-11", "      as_of: '2026-11'"),
        ("staender", "source", "Euch: allen", '      source:   "Euch: allen"'),
        ("zeiten", "id", "stunden", "      id: stunden"),
    ],
)
def test_a_value_is_changed_in_its_place_and_keeps_its_quotes(
    tmp_path: Path, entry: str, key: str, text: str, line: str
) -> None:
    after = page(HAND, tmp_path).with_value(entry, key, text).text

    assert [new for _, new in changed(HAND, after)] == [line]


@pytest.mark.parametrize(
    ("entry", "answer"),
    [("staender", "Neu.\n\n# kein Kommentar\n"), ("zeiten", "Eins.\n  zwei\nDrei."), ("zeiten", "Ja")],
)
def test_an_answer_is_written_as_lines_and_the_comment_behind_it_stays(tmp_path: Path, entry: str, answer: str) -> None:
    after = page(HAND, tmp_path).with_value(entry, "answer", answer).text

    entries = {one.id: one for one in topic_of(after).entries}
    assert entries[entry].texts[Language.DE].answer == answer.strip()
    assert ("answer: |  # Tag und Nacht" in after) == (entry == "zeiten")
    assert len(entries) == 2


def test_a_key_that_is_missing_goes_where_hand_written_entries_have_it(tmp_path: Path) -> None:
    after = page(HAND, tmp_path).with_value("zeiten", "status", "withdrawn").text

    assert added(HAND, after) == ["      status: withdrawn\n"]
    assert after.endswith("      source: Uns\n      status: withdrawn\n      # Ende\n")


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("end", ["", "\n", "\n\n\n"])
def test_line_ends_and_marks_stay_as_they_are(tmp_path: Path, windows: bool, mark: bool, end: str) -> None:
    before = page(HAND.rstrip("\n") + end, tmp_path, windows=windows, mark=mark)

    save(before.with_entry(NEW).with_counterexamples(["Wo nicht?"]))
    raw = before.path.read_bytes()

    assert raw.startswith(b"\xef\xbb\xbf") == mark
    assert raw.count(b"\r\n") == (raw.count(b"\n") if windows else 0)
    assert [entry.id for entry in topic_of(raw.decode("utf-8-sig")).entries] == ["staender", "zeiten", "neu"]


# -- by anybody ---------------------------------------------------------------------------------------

LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"))
ODD = st.sampled_from(
    [
        "no",
        "0115",
        "- x",
        "a: b",
        "# x",
        "it's",
        'sagt "ja"',
        "„so“",
        "{a}",
        "[b]",
        "*a",
        "|",
        ">",
        "a #b",
        "é",
        "😀",
        "\\",
    ]
)
TEXTS = LINES.map(lambda text: " ".join(text.split())).filter(bool) | ODD
COMMENTS = st.sampled_from(["", "   # Bemerkung: so", " #"])
GAPS = st.sampled_from(["", "\n", "\n\n", "{indent}# darüber\n", "\n{indent}# darüber\n\n"])


@st.composite
def written(draw: st.DrawFn, text: str, indent: int, *, brackets: bool = False) -> str:
    """A text as this or that hand would write it behind a key."""
    hands = ["double", "single"] if brackets else ["double", "single", "literal", "folded"]
    hand = draw(st.sampled_from(hands))
    if hand == "double":
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if hand == "single":
        return "'" + text.replace("'", "''") + "'"
    sign = ("|" if hand == "literal" else ">") + draw(st.sampled_from(["", "-"]))
    return f"{sign}{draw(COMMENTS)}\n{' ' * (indent + 2)}{text}"


@st.composite
def listed(draw: st.DrawFn, texts: list[str], indent: int) -> str:
    """A list behind a key."""
    if not texts or draw(st.booleans()):
        return f" [{', '.join([draw(written(text, indent, brackets=True)) for text in texts])}]{draw(COMMENTS)}"
    dash = indent + draw(st.sampled_from([0, 2, 4]))
    made = "\n"
    for text in texts:
        made += draw(GAPS).format(indent=" " * dash) + f"{' ' * dash}- {draw(written(text, dash))}\n"
    return made.rstrip("\n")


@st.composite
def entry(draw: st.DrawFn, name: str, dash: int) -> str:
    indent = dash + 2
    values = {
        "id": name,
        "question": draw(written(draw(TEXTS), indent)),
        "answer": draw(written(draw(TEXTS), indent)),
        "as_of": draw(st.sampled_from(["2020-06", "'2020-06'"])) + draw(COMMENTS),
        "source": draw(written(draw(TEXTS), indent)),
    }
    lines = [f"{key}: {value}" for key, value in values.items()]
    aliases = draw(st.lists(TEXTS, max_size=3, unique=True))
    lines.insert(draw(st.integers(0, len(lines))), f"aliases:{draw(listed(aliases, indent))}")
    gaps = [draw(GAPS).format(indent=" " * indent) for _ in lines[1:]]
    rest = "".join(f"{gap}{' ' * indent}{line}\n" for gap, line in zip(gaps, lines[1:], strict=True))
    return f"{' ' * dash}- {lines[0]}\n{rest}"


@st.composite
def topics(draw: st.DrawFn) -> str:
    """A topic file of two entries that the loader likes, in a hand of its own."""
    dash = draw(st.sampled_from([0, 2, 4]))
    head = draw(GAPS).format(indent="") + "topic: {id: rad, title: Rad, intro: Räder.}\n"
    body = "".join(draw(GAPS).format(indent=" " * dash) + draw(entry(name, dash)) for name in ("eins", "zwei"))
    against = draw(st.lists(TEXTS, max_size=2, unique=True))
    tail = f"counterexamples:{draw(listed(against, 0))}\n" if draw(st.booleans()) else ""
    return head + "entries:\n" + body + draw(GAPS).format(indent="") + tail


EDITS: dict[str, Callable[[Page, str], Page]] = {
    "alias": lambda page, text: page.with_aliases("eins", [text]),
    "counterexample": lambda page, text: page.with_counterexamples([text]),
    "entry": lambda page, text: page.with_entry(replace(NEW, words=Words(text, text, (text,)), source=text)),
    "value": lambda page, text: page.with_value("zwei", "owner", text),
    "answer": lambda page, text: page.with_value("eins", "answer", text),
}


def told(topic: Topic) -> dict[str, object]:
    """What a topic says, without places."""
    against = [one.text for one in topic.counterexamples]
    return {"against": against, **{one.id: (one.texts, one.as_of, one.source, one.owner) for one in topic.entries}}


def expected(topic: Topic, edit: str, text: str) -> dict[str, object]:
    """What it should say after this edit."""
    one, two = topic.entries
    if edit == "alias":
        one = _with_text(one, aliases=(*one.texts[Language.DE].aliases, text))
    if edit == "answer":
        one = _with_text(one, answer=text)
    if edit == "value":
        two = replace(two, owner=text)
    found = told(replace(topic, entries=(one, two)))
    if edit == "counterexample":
        found["against"] = [*(against.text for against in topic.counterexamples), text]
    return found


def _with_text(entry: Entry, **changes: object) -> Entry:
    return replace(entry, texts={Language.DE: replace(entry.texts[Language.DE], **changes)})  # type: ignore[arg-type]


@pytest.mark.parametrize("edit", EDITS)
@given(text=topics(), new=TEXTS)
@settings(max_examples=50)
def test_whoever_wrote_a_file_a_change_says_what_it_should_and_leaves_every_other_line(
    edit: str, text: str, new: str
) -> None:
    before = Page(Path("rad.yaml"), text.encode(), text)
    known = topic_of(text)
    if new in known.entries[0].texts[Language.DE].aliases or new in [one.text for one in known.counterexamples]:
        return

    after = EDITS[edit](before, new).text

    found = told(topic_of(after))
    assert {key: found[key] for key in found if key != "neu"} == expected(known, edit, new)
    gone = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line.startswith("- ")]
    assert len(gone) <= (1 if edit in ("alias", "counterexample") else 3 if edit == "answer" else 0)


@pytest.mark.parametrize("path", sorted(shipped().glob("*.yaml")), ids=lambda path: path.name)
def test_every_entry_that_ships_can_be_added_to(path: Path) -> None:
    base = load(shipped())
    for topic in (one for one in base.topics if Path(one.entries[0].place.file).name == path.name):
        made = read_page(path).with_aliases(topic.entries[0].id, ["Neu?"]).with_counterexamples(["Nein?"])

        assert len(added(read_page(path).text, made.with_entry(NEW).text)) >= 18


# -- writing ------------------------------------------------------------------------------------------


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    mine, theirs = (page(HAND, tmp_path).with_aliases("zeiten", [text]) for text in ("Meins?", "Ihres?"))
    save(theirs)

    with pytest.raises(EditError, match="wurde gerade von jemand anderem geändert; es wurde nichts überschrieben"):
        save(mine)

    assert mine.path.read_text() == theirs.text
    assert os.listdir(tmp_path) == ["rad.yaml"]


def test_a_new_file_does_not_overwrite_one_that_appeared_meanwhile(tmp_path: Path) -> None:
    made = new_page(tmp_path / "rad.yaml", "rad", "Rad", "Räder.", NEW)
    page(HAND, tmp_path)

    with pytest.raises(EditError, match="gibt es inzwischen"):
        save(made)

    assert made.path.read_text() == HAND


def test_a_new_file_loads_and_names_its_schema(tmp_path: Path) -> None:
    made = new_page(tmp_path / "rad.yaml", "rad", "Rad: alles", "Räder.\n\nUnd mehr.", NEW)

    save(made)

    assert made.path.read_text().startswith("# yaml-language-server: $schema=schema.json\ntopic:\n  id: rad\n")
    assert topic_of(made.path.read_text()).entries[0].id == "neu"


def test_on_a_full_disk_the_old_file_stays(tmp_path: Path) -> None:
    made = page(HAND, tmp_path).with_entry(NEW)

    with full_disk(), pytest.raises(EditError, match="lässt sich nicht schreiben .*; es ist alles wie vorher"):
        save(made)

    assert made.path.read_text() == HAND
    assert os.listdir(tmp_path) == ["rad.yaml"]


def test_a_file_in_a_folder_that_may_not_be_written_stays(tmp_path: Path) -> None:
    made = page(HAND, tmp_path).with_entry(NEW)
    made.path.unlink()
    tmp_path.rmdir()

    with pytest.raises(EditError, match="lässt sich nicht schreiben"):
        save(made)


@pytest.mark.parametrize(
    "raw",
    [HAND[:120].encode(), HAND.encode("latin-1"), HAND.replace("    -", "\t-", 1).encode(), b"", b"a: &a [*a, *a]\n"],
)
def test_a_file_that_is_broken_is_not_changed(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "rad.yaml").write_bytes(raw)

    with pytest.raises(EditError, match=r"rad\.yaml:\d+:\d+: .*Erst danach lässt sich etwas ergänzen|gibt es in"):
        read_page(tmp_path / "rad.yaml").with_aliases("zeiten", ["Neu?"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda one: one.with_aliases("weg", ["a"]), "Den Eintrag „weg“ gibt es in rad.yaml nicht"),
        (lambda one: one.with_aliases("zeiten", ["a"], Language.EN), "hat noch keinen englischen Text"),
        (lambda one: one.with_aliases("zeiten", ["a\u0007b"]), "Steuerzeichen"),
        (lambda one: one.with_value("zeiten", "aliases", "a"), "ergänzen Sie die Datei von Hand"),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(tmp_path: Path, change: Callable[[Page], Page], sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        change(page(HAND, tmp_path))


def test_nothing_to_add_changes_nothing(tmp_path: Path) -> None:
    assert page(HAND, tmp_path).with_aliases("zeiten", []).with_counterexamples([]).text == HAND


def test_a_change_that_would_break_the_file_is_not_written(tmp_path: Path) -> None:
    made = replace(page(HAND, tmp_path), text=TOPIC + "\t: [")

    with pytest.raises(EditError, match="ergäbe eine fehlerhafte Datei"):
        save(made)

    assert made.path.read_text() == HAND
