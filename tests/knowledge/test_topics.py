"""What editors are told about a topic file that is wrong, with both of PyYAML's readers."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml

from bot.errors import Complaint
from bot.knowledge.entry import Language, Standing, Status, Topic
from bot.knowledge.topics import Taken, guess_language, read_topic
from bot.knowledge.yaml_source import parse
from tests.knowledge.files import SLIPS

TOPIC = """\
topic:
  id: logistik
  title: Logistik
  intro: Pakete.
entries:
  - id: station
    question: Wo?
    aliases:
      - Fach
    answer: Da.
    as_of: 2020-06
    source: Uns
counterexamples:
  - Was kostet ein Fach?
"""
READERS = [pytest.param(yaml.CSafeLoader, id="libyaml"), pytest.param(yaml.SafeLoader, id="python")]


def read(text: str, reader: Any = yaml.SafeLoader) -> tuple[Topic | None, list[Complaint]]:
    complaints: list[Complaint] = []
    root = parse(text.encode(), "knowledge/logistik.yaml", complaints, reader)
    topic = read_topic(root, complaints, Taken()) if root is not None else None
    return topic, sorted(complaints)


MISTAKES = [
    # what is written, what an editor makes of it, line, column, part of the sentence
    ("answer: Da.", "anwser: Da.", 10, 5, "„anwser“ ist unbekannt; meinten Sie „answer“?"),
    ("answer: Da.", "Answer: Da.", 10, 5, "meinten Sie „answer“?"),
    ("answer: Da.", "\u00a0answer: Da.", 10, 5, "Diese Zeile beginnt mit geschützten Leerzeichen (aus Word)"),
    ("    answer: Da.", "\u00a0\u00a0\u00a0\u00a0answer: Da.", 10, 1, "ersetzen Sie sie durch gewöhnliche."),
    ("    answer: Da.", "\u2003 answer: Da.", 10, 1, "beginnt mit ungewöhnlichen Leerzeichen (U+2003)"),
    ("answer: Da.", "answer:\u00a0Da.", 10, 12, "Hinter dem Doppelpunkt steht ein geschütztes Leerzeichen (aus Word)"),
    ("- Fach", "- Fach\n      -\u00a0Schrank", 10, 8, "Hinter dem Strich steht ein geschütztes Leerzeichen"),
    ("- Fach", "- Fach\n\u00a0     - Schrank", 10, 1, "Diese Zeile beginnt mit geschützten Leerzeichen"),
    ("answer: Da.", "answer: |\n      Da.\n\u00a0\n      Dort.", 12, 1, "Diese Zeile beginnt mit geschützten"),
    ("answer: Da.", "answer: |\n\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0Da.", 11, 1, "Diese Zeile beginnt mit geschützten"),
    (
        "    answer: Da.",
        "<<<<<<< HEAD\n    answer: Da.\n=======\n    answer: O.\n>>>>>>> b",
        10,
        1,
        "Markierung von git",
    ),
    ("    answer: Da.", "    answer: Da.\n=======\n    source: Uns", 11, 1, "behalten Sie eine Fassung"),
    ("answer: Da.", "answer: |\n      Da.\n>>>>>>> main", 12, 1, "löschen Sie die Zeilen mit <<<<<<<, ======= und"),
    ("answer: Da.", "answer: Da.\n    xyz: 1", 11, 5, "„xyz“ ist unbekannt; möglich sind: id, question,"),
    ("answer: Da.", "answer: Da.\n    answer: Dort.", 11, 5, "zum zweiten Mal (zuerst in Zeile 10)"),
    ("answer: Da.", "answer:", 10, 12, "fehlt der Text für „answer“"),
    ("answer: Da.", 'answer: ""', 10, 13, "fehlt der Text für „answer“"),
    ("answer: Da.", "answer: [Da]", 10, 13, "muss für „answer“ ein einfacher Text stehen"),
    ("answer: Da.", "answer: {queue}", 10, 13, "setzen Sie ihn in gerade Anführungszeichen"),
    ("    answer: Da.\n", "", 6, 5, "fehlt beim Eintrag der Schlüssel „answer“; ergänzen Sie"),
    ("answer: Da.", "answer: Siehe https//kl.digital", 10, 13, "Der Link bei „https//kl.digital“ ist unvollständig"),
    ("answer: Da.", "answer: Siehe http://, ja", 10, 13, "ist unvollständig"),
    (
        "answer: Da.",
        "answer: Siehe htp://www.kl.de",
        10,
        13,
        "Der Link bei „htp://www.kl.de“ beginnt falsch; schreiben",
    ),
    ("answer: Da.", "answer: ttps://kl.de", 10, 13, "„ttps://kl.de“ beginnt falsch"),
    ("source: Uns", "source: HTPPS//kl.de", 12, 13, "„HTPPS//kl.de“ beginnt falsch"),
    ("intro: Pakete.", "intro: Siehe hhtps:www.kl.de.", 4, 10, "„hhtps:www.kl.de.“ beginnt falsch"),
    ("answer: Da.", "answer: &da Da.", 10, 13, "Verweise sind hier nicht erlaubt („&da“)"),
    ("answer: Da.", "answer: *da", 10, 13, "Verweise sind hier nicht erlaubt („*da“)"),
    ("answer: Da.", "answer: !Da ist es", 10, 13, "Typangaben mit „!“ sind hier nicht erlaubt"),
    ("answer: Da.", 'answer: "Da\\x07"', 10, 13, "Steuerzeichen"),
    ("answer: Da.", "answer: D\u0007a.", 10, 14, "Steuerzeichen (U+0007); löschen"),
    ("answer: Da.", "answer: D\u2028a.", 10, 14, "Steuerzeichen (U+2028)"),
    ("answer: Da.", "{a: b}: c\n    answer: Da.", 10, 5, "Ein Schlüssel muss ein einfaches Wort sein"),
    ("id: station", "id: Station", 6, 9, "„Station“ ist keine gültige id; erlaubt sind Kleinbuchstaben"),
    ("id: station", "id: -a", 6, 9, "keine gültige id"),
    ("id: station", "id: a--b", 6, 9, "keine gültige id"),
    ("id: station", "id: straße", 6, 9, "keine gültige id"),
    ("id: logistik", "id: a_b", 2, 7, "keine gültige id"),
    ("as_of: 2020-06", "as_of: 2020-13", 11, 12, "kein gültiges Datum für „as_of“; schreiben Sie Jahr-Monat"),
    ("as_of: 2020-06", "as_of: 2020-02-30", 11, 12, "kein gültiges Datum"),
    ("as_of: 2020-06", "as_of: 18.6.2020", 11, 12, "hier also 2020-06-18"),
    ("as_of: 2020-06", "as_of: 06/2020", 11, 12, "schreiben Sie Jahr-Monat, hier also 2020-06."),
    ("as_of: 2020-06", "as_of: 10.2020", 11, 12, "schreiben Sie Jahr-Monat, hier also 2020-10."),
    ("as_of: 2020-06", "as_of: 31.2.2020", 11, 12, "schreiben Sie Jahr-Monat oder Jahr-Monat-Tag, etwa 2020-06 oder"),
    ("as_of: 2020-06", "as_of: 2020-06\n    valid_until: 12.2026", 12, 18, "Jahr-Monat-Tag, etwa 2026-12-31"),
    ("as_of: 2020-06", "as_of: 2020-06\n    review_by: 1.12.2026", 12, 16, "Jahr-Monat-Tag, hier also 2026-12-01"),
    ("as_of: 2020-06", "as_of: 2020-06\n    valid_until: 2026-12", 12, 18, "Jahr-Monat-Tag, etwa 2026-12-31"),
    ("as_of: 2020-06", "as_of: 2020-06\n    review_by: bald", 12, 16, "„bald“ ist kein gültiges Datum"),
    ("as_of: 2020-06", "as_of: 2020-06\n    status: publishd", 12, 13, "meinten Sie „published“?"),
    (
        "as_of: 2020-06",
        "as_of: 2020-06\n    corrected: bald",
        12,
        16,
        "etwa 2026-11-25, bei mehreren am selben Tag mit Uhr",
    ),
    ("as_of: 2020-06", "as_of: 2020-06\n    corrected: 2026-11-25 24:00", 12, 16, "2026-11-25 14:30"),
    (
        "as_of: 2020-06",
        "as_of: 2020-06\n    follow: ja",
        12,
        13,
        "„ja“ ist bei „follow“ nicht möglich; möglich sind: true",
    ),
    ("as_of: 2020-06", "as_of: 2020-06\n    withdrawn_reason: Falsch.", 12, 23, "zusammen mit „status: withdrawn“"),
    ("as_of: 2020-06", "as_of: 2020-06\n    correction_note: Falsch.", 12, 22, "wie „corrected: 2026-11-25“"),
    ("as_of: 2020-06", "as_of: 2020-06\n    en: {question: Where}", 12, 9, "der Schlüssel „answer“"),
    ("as_of: 2020-06", "as_of: 2020-06\n    en:", 12, 8, "beim englischen Text Zeilen der Form"),
    ("- Fach", "- Fach\n      - 😀 ü\n      - Fach", 11, 9, "„Fach“ steht schon in Zeile 9"),
    ("- Fach", "- Fach\n      -", 10, 8, "fehlt der Text für diese Zeile von „aliases“"),
    ("- Fach", "- Fach: wo ist es", 9, 9, "enthält er Doppelpunkt oder Klammer"),
    ("- Fach", "Fach", 9, 7, "Bei „aliases“ muss eine Liste stehen"),
    ("- Fach", "-Fach", 9, 7, "mit „- “ (Strich und Leerzeichen) beginnen"),
    ("counterexamples:\n  - Was", "counterexamples: Was", 13, 18, "Bei „counterexamples“ muss eine Liste stehen"),
    ("topic:\n", "topics:\n", 1, 1, "„topics“ ist unbekannt; meinten Sie „topic“?"),
    ("  title: Logistik\n", "", 2, 3, "fehlt beim Thema der Schlüssel „title“"),
    ("counterexamples:", "---\ncounterexamples:", 14, 1, "zweites Dokument"),
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("right", "wrong", "line", "column", "part"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_how_to_mend_it(
    right: str, wrong: str, line: int, column: int, part: str, reader: Any
) -> None:
    assert right in TOPIC

    _, complaints = read(TOPIC.replace(right, wrong, 1), reader)

    assert [(one.line, one.column) for one in complaints] == [(line, column)]
    assert part in complaints[0].text
    assert complaints[0].file == "knowledge/logistik.yaml"
    assert complaints[0].text[-1] in ".?"


BROKEN = [
    ("    answer: Da.", "\tanswer: Da.", 10, 1, "Tabulator; rücken Sie nur mit Leerzeichen ein"),
    ("    answer: Da.", "  \tanswer: Da.", 10, 3, "Tabulator"),
    ("answer: Da.", 'answer: "Da.', 10, 13, "Anführungszeichen, das hier beginnt, wird nicht geschlossen"),
    ("answer: Da.", "answer: 'Da.", 10, 13, "wird nicht geschlossen"),
    ("answer: Da.", 'answer: "Da.„', 10, 13, "„ und “ aus Word zählen nicht"),
    ("answer: Da.\n    as_of: 2020-06", 'answer: "Da.\n    as_of: "2020-06"', 10, 13, "wird nicht geschlossen"),
    ("answer: Da.", 'answer: "Da" oder dort', 10, 18, "Hinter dem schließenden Anführungszeichen steht noch etwas"),
    ("answer: Da.", "answer: „Hier: da.“", 10, 18, "aus Word gelten hier nicht als Anführungszeichen"),
    ("answer: Da.", "answer: Hier: da.", 10, 17, "einen Doppelpunkt mit Leerzeichen; setzen Sie den ganzen Text"),
    ("answer: Da.", "answer: 😀 ü: da.", 10, 16, "einen Doppelpunkt mit Leerzeichen"),
    ("- Fach", "- Fach: wo: da", 9, 17, "einen Doppelpunkt mit Leerzeichen"),
    ("    answer: Da.", "      answer: Da.", 10, 7, "falsch eingerückt"),
    ("    answer: Da.", "   answer: Da.", 10, 4, "falsch eingerückt"),
    ("answer: Da.", "answer Da.", 10, 5, "fehlt nach dem Schlüssel ein Doppelpunkt"),
    ("answer: Da.", "answer: |\n  Da ist es\n    ja.", 11, 3, "rücken Sie sie weiter ein"),
    ("answer: Da.", "answer: @kldigital", 10, 13, "Ein Text darf nicht mit „@“ beginnen"),
    ("answer: Da.", "answer: %x", 10, 13, "mit „%“ beginnen"),
    ("answer: Da.", "answer: **Da**", 10, 13, "mit „*“ beginnen"),
    ("answer: Da.", "answer: & da", 10, 13, "mit „&“ beginnen"),
    ("answer: Da.", "answer: > 18 Jahre", 10, 13, "mit „>“ beginnen"),
    ("answer: Da.", "answer: {queue} hilft", 10, 21, "weil er mit einem Sonderzeichen beginnt"),
    ("answer: Da.", "answer: [Da, dort", 10, 13, "Die Klammer, die hier beginnt, geht nicht auf"),
    ("answer: Da.", "answer: - Da", 10, 13, "Eine Aufzählung mit „-“ muss in einer neuen Zeile beginnen"),
    ("answer: Da.", 'answer: "C:\\Users"', 10, 18, "schreiben Sie „\\\\“"),
    ("topic:", "%\ntopic:", 1, 2, "lässt sich die Datei nicht lesen"),
    ("topic:", "--- a\n...\nb\ntopic:", 3, 1, "Hinter „...“ darf nichts mehr stehen"),
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("right", "wrong", "line", "column", "part"), BROKEN)
def test_broken_yaml_is_one_complaint_in_plain_words(
    right: str, wrong: str, line: int, column: int, part: str, reader: Any
) -> None:
    assert right in TOPIC

    topic, complaints = read(TOPIC.replace(right, wrong, 1), reader)

    assert topic is None
    assert [(one.line, one.column) for one in complaints] == [(line, column)]
    assert part in complaints[0].text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000 + "a",
        "\n".join(" " * depth + "a:" for depth in range(200)),
        "[" * 30 + "]" * 30,
    ],
)
def test_deep_nesting_is_a_complaint_and_no_crash(text: str, reader: Any) -> None:
    topic, complaints = read(text, reader)

    assert topic is None
    assert "zu tief verschachtelt" in complaints[0].text


@pytest.mark.parametrize("reader", READERS)
def test_a_bomb_of_references_is_refused_without_being_unfolded(reader: Any) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [{', '.join(['*a'] * 9)}]\n" for i in range(20))

    _, complaints = read(bomb, reader)

    assert [(one.line, one.column) for one in complaints] == [(1, 4)]
    assert "„*a“ in Zeile 2) sind nicht erlaubt; schreiben Sie den Text überall aus" in complaints[0].text


@pytest.mark.parametrize("reader", READERS)
def test_a_mistake_at_the_very_end_is_named_within_the_file(reader: Any) -> None:
    _, complaints = read("topic:\n  - [a:", reader)

    assert [one.line for one in complaints] == [2]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", ["", "\n\n", "# nur eine Bemerkung\n", "---\n...\n"])
def test_an_empty_file_is_refused(text: str, reader: Any) -> None:
    _, complaints = read(text, reader)

    assert len(complaints) == 1


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text", ['a: "\\U99999999"', 'a: "\\ud800"', "a: !%ff%zz x", "%YAML 1." + "9" * 5000 + "\n--- a"]
)
def test_impossible_characters_are_a_complaint(text: str, reader: Any) -> None:
    _, complaints = read(text, reader)

    assert complaints


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reader", READERS)
def test_no_slip_of_the_keyboard_breaks_the_check(seed: int, reader: Any) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        where = dice.randrange(len(TOPIC))
        slipped = TOPIC[:where] + dice.choice(SLIPS) + TOPIC[where + dice.randrange(3) :]

        _, complaints = read(slipped, reader)

        lines = slipped.count("\n") + 1
        assert all(1 <= one.line <= lines and one.column >= 1 for one in complaints)


def test_a_list_in_place_of_a_topic_is_refused() -> None:
    topic, complaints = read("- a\n- b\n")

    assert (complaints[0].line, complaints[0].column) == (1, 1)
    assert "schlüssel: Text" in complaints[0].text


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    text = TOPIC.replace("question:", "qestion:").replace("2020-06", "gestern").replace("Da.", "").replace("Uns", "[]")

    _, complaints = read(text)

    assert [one.line for one in complaints] == [7, 10, 11, 12]


@pytest.mark.parametrize(
    "word", ["no", "0115", "2020-06-18", "null", "~", "1e3", "0x1F", "yes", "12:30:45", ".inf", "<<"]
)
@pytest.mark.parametrize("reader", READERS)
def test_an_alias_stays_as_it_is_written(word: str, reader: Any) -> None:
    topic, complaints = read(TOPIC.replace("- Fach", f"- {word}"), reader)

    assert not complaints
    assert topic is not None
    assert topic.entries[0].texts[Language.DE].aliases == (word,)


EVERYTHING = """\
    source: Uns
    valid_until: 2026-12-31
    review_by: 2026-06-01
    status: draft
    owner: Bürgerbüro
    plain: |
      Kurz.
    en:
      question: Where?
      aliases: [😀 locker, box]
      answer: There.
