"""`klbot kb`: what editors learn from citizens' questions, in the database of a real desk, in a process of its own."""

import asyncio
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.kb.accepting import accept, found, try_out
from bot.cli.kb.asking import topics_for
from bot.cli.kb.place import load_whole
from bot.cli.kb.shelving import shelve
from bot.cli.kb.workbench import NEVER, Near, Pile, settled
from bot.desk.citizen import Origin
from bot.desk.staff import StaffReply
from bot.desk.wanted import Wanted
from bot.errors import EditError
from bot.knowledge.entry import Language
from bot.knowledge.loader import shipped
from bot.knowledge.proposals import Kind, Proposal, State, read_proposals
from bot.knowledge.shelf import BUSY, add, sole_editor
from bot.matching.matcher import Matcher
from tests.desk.desk import Desk, opened_desk
from tests.end_to_end.small import small_base
from tests.terminal import DOWN, ENTER, ERASE, ESCAPE, in_a_terminal
from tests.test_cli import klbot

WASTE = ("Wann kommt der Sperrmüll?", "wann kommt bei uns der Sperrmuell", "Wann kommt eigentlich der Sperrmül?")
ANSWER = "Hallo Frau Müller, einmal im Quartal. Fragen an max@kl.example."


def citizen(number: int) -> Origin:
    return Origin("telegram", str(3000 + number), Language.DE)


async def asked(folder: Path, *, teach: bool) -> None:
    async with opened_desk(folder) as desk:
        code = await desk.ticket_of(WASTE[0], citizen(0))
        await desk.say(f"Ich heiße Max Mustermann, Tel. 0631 365-1234. {WASTE[1]}", citizen(1))
        await desk.say(WASTE[2], citizen(2))
        await desk.say("Hat der Rat einen Stream auf Twitch?", citizen(3))
        if teach:
            await answered(desk, code, f"#wissen {ANSWER}", "m1")
    (folder / "desk.sqlite").rename(folder / "klbot.sqlite")


async def answered(desk: Desk, code: str, words: str, number: str) -> None:
    await desk.mail(StaffReply(code, words, "anna@kl.digital", number))
    await desk.sent()


