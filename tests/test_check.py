"""`klbot check`: what it finds, how it shows it, and what it says to a pipeline."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml

from bot.cli.check.findings import Finding, Severity, matched, said
from bot.cli.check.labelled import broken, judged
from bot.cli.check.links import Link, check_links, links
from bot.cli.kb.place import load_whole
from bot.desk.lengths import MESSAGE, too_long
from bot.errors import KnowledgeError
from bot.knowledge.entry import Place
from bot.knowledge.lines import Lines
from bot.matching.matcher import Matcher
from tests.end_to_end.small import TOPIC, small_base
from tests.files import a_file
from tests.test_cli import klbot

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
ENGLISH = "    en: {question: Where do visitors sit?, answer: On the gallery.}\n"


class Base:
    """A small knowledge base that a test changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = small_base(folder)
        self.topic = self.folder / "stadtrat.yaml"
        self.change("    source: Test\ncounterexamples", f"    source: Test\n{ENGLISH}counterexamples")
        self.change("  intro: Wie", "  en: {title: Council, intro: How.}\n  intro: Wie")

    def change(self, old: str, new: str) -> None:
        text = self.topic.read_text(encoding="utf-8")
        assert old in text
        self.topic.write_text(text.replace(old, new, 1), encoding="utf-8")

    def ask(self, text: str) -> None:
        (self.folder / "questions.yaml").write_text(text, encoding="utf-8")

    def findings(self) -> list[Finding]:
        base = load_whole(self.folder)
        matcher = Matcher(base)
        found = [*said(base, Lines([self.folder]), NOW), *matched(base, matcher)]
        return sorted(found) + [Finding(one, Severity.ERROR, "question") for one in broken(judged(base, matcher))]

    def found(self) -> tuple[str, str, str]:
        """Rule, severity and text of the only finding, with its place."""
        (one,) = self.findings()
        return one.rule, one.severity, str(one.complaint)

    def check(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return klbot("check", "--knowledge", str(self.folder), *arguments, **more)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path)


# -- what is found ------------------------------------------------------------------------------------