"""


@pytest.mark.parametrize("reader", READERS)
def test_an_entry_knows_its_words_and_their_places(reader: Any) -> None:
    text = TOPIC.replace("    source: Uns\n", EVERYTHING)

    topic, complaints = read(text, reader)

    assert not complaints
    assert topic is not None
    entry = topic.entries[0]
    assert (entry.as_of, entry.source, entry.owner, entry.plain) == ("2020-06", "Uns", "Bürgerbüro", "Kurz.")
    assert (entry.valid_until, entry.review_by, entry.status) == (date(2026, 12, 31), date(2026, 6, 1), Status.DRAFT)
    assert entry.texts[Language.EN].answer == "There."
    places = [(one.text, str(one.language), one.place.line, one.place.column) for one in entry.phrasings]
    assert places == [
        ("Wo?", "de", 7, 15),
        ("Fach", "de", 9, 9),
        ("Where?", "en", 20, 17),
        ("😀 locker", "en", 21, 17),
        ("box", "en", 21, 27),
    ]


def test_an_answer_keeps_its_paragraphs_and_a_question_is_one_line() -> None:
    text = TOPIC.replace("answer: Da.", "answer: |\n      Da.\n\n      Ja.\n").replace(
        "question: Wo?", "question: >\n      Wo\n      ist das?"
    )

    topic, _ = read(text)

    assert topic is not None
    assert topic.entries[0].texts[Language.DE].answer == "Da.\n\nJa."
    assert topic.entries[0].texts[Language.DE].question == "Wo ist das?"


@pytest.mark.parametrize(
    "answer",
    [
        "https://www.kl.digital/x",
        "https://kl.digital.",
        "HTTP-Protokoll",
        "(http://bäder-kl.de)",
        "http://10.0.0.1",
        "ftp://kl.de",
        "und//oder",
        "Stopp://",
    ],
)
def test_whole_links_are_fine(answer: str) -> None:
    _, complaints = read(TOPIC.replace("Da.", answer))

    assert not complaints


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was kostet ein Fach in der Paketstation?", Language.DE),
        ("Was ist the third place?", Language.DE),
        ("Paketstation", Language.DE),
        ("How much does a locker cost?", Language.EN),
        ("When is the library open?", Language.EN),
        ("Öffnungszeiten at Rathaus", Language.DE),
    ],
)
def test_a_counterexample_has_the_language_of_its_small_words(text: str, language: Language) -> None:
    guessed = guess_language(text)

    assert guessed is language


def test_withdrawal_correction_and_what_can_be_followed_are_read() -> None:
    marks = ["status: withdrawn", "withdrawn_reason: Falsch.", "corrected: 2026-11-25 14:30", "correction_note: Neu."]
    english = "en: {question: Where, answer: There., withdrawn_reason: Wrong.}"
    topic, complaints = read(
        TOPIC.replace("source: Uns", "\n    ".join(("source: Uns", *marks, "follow: true", english)))
    )

    assert topic is not None and not complaints
    entry = topic.entries[0]
    assert (entry.corrected, entry.follow) == ("2026-11-25 14:30", True)
    assert (entry.text(Language.DE).withdrawn_reason, entry.text(Language.DE).correction_note) == ("Falsch.", "Neu.")
    assert entry.text(Language.EN).withdrawn_reason == "Wrong."


def test_an_answer_is_current_up_to_its_last_day_and_never_once_withdrawn() -> None:
    topic, _ = read(TOPIC.replace("source: Uns", "source: Uns\n    valid_until: 2026-11-25"))
    assert topic is not None
    entry = topic.entries[0]

    assert entry.standing(date(2026, 11, 25)) is Standing.CURRENT
    assert entry.standing(date(2026, 11, 26)) is Standing.OUTDATED
    assert replace(entry, status=Status.WITHDRAWN).standing(date(2026, 11, 25)) is Standing.WITHDRAWN


def test_what_people_are_told_is_the_same_however_its_lines_are_broken() -> None:
    topic, _ = read(TOPIC.replace("answer: Da.", "answer: |\n      Da\n      hinten."))
    other, _ = read(TOPIC.replace("answer: Da.", "answer: Da hinten."))
    assert topic is not None and other is not None
    one, same = topic.entries[0], other.entries[0]

    assert one.digest(Language.DE) == same.digest(Language.DE) == same.digest(Language.EN)
    assert one.digest(Language.DE) != replace(one, status=Status.WITHDRAWN).digest(Language.DE)