class Editor:
    """Somebody with a try-out's folder and a knowledge base of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.knowledge = small_base(folder)
        self.topic = self.knowledge / "stadtrat.yaml"

        self.places = ("--knowledge", str(self.knowledge), "--data", str(folder))

    def run(self, *arguments: str, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        return klbot("kb", *arguments, *self.places, environment={"COLUMNS": "100"}, prefix=prefix)

    def says(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout

    def fails(self, *arguments: str, prefix: Sequence[str] = ()) -> str:
        result = self.run(*arguments, prefix=prefix)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1), result
        return result.stderr

    def decide(self, *decisions: str) -> str:
        """Export, write these decisions in order, apply."""
        return self.says("inbox", "--apply", self.decided(self.exported(), *decisions))

    def exported(self) -> str:
        """What waits, as a file to decide in."""
        file = self.folder / f"inbox-{len(list(self.folder.iterdir()))}.yaml"
        self.says("inbox", "--export", str(file))
        return file.read_text(encoding="utf-8")

    def decided(self, text: str, *decisions: str) -> str:
        """The name of a file with these decisions in order."""
        file = self.folder / f"inbox-{len(list(self.folder.iterdir()))}.yaml"
        for decision in decisions:
            text = text.replace("decision: ''", f"decision: {decision or '~'}", 1)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.knowledge.rglob("*.yaml")}


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    asyncio.run(asked(tmp_path, teach=True))
    return Editor(tmp_path)


def test_without_a_terminal_the_inbox_prints_masked_groups_and_changes_nothing(editor: Editor) -> None:
    before = editor.files()

    shown = editor.says("inbox")

    assert "2 Fragen ohne gute Antwort" in shown
    assert shown.index("1. Wann kommt der Sperrmüll?") < shown.index("2. Hat der Rat einen Stream")
    assert "3 Personen, 3-mal gefragt" in shown
    assert "auch: Ich heiße [Name], Tel. [Telefon]" in shown
    assert "Hallo Frau [Name], einmal im Quartal. Fragen an [E-Mail]." in " ".join(shown.split())
    assert not [word for word in ("Mustermann", "1234", "Müller,", "max@") if word in shown]
    assert editor.files() == before


@pytest.mark.parametrize("columns", ["60", "100"])
def test_the_inbox_fits_into_the_terminal(editor: Editor, columns: str) -> None:
    places = ("--knowledge", str(editor.knowledge), "--data", str(editor.folder))
    shown = klbot("kb", "inbox", *places, environment={"COLUMNS": columns}).stdout

    assert max(map(len, shown.splitlines())) <= int(columns)
    assert not [line for line in shown.splitlines() if line != line.rstrip()]


def test_a_new_entry_is_proposed_by_file_shown_as_a_diff_and_accepted(editor: Editor) -> None:
    before = editor.topic.read_text()

    editor.decide("entry stadtrat")
    listed = editor.says("proposals")
    unchanged = editor.topic.read_text()
    accepted = editor.says("accept", "1")

    assert unchanged == before
    assert "+  - id: kommt-sperrmuell" in listed
    assert "bisher ans Team" in accepted
    assert "dann Antwort kommt-sperrmuell" in accepted
    assert "Angenommen: stadtrat.yaml ist geändert." in accepted
    assert "[Name], einmal im Quartal" in editor.topic.read_text()
    assert "Sperrmüll" not in editor.says("inbox")
    assert "Antwort" in klbot("ask", "Wann kommt denn der Sperrmüll?", "--knowledge", str(editor.knowledge)).stdout
    assert "nicht mehr offen: angenommen" in editor.fails("accept", "1")


def test_an_alias_and_a_counterexample_are_accepted(editor: Editor) -> None:
    editor.decide("counterexample stadtrat", "alias stadtrat-livestream")
    editor.says("accept", "2")
    editor.says("accept", "1")

    text = editor.topic.read_text()
    assert "[Name]" not in text
    assert "      - Hat der Rat einen Stream auf Twitch?\n" in text
    assert text.endswith("  - Wann kommt eigentlich der Sperrmül?\n")
    assert "Nichts zu tun" in editor.says("inbox")


def test_what_is_rejected_comes_back_and_what_is_dismissed_does_not(editor: Editor) -> None:
    editor.decide("counterexample stadtrat", "dismiss")
    between = editor.says("inbox")
    editor.says("reject", "1")
    after = editor.says("inbox")

    assert "Nichts zu tun" in between
    assert "1. Wann kommt der Sperrmüll?" in after
    assert "Twitch" not in after
    assert "Keine offenen Vorschläge." in editor.says("proposals")
    assert "beiseitegelegt" in editor.says("proposals", "--all")
    assert "nicht mehr offen: abgelehnt" in editor.fails("reject", "1")


def test_what_was_put_aside_or_accepted_can_be_taken_back(editor: Editor) -> None:
    untouched = editor.topic.read_text()
    editor.decide("entry stadtrat", "dismiss")
    editor.says("accept", "1")
    between = " ".join(editor.says("inbox").split())
    editor.topic.write_text(untouched)

    accepted = editor.says("reject", "1")
    dismissed = editor.says("reject", "2")
    after = editor.says("inbox")

    assert "Nichts zu tun: Alles ist beantwortet, vorgeschlagen oder beiseitegelegt (klbot kb proposals" in between
    assert accepted == (
        "Zurückgenommen: Vorschlag 1; an den Dateien ändert das nichts. Was die Wissensbasis davon nicht beantwortet, "
        "steht wieder in klbot kb inbox.\n"
    )
    assert dismissed == "Nicht mehr beiseitegelegt: Vorschlag 2. Seine Fragen stehen wieder in klbot kb inbox.\n"
    assert "1. Wann kommt der Sperrmüll?" in after
    assert "2. Hat der Rat einen Stream auf Twitch?" in after
    assert editor.topic.read_text() == untouched


@pytest.mark.timeout(120)
def test_by_arrow_keys_a_new_topic_is_proposed_and_what_another_decided_is_passed_over(tmp_path: Path) -> None:
    asyncio.run(asked(tmp_path, teach=False))
    editor = Editor(tmp_path)
    both = editor.exported()
    file = editor.decided(both, "", "counterexample stadtrat")

    with in_a_terminal("kb", "inbox", *editor.places) as terminal:
        for prompt, keys in (
            ("Was ist das", DOWN * 2 + ENTER),
            ("Antwort", "Einmal im Quartal." + ESCAPE + ENTER),
            ("Welche Formulierungen", ENTER),
            ("In welchem Thema", DOWN + ENTER),
            ("Name des neuen Themas", "Müll" + ENTER),
            ("Worum geht es", "Um Tonnen." + ENTER),
            ("Name der Datei", ENTER),
            ("Name des Eintrags", ERASE + "Tonne" + ENTER),
            ("ist keine gültige id", ""),
            ("Name des Eintrags", ERASE + "sperrmuell" + ENTER),
            ("Und nun", DOWN + ENTER),
            ("So übernehmen", ""),
        ):
            terminal.expect(prompt)
            terminal.send(keys)
        editor.says("inbox", "--apply", file)
        terminal.send(DOWN + ENTER)
        terminal.expect("Vorschlag 1 bleibt offen")
        terminal.expect(r"inzwischen\s+entschieden\s+\(Vorschlag\s+2,\s+Gegenbeispiel\)")
        terminal.expect("1 entschieden")

    assert "geändert" in editor.says("accept", "1")
    base = load_whole(editor.knowledge)
    assert [(topic.id, topic.titles[Language.DE]) for topic in base.topics][0] == ("muell", "Müll")
    assert base.entry("sperrmuell") is not None


def test_a_new_entry_goes_to_the_nearest_topic_or_the_general_one() -> None:
    base, at = load_whole(shipped()), datetime(2026, 11, 24, tzinfo=UTC)
    group = Wanted(("Wann?",), Language.DE, 1, 1, at, at, {}, (), ())

    def first(score: float) -> str:
        return next(iter(topics_for(base, Pile(group, (Near("stadtrat-livestream", "", score),))).values()))

    assert (first(0.04), first(0.05)) == ("allgemein", base.known_entry("stadtrat-livestream").topic)  # type: ignore[union-attr]
    assert Pile(group, (Near("stadtrat-livestream", "", 0.04),)).as_open().nearest == ()


def test_a_rejection_names_the_proposals_that_keep_its_questions_away(tmp_path: Path) -> None:
    folder = small_base(tmp_path)
    one = Proposal(Kind.COUNTEREXAMPLE, ("Kamele?",), datetime(2026, 11, 24, tzinfo=UTC), "stadtrat")
    aside = replace(one, kind=Kind.DISMISS, target="", state=State.DISMISSED)
    for other in (one, replace(one, texts=("kamele", "Wo?")), aside):
        add(folder, other)
    rejected = [klbot("kb", "reject", str(number), "--knowledge", str(folder)).stdout for number in (1, 2, 3)]

    assert rejected == [
        "Abgelehnt: Vorschlag 1. Über seine Fragen liegt noch Vorschlag 2 (offen) vor; in klbot kb inbox stehen sie "
        "erst, wenn auch das abgelehnt ist.\n",
        "Abgelehnt: Vorschlag 2. Über seine Fragen entscheidet noch Vorschlag 3 (beiseitegelegt); in klbot kb inbox "
        "steht höchstens, was seither gefragt wurde.\n",
        "Nicht mehr beiseitegelegt: Vorschlag 3. Seine Fragen stehen wieder in klbot kb inbox.\n",
    ]


def test_the_next_command_and_how_many_are_said_as_they_are(editor: Editor) -> None:
    file, given = editor.folder / "mine.yaml", f"--data {editor.folder} --knowledge {editor.knowledge}"
    several = editor.says("inbox", "--export", str(file))
    undecided = editor.fails("inbox", "--apply", str(file))
    aside = editor.says("inbox", "--apply", editor.decided(file.read_text(), "", "dismiss 7"))
    one = editor.says("inbox", "--export", str(editor.folder / "one.yaml"))
    made = editor.says("inbox", "--apply", editor.decided(file.read_text(), "counterexample stadtrat"))
    nothing = editor.says("inbox", "--export", str(editor.folder / "nothing.yaml"))

    assert several == f"2 Fragen in {file}. Danach: klbot kb inbox --apply {file} {given}\n"
    assert "In der Datei steht noch keine Entscheidung; schreiben Sie sie hinter „decision:“." in undecided
    assert aside.endswith("1 Entscheidung abgelegt.\n")
    assert one.startswith("1 Frage in ")
    assert made.endswith(
        f"1 Entscheidung abgelegt. Annehmen: klbot kb proposals {given}, dann klbot kb accept NUMMER {given}.\n"
    )
    assert nothing.startswith("Nichts zu tun")
    assert not (editor.folder / "nothing.yaml").exists()


def test_a_complaint_about_decisions_names_the_file_as_it_was_given(editor: Editor) -> None:
    file = editor.decided(editor.exported(), "dismiss viele")

    assert editor.run("inbox", "--apply", file).stderr.startswith(f"{file}:")


def test_what_another_editor_decided_meanwhile_is_skipped(editor: Editor) -> None:
    both = editor.exported()
    editor.says("inbox", "--apply", editor.decided(both, "counterexample stadtrat", "dismiss"))
    again = editor.says("inbox", "--apply", editor.decided(both, "entry stadtrat", "alias stadtrat-livestream"))

    given = f"--data {editor.folder} --knowledge {editor.knowledge}"
    assert (
        "Über „Wann kommt der Sperrmüll?“ ist inzwischen entschieden (Vorschlag 1, Gegenbeispiel); hier übersprungen. "
        f"Anders entscheiden: erst klbot kb reject 1 {given}.\n"
    ) in again
    assert "Über „Hat der Rat einen Stream auf Twitch?“ ist inzwischen entschieden (Vorschlag 2, beiseitegel" in again
    assert [one.kind for one in read_proposals(editor.knowledge)] == [Kind.COUNTEREXAMPLE, Kind.DISMISS]

    editor.says("reject", "1")
    editor.says("inbox", "--apply", editor.decided(both, "entry stadtrat"))
    assert [one.kind for one in read_proposals(editor.knowledge)][2:] == [Kind.ENTRY]


def test_what_was_decided_before_people_asked_again_does_not_hinder(tmp_path: Path) -> None:
    folder = small_base(tmp_path)
    at = datetime(2026, 11, 24, 9, 30, 0, 5, tzinfo=UTC)
    first = Proposal(Kind.DISMISS, ("Kamele, wo?",), at, state=State.DISMISSED)
    mine = Proposal(Kind.COUNTEREXAMPLE, ("kamele wo", "Wo?"), at, "stadtrat")
    shelve(folder, [first], None)

    assert [one.number for _, one in shelve(folder, [mine], at).skipped] == [1]
    assert [one.number for _, one in shelve(folder, [mine], None).skipped] == [1]
    assert [one.number for one in shelve(folder, [mine], at + timedelta(seconds=1)).made] == [2]
    assert [one.number for _, one in shelve(folder, [mine], at + timedelta(seconds=1)).skipped] == [2]


def test_a_proposal_whose_answer_staff_took_back_is_gone(tmp_path: Path) -> None:
    writer = Editor(tmp_path)

    async def taken_back() -> None:
        async with opened_desk(tmp_path) as desk:
            code = await desk.ticket_of(WASTE[0], citizen(0))
            await answered(desk, code, f"#wissen {ANSWER}", "m1")
            (tmp_path / "klbot.sqlite").symlink_to("desk.sqlite")
            await asyncio.to_thread(writer.decide, "entry stadtrat")
            await answered(desk, code, "#zurück", "m2")

    asyncio.run(taken_back())

    assert "Keine offenen Vorschläge." in writer.says("proposals")
    assert "hinfällig" in writer.fails("accept", "1")
    assert "#wissen" not in writer.says("inbox")


def test_a_change_that_breaks_a_labelled_question_is_refused_and_nothing_changes(editor: Editor) -> None:
    (editor.knowledge / "questions.yaml").write_text(
        "out_of_scope:\n  - {text: Hat der Rat einen Stream auf Twitch?, kind: near-miss}\n"
    )
    before = editor.topic.read_text()
    editor.decide("", "alias stadtrat-livestream")

    refused = editor.run("accept", "1")
    unchanged = editor.topic.read_text()
    listed = editor.says("proposals")
    forced = editor.says("accept", "1", "--force")

    assert refused.returncode == 2
    assert "die gekennzeichnete Frage „Hat der Rat einen Stream auf Twitch?“ nicht mehr richtig" in refused.stderr
    assert unchanged == before
    assert "offen" in listed
    assert "Angenommen: stadtrat.yaml ist geändert." in forced


def test_a_file_that_changed_after_the_trial_is_left_alone(editor: Editor) -> None:
    editor.decide("", "alias stadtrat-livestream")
    base = load_whole(editor.knowledge)
    trial = try_out(base, Matcher(base), found(read_proposals(editor.knowledge), 1))
    editor.topic.write_text(editor.topic.read_text() + "# von Hand\n")

    with pytest.raises(EditError, match="gerade von jemand anderem geändert"):
        accept(editor.knowledge, trial)

    assert editor.topic.read_text().endswith("# von Hand\n")
    assert "Twitch" not in editor.topic.read_text()
    assert [one.state for one in read_proposals(editor.knowledge)] == [State.OPEN]


def test_a_change_that_makes_the_base_wrong_is_refused(editor: Editor) -> None:
    editor.decide("entry stadtrat")
    [path] = (editor.knowledge / "proposals").glob("*.yaml")
    path.write_text(path.read_text().replace("Fragen an", "Siehe https://kl Fragen an"))
    before = editor.topic.read_text()

    result = editor.run("accept", "1")

    assert result.returncode == 2
    assert "Der Link bei „https://kl" in result.stderr
    assert editor.topic.read_text() == before


def test_an_editor_changes_a_proposal_before_the_yes(editor: Editor) -> None:
    editor.decide("entry stadtrat")
    places = ("--knowledge", str(editor.knowledge), "--data", str(editor.folder))

    result = klbot("kb", "accept", "1", "--edit", *places, environment={"EDITOR": "sed -i s/Quartal/Jahr/"})
    missing = klbot("kb", "accept", "1", "--edit", *places, environment={"EDITOR": "no-such-editor"})

    assert (result.returncode, result.stderr) == (0, "")
    assert "einmal im Jahr" in editor.topic.read_text()
    assert missing.returncode == 2


def test_the_second_of_two_editors_and_who_has_no_room_are_told_in_one_sentence(editor: Editor) -> None:
    editor.decide("counterexample stadtrat", "alias stadtrat-livestream")
    before = editor.files()

    with sole_editor(editor.knowledge):
        assert BUSY in editor.run("accept", "1").stderr
    full = editor.run("accept", "1", prefix=("bash", "-c", 'ulimit -f 0; exec "$@"', "-"))

    assert full.returncode == 2
    assert "es ist alles wie vorher." in full.stderr
    assert "Traceback" not in full.stderr
    assert editor.files() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("accept", "7"), "Einen Vorschlag 7 gibt es nicht"),
        (("inbox", "--export", "a", "--apply", "b"), "entweder --export oder --apply an, nicht beides"),
        (("inbox", "-c", "nothing.yaml"), "entweder -c oder --data an, nicht beides"),
        (("inbox", "--apply", "nothing.yaml"), "Fehler in nothing.yaml"),
    ],
)
def test_a_mistake_is_one_sentence(editor: Editor, arguments: tuple[str, ...], sentence: str) -> None:
    result = editor.run(*arguments)

    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_decisions_already_written_are_not_overwritten(editor: Editor) -> None:
    file = editor.folder / "mine.yaml"
    file.write_text("mine")

    assert f"{file} gibt es schon, Entscheidungen darin gingen verloren" in editor.fails("inbox", "--export", str(file))
    assert file.read_text() == "mine"


def test_a_folder_without_a_database_is_named(tmp_path: Path) -> None:
    result = klbot("kb", "inbox", "--data", str(tmp_path), "--knowledge", str(small_base(tmp_path)))

    assert result.returncode == 2
    assert "There is no database" in result.stderr


def test_a_bot_that_never_looked_at_its_files_has_no_status(tmp_path: Path) -> None:
    asyncio.run(asked(tmp_path, teach=False))
    result = klbot("kb", "status", "--data", str(tmp_path))

    assert result.returncode == 0
    assert "Der Bot hat hier noch nie geantwortet." in result.stdout


def test_what_nothing_is_to_answer_stays_away_as_if_it_was_dismissed() -> None:
    one = Proposal(Kind.COUNTEREXAMPLE, ("Kamele?",), datetime(2026, 11, 24, tzinfo=UTC), "zoo", state=State.ACCEPTED)

    assert [done.again for done in settled([one])] == [5]


def test_wordings_that_tell_who_asked_are_left_out_or_shortened() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    masked = "Ich heiße [Name], Tel. [Telefon]. Wann kommt der Sperrmüll?"
    group = Wanted((masked, "Sperrmüll?"), Language.DE, 2, 2, at, at, {}, (), ())

    assert group.wordings == ("Sperrmüll?",)
    assert replace(group, texts=(masked,)).wordings == ("Wann kommt der Sperrmüll?",)
    assert replace(group, texts=("[Telefon]",)).wordings == ("[Telefon]",)


def test_what_is_open_stays_away_and_what_was_rejected_or_taken_back_comes_back() -> None:
    one = Proposal(Kind.DISMISS, ("Kamele?",), datetime(2026, 11, 24, tzinfo=UTC), again=7)

    again = {state: [done.again for done in settled([replace(one, state=state)])] for state in State}

    assert again == {
        State.OPEN: [NEVER],
        State.ACCEPTED: [1],
        State.REJECTED: [],
        State.RETRACTED: [],
        State.DISMISSED: [7],
    }