FOUND = [
    # what is written, what an editor makes of it, the rule, its severity, the place, part of the sentence
    ("as_of: 2020-06", "as_of: 2026-12", "date", "error", "14:12", "Der Stand „2026-12“ liegt in der Zukunft"),
    ("as_of: 2020-06", "as_of: 2026-11-26", "date", "error", "14:12", "heute ist der 25.11.2026"),
    ("source: Test", "source: Test\n    valid_until: 2020-05-31", "date", "error", "16:18", "liegt vor dem Stand"),
    ("source: Test", "source: Test\n    valid_until: 2026-11-24", "outdated", "advice", "16:18", "nur bis 24.11.2026"),
    ("source: Test", "source: Test\n    review_by: 2026-11-24", "outdated", "advice", "16:16", "sollte bis 24.11.2026"),
    (
        "source: Test",
        "source: Test\n    corrected: 2026-12-24",
        "date",
        "error",
        "16:16",
        "Die Berichtigung „2026-12-24“ liegt in der Zukunft. Sie ginge sofort hinaus; setzen Sie den heutigen Tag.",
    ),
    ("source: Test", "source: Test\n    corrected: 2026-11-25 14:31", "date", "error", "16:16", "in der Zukunft"),
    ("source: Test", "source: unbekannt", "source", "advice", "15:13", "„unbekannt“ sagt nicht, woher"),
    (ENGLISH, "", "english", "advice", "21:5", "„stadtrat-sitzplatz“ gibt es nur auf Deutsch"),
    ("  en: {title: Council, intro: How.}\n", "", "english", "advice", "1:1", "keinen englischen Namen"),
    ("Ja, seit 2019.", "Ja.\n\n      Demnächst auch hier.", "undated", "advice", "15:7", "„Demnächst“ stimmt bald"),
    ("Ja, seit 2019.", "Ja, und ab Herbst neu.", "undated", "advice", "13:15", "„ab Herbst“ stimmt bald nicht mehr"),
    ("Yes, since 2019.", "Yes, and next year again.", "undated", "advice", "20:18", "„next year“"),
    ("Auf der Empore.", "Zwecks Ansicht oben.", "hard-word", "advice", "26:7", "leichter ist etwa: für, um zu"),
    ("Auf der Empore.", "Am Ratsdienerinnenzimmertisch.", "hard-word", "advice", "26:10", "hat 26 Buchstaben"),
    ("Auf der Empore.", f"Oben. {'Ja ' * 25}so.", "long-sentence", "advice", "26:13", "„Ja Ja Ja Ja …“ hat 26 Wörter"),
    (
        "      - Gibt es Stühle",
        "      - Wird denn der Stadtrat live übertragen?\n      - Gibt es Stühle",
        "twin",
        "advice",
        "10:9",
        "bei „stadtrat-sitzplatz“ (knowledge/stadtrat.yaml, Zeile 24) mit 0,",
    ),
    ("title: Stadtrat", "title: „Stadtrat“", "quotes", "advice", "3:10", "Der ganze Titel steht in Anführungszeichen"),
    (
        "question: Wo sitzen Gäste im großen Ratssaal?",
        "question: „Wo sitzen Gäste im großen Ratssaal?“",
        "quotes",
        "advice",
        "22:15",
        "Die ganze Frage steht in Anführungszeichen; sie erscheinen so im Chat. Löschen Sie sie.",
    ),
    (
        "- Gibt es Stühle für Zuschauer?",
        "- '\"Gibt es Stühle?\"'",
        "quotes",
        "advice",
        "24:9",
        "Die ganze Formulierung",
    ),
    ("question: Where do visitors sit?", "question: “Where?”", "quotes", "advice", "29:20", "Die ganze Frage steht"),
    ("Auf der Empore.", "Oben.\n      Auf **der** Empore.", "markup", "advice", "27:11", "löschen Sie die Sternchen."),
    ("Auf der Empore.", "Auf __der__ Empore.", "markup", "advice", "26:11", "löschen Sie die Unterstriche."),
    ("Auf der Empore.", "Oben.\n\n      ## Empore", "markup", "advice", "28:7", "löschen Sie die Rauten."),
    ("Auf der Empore.", "Da: [hier](https://kl.de).", "markup", "advice", "26:11", "schreiben Sie den Link aus."),
    ("On the gallery.", "See **there**", "markup", "advice", "29:56", "Formatierung wie **fett** oder [hier](…) zeigt"),
    ("intro: Wie der", "intro: Wie **der**", "markup", "advice", "5:14", "löschen Sie die Sternchen."),
    (
        "source: Test",
        "source: Test\n    status: withdrawn\n    withdrawn_reason: Ist **falsch**.",
        "markup",
        "advice",
        "17:27",
        "löschen Sie die Sternchen.",
    ),
    (
        "Wo sitzen Gäste im großen Ratssaal?",
        f"Wo sitzen Gäste{' sehr' * 20} gern im Saal?",
        "long-question",
        "advice",
        "22:15",
        "Diese Frage hat 129 Zeichen; kürzen Sie sie auf höchstens 120",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "rule", "severity", "place", "part"), FOUND)
def test_what_is_wrong_is_found_where_it_stands(
    base: Base, right: str, wrong: str, rule: str, severity: str, place: str, part: str
) -> None:
    base.change(right, wrong)

    found = [one for one in base.findings() if one.rule == rule]

    assert [(str(one.severity), f"{one.complaint.line}:{one.complaint.column}") for one in found] == [(severity, place)]
    assert part in found[0].complaint.text
    assert found[0].complaint.text[-1] in ".)"


def test_nothing_is_found_in_a_base_that_is_right(base: Base) -> None:
    assert base.findings() == []


@pytest.mark.parametrize(
    "text",
    [
        "Im Herbst 2026 ist es so weit.",
        "Das war bis Herbst 2019 so, und dann bis zum Sommer 2020.",
        "Siehe https://www.kl.digital/stadtteilerneuerungsgebietskonzept.html dort.",
        "Das kostet z. B. 5 Euro. Am 1. Dezember ist zu.",
    ],
)
def test_good_sentences_are_left_alone(base: Base, text: str) -> None:
    base.change("Auf der Empore.", text)

    assert base.findings() == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Wo sitzen Gäste im großen Ratssaal?", "Was heißt „Ratssaal“?"),
        ("Wo sitzen Gäste im großen Ratssaal?", "„Empore“ oder „Galerie“"),
        ("Auf der Empore.", "Mit 2 ** 3 und 4 ** 5 * 6, siehe https://kl.de/__init__/a[1](b)."),
        ("Auf der Empore.", "Die # 3 [siehe unten](oben), und snake__case__name."),
        ("Auf der Empore.", "„Auf der Empore.“"),
    ],
)
def test_quotations_and_signs_that_mean_themselves_are_left_alone(base: Base, right: str, wrong: str) -> None:
    base.change(right, wrong)

    assert [one for one in base.findings() if one.rule in ("quotes", "markup")] == []


def test_where_most_answers_are_plain_those_that_are_not_are_named(base: Base) -> None:
    third = "  - {id: hund, question: Darf mein Hund mit?, aliases: [], answer: Nein., as_of: 2020-06, source: Test}\n"
    base.change("counterexamples:", f"{third}counterexamples:")
    none, some = "    source: Test\n", "    source: Test\n    plain: Ja.\n"
    place = "knowledge/stadtrat.yaml:32:5"

    def told() -> list[str]:
        return [str(one.complaint) for one in base.findings() if one.rule == "plain"]

    base.change(none, some)
    assert told() == []
    base.change(f"{none}{ENGLISH}", f"{some}{ENGLISH}")
    assert told() == [f"{place}: Diese Antwort gibt es noch nicht in Einfacher Sprache (plain)."]


def test_of_what_is_no_text_no_line_is_shown(base: Base) -> None:
    base.topic.write_bytes(a_file("docx"))

    run = base.check()

    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "knowledge/stadtrat.yaml:1:1: Fehler: Das ist ein Word-Dokument; speichern Sie es als reinen Text (UTF-8).",
        "Nicht in Ordnung: 1 Fehler.",
    ]


def test_an_answer_is_measured_with_everything_around_it(base: Base) -> None:
    question = "Wo sitzen Gäste im großen Ratssaal?"
    above = f"Ihre Frage verstehe ich so: „{question}“\n\n"
    frame = len(f"{above}\n\nAutomatische Antwort. Stand: Juni 2020. Quelle: Test")
    fits = "😀" * ((MESSAGE - frame) // 2)
    base.change("Auf der Empore.", fits)
    just = list(too_long(load_whole(base.folder)))
    base.change(fits, f"{fits}😀")

    found = list(too_long(load_whole(base.folder)))

    assert just == []
    (text,) = map(str, found)
    assert text.startswith(
        "knowledge/stadtrat.yaml:25:13: Die deutsche Antwort hat mit Stand und Quelle 4097 Zeichen, "
    )
    assert text.endswith("kürzen Sie sie um 1, oder teilen Sie sie auf.")


def test_a_group_of_words_that_nobody_has_written_is_an_error(base: Base) -> None:
    groups = "synonyms:\n  - [Fahrrad, Velo]\n  - [Kasten, rat]\n  - [übertragen, senden]\n"
    (base.folder / "synonyms.yaml").write_text(groups, encoding="utf-8")

    rule, severity, text = base.found()

    assert (rule, severity) == ("synonyms", "error")
    assert text.startswith("knowledge/synonyms.yaml:2:5: Kein Wort der Gruppe „Fahrrad, Velo“ kommt in einer")


def test_a_phrasing_that_leads_elsewhere_is_advice(base: Base) -> None:
    base.change("Where do visitors sit?", "Where?")

    rule, severity, text = base.found()

    assert (rule, severity) == ("astray", "advice")
    assert text.startswith(
        "knowledge/stadtrat.yaml:29:20: „Where?“ führt nicht zu „stadtrat-sitzplatz“, sondern zu Small"
    )


# -- labelled questions -------------------------------------------------------------------------------


def test_a_question_that_must_go_well_and_does_not_is_an_error(base: Base) -> None:
    base.ask("out_of_scope:\n  - {text: Livestream Stadtratssitzung, must: true}\n  - Stadtrat im Livestream?\n")

    rule, severity, text = base.found()

    assert (rule, severity) == ("question", "error")
    assert text.startswith("knowledge/questions.yaml:2:12: „Livestream Stadtratssitzung“ muss keine Antwort ergeben")
    assert "bekommt aber Antwort (stadtrat-livestream)" in text


def test_an_entry_that_none_of_its_questions_finds_is_an_error(base: Base) -> None:
    asked = "[Livestream der Sitzung, Stadtrat live im Netz, {}]"
    wrong = f"entries:\n  - id: stadtrat-sitzplatz\n    answerable: {asked}\n"
    base.ask(wrong.format("Übertragung live vom Rat"))
    rule, _, text = base.found()
    base.ask(wrong.format("Wo sitzen die Gäste im Ratssaal?"))

    assert rule == "question"
    assert "Keine der 3 gekennzeichneten Fragen zu „stadtrat-sitzplatz“ führt zu diesem Eintrag" in text
    assert base.findings() == []


def in_git(base: Base) -> None:
    """Commit the base as it is."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "so"]):
        subprocess.run(["git", *command], cwd=base.folder, check=True, capture_output=True)


def test_a_question_that_was_right_in_another_revision_must_stay_right(base: Base) -> None:
    base.ask("entries:\n  - id: stadtrat-livestream\n    answerable: [Wird der Rat live übertragen?]\n")
    in_git(base)
    good = base.check("--against", "HEAD")
    base.change("Wird der Stadtrat live übertragen?", "Wo ist der Kater?")
    base.change("Wird die Sitzung des Stadtrats im Internet übertragen?", "Wer füttert das Tier?")
    base.change("Livestream der Stadtratssitzung", "Katzenfutter")
    base.change("      question: Are the city council meetings streamed live?", "      question: Who feeds the cat?")

    bad = base.check("--against", "HEAD")

    assert (good.returncode, bad.returncode) == (0, 1), bad.stdout
    assert "Fehler: „Wird der Rat live übertragen?“ ergab bisher „stadtrat-livestream“, bekommt aber" in bad.stdout
    assert base.check().returncode == 0


@pytest.mark.parametrize("revision", ["nowhere", "--all", "HEAD~1"])
def test_a_revision_that_there_is_not_is_one_sentence(base: Base, revision: str) -> None:
    in_git(base)

    result = base.check(f"--against={revision}")

    assert result.returncode == 2
    assert result.stderr.startswith(f"klbot: „{revision}“ ist weder ein Ordner noch ein Stand von ")


# -- how it looks -------------------------------------------------------------------------------------


def test_a_pipe_gets_a_line_for_each_finding_the_line_itself_and_the_verdict(base: Base) -> None:
    base.change("source: Test", "source: unbekannt")
    base.change("as_of: 2020-06", "as_of: 2999-12")

    result = base.check()

    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("knowledge/stadtrat.yaml:15:13: Hinweis: „unbekannt“ sagt nicht")
    assert lines[1] == "    source: unbekannt"
    assert lines[2].startswith("knowledge/stadtrat.yaml:14:12: Fehler: Der Stand „2999-12“ liegt in der Zukunft")
    assert lines[3:5] == ["    as_of: 2999-12", "Nicht in Ordnung: 1 Fehler, 1 Hinweis."]


def test_what_does_not_load_is_listed_at_once_with_its_lines(base: Base) -> None:
    base.change("    answer:", "    anwser:")
    base.change("id: stadtrat-sitzplatz", "id: stadtrat-livestream")

    result = base.check()

    assert result.returncode == 1
    assert result.stdout.splitlines()[1:-1:2] == ["    anwser: |", "    - id: stadtrat-livestream"]
    assert result.stdout.splitlines()[-1] == "Nicht in Ordnung: 2 Fehler."


def test_advice_counts_only_where_it_is_to(base: Base) -> None:
    base.change("source: Test", "source: unbekannt")

    assert [base.check(*options).returncode for options in ((), ("--strict",))] == [0, 1]


def test_json_says_the_same_and_more(base: Base) -> None:
    base.change("source: Test", "source: unbekannt")

    found = json.loads(base.check("--format", "json").stdout)

    assert (found["errors"], found["advice"], found["entries"], found["topics"]) == (0, 1, 2, 1)
    (one,) = found["findings"]
    text = one.pop("text")
    assert one == {
        "file": "knowledge/stadtrat.yaml",
        "line": 15,
        "column": 13,
        "severity": "advice",
        "rule": "source",
        "source": "    source: unbekannt",
    }
    assert text.startswith("„unbekannt“")


def test_json_of_a_base_that_does_not_load_has_the_complaints(base: Base) -> None:
    base.change("    answer:", "\tanswer:")

    found = json.loads(base.check("--format", "json").stdout)

    assert (found["errors"], found["findings"][0]["rule"], found["findings"][0]["line"]) == (1, "schema", 12)


@pytest.mark.parametrize("columns", [100, 60])
def test_in_a_terminal_nothing_is_wider_than_it(base: Base, columns: int) -> None:
    base.change("Auf der Empore.", f"Vorn. {'Oben sitzen viele. ' * 20}Am Ratsdienerinnenzimmertisch. {'Ja ' * 26}so.")
    command = ["-m", "bot", "check", "--knowledge", str(base.folder)]
    free = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    terminal = pexpect.spawn(
        sys.executable, command, dimensions=(50, columns), encoding="utf-8", timeout=50, cwd=str(ROOT), env=free
    )
    terminal.expect(pexpect.EOF)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.before).replace("\r", "").splitlines()

    assert max(map(len, shown)) <= columns
    assert "knowledge/stadtrat.yaml" in shown
    at = next(number for number, line in enumerate(shown) if "Ratsdienerinnenzimmertisch" in line and "│" in line)
    assert shown[at].index("Ratsdiener") == shown[at + 1].index("▲")


# -- bad files ----------------------------------------------------------------------------------------

BAD = {
    "half": (TOPIC.encode()[:400], "answer"),
    "latin": (TOPIC.encode("latin-1"), "speichern Sie die Datei neu und wählen Sie dabei die Kodierung „UTF-8“"),
    "utf-16": (TOPIC.encode("utf-16"), "Kodierung „UTF-8“"),
    "tabs": (TOPIC.replace("    question", "\tquestion").encode(), "rücken Sie nur mit Leerzeichen ein"),
    "huge": (TOPIC.encode() + b"# x\n" * 12_500_000, "größer als 5 MB"),
    "bomb": (b"a: &a [*a, *a]\n", "Verweise"),
    "laughs": (b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(50)), "Verweise"),
    "word": (TOPIC.replace("Ja, seit 2019.", "x").replace("answer: |\n      x", "answer: „Ja: nein“").encode(), "Word"),
    "quote": (TOPIC.replace("question: Wo", 'question: "Wo').encode(), "wird nicht geschlossen"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_one_clear_sentence_and_soon(base: Base, bad: str) -> None:
    raw, part = BAD[bad]
    base.topic.write_bytes(raw)
    started = time.monotonic()

    result = base.check()

    complaints = [line for line in result.stdout.splitlines() if ": Fehler: " in line]
    assert (result.returncode, result.stderr, len(complaints)) == (1, "", 1), result.stdout
    assert part in complaints[0]
    assert len(result.stdout) < 1000
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + TOPIC.encode(), TOPIC.replace("\n", "\r\n").encode()])
def test_what_windows_adds_does_no_harm(base: Base, raw: bytes) -> None:
    base.topic.write_bytes(raw)

    assert base.check().returncode == 0


@pytest.mark.parametrize("step", range(7))
def test_wherever_saving_stopped_the_check_says_so_or_finds_a_whole_file(base: Base, step: int) -> None:
    for end in range(step, len(TOPIC.encode()), 7):
        base.topic.write_bytes(TOPIC.encode()[:end])
        try:
            load_whole(base.folder)
        except KnowledgeError as error:
            assert len(error.complaints) <= 6, end


# -- links --------------------------------------------------------------------------------------------


ENDED = threading.Event()


class Answers(BaseHTTPRequestHandler):
    """A web server: /gone is not there, /get knows only GET, /circle leads to itself, /moved elsewhere."""

    def _answer(self, *, head: bool) -> None:
        path = self.path
        status = {"/gone": 404, "/ill": 500, "/private": 403, "/circle": 302, "/moved": 301}.get(path, 200)
        if path == "/get" and head:
            status = 405
        if path == "/slow":
            ENDED.wait(30)
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", path if status == 302 else "/ok")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        self._answer(head=True)

    def do_GET(self) -> None:
        self._answer(head=False)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    ENDED.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ENDED.set()
        server.shutdown()
        thread.join()
        server.server_close()


def asked(*addresses: str) -> list[tuple[str, str, str]]:
    wanted = [Link(address, Place("a.yaml", number, 1)) for number, address in enumerate(addresses, 1)]
    found = check_links(wanted, patience=3)
    return [(one.severity, one.rule, one.complaint.text) for one in found]


def test_a_link_that_is_gone_is_an_error_and_one_that_is_ill_is_advice() -> None:
    with web() as site:
        found = asked(
            *(f"{site}/{name}" for name in ("ok", "gone", "ill", "private", "get", "moved", "circle", "slow"))
        )

    assert [(severity, rule) for severity, rule, _ in found] == [("error", "link")] + [("advice", "link")] * 3
    assert found[0][2] == f"{site}/gone führt ins Leere (Fehler 404); berichtigen oder streichen Sie den Link."
    assert [text.split("(")[1].split(")")[0] for _, _, text in found[1:]] == [
        "Fehler 500",
        "leitet im Kreis weiter",
        "keine Antwort in der Zeit",
    ]


def test_that_the_net_is_away_is_no_error_of_any_link() -> None:
    with web() as site:
        pass

    found = asked(f"{site}/a", f"{site}/b")

    assert [(severity, rule) for severity, rule, _ in found] == [("advice", "network")]
    assert found[0][2].startswith("Keine der 2 Web-Adressen war erreichbar; wahrscheinlich fehlt hier das Netz")


def test_a_single_server_that_is_away_is_advice() -> None:
    with web() as gone:
        pass
    with web() as site:
        found = asked(f"{site}/ok", f"{gone}/a")

    assert [(severity, rule) for severity, rule, _ in found] == [("advice", "link")]


def test_every_address_is_asked_once_and_named_where_it_stands(base: Base) -> None:
    base.change(
        "Auf der Empore.", "Siehe (http://127.0.0.1/a_(b)), „http://127.0.0.1/c“.\n      Oder http://127.0.0.1/c!"
    )

    found = links(load_whole(base.folder), Lines([base.folder]))

    assert [(one.address, one.place.line) for one in found] == [
        ("http://127.0.0.1/a_(b)", 26),
        ("http://127.0.0.1/c", 26),
    ]


def test_check_asks_links_only_where_it_is_told_to(base: Base) -> None:
    with web() as site:
        base.change("Auf der Empore.", f"Siehe {site}/gone.")
        without, asking = base.check(), base.check("--links")

    assert (without.returncode, asking.returncode) == (0, 1)
    assert f"Fehler: {site}/gone führt ins Leere (Fehler 404)" in asking.stdout


# -- pipelines ----------------------------------------------------------------------------------------


def test_the_hook_for_pre_commit_runs_a_command_that_there_is(base: Base) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    name, *command = hook["entry"].split()
    result = klbot(*command, *hook["args"], folder=base.folder.parent)

    assert (name, hook["language"], hook["pass_filenames"]) == ("klbot", "python", False)
    assert (result.returncode, "In Ordnung" in result.stdout) == (0, True)
