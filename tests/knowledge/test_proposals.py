"""Proposals: small files that answer nobody, hold nothing personal, and say exactly what they would change."""

import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import EditError, KnowledgeError
from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped
from bot.knowledge.masking import mask
from bot.knowledge.patching import change_of, is_as_expected
from bot.knowledge.proposals import Kind, Proposal, State, as_yaml, read_proposals
from bot.knowledge.shelf import BUSY, add, mark, sole_editor, write_whole
from tests.end_to_end.small import small_base
from tests.knowledge.test_masking import secrets

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ALIAS = Proposal(
    Kind.ALIAS, ("Kann man den Rat sehen?",), AT, target="stadtrat-livestream", tickets=("KL-7F3K9Q",), chats=3
)
ENTRY = Proposal(
    Kind.ENTRY,
    ("Wann kommt der Sperrmüll?", "- [Name]: #1"),
    AT,
    target="stadtrat",
    id="sperrmuell",
    answer="A\n\n- b: c",
)
AGAINST = Proposal(Kind.COUNTEREXAMPLE, ("Was kostet der Rat?",), AT, target="stadtrat", language=Language.DE)
DISMISSED = Proposal(Kind.DISMISS, ("Blah?",), AT, again=3, state=State.DISMISSED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_base(tmp_path)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# -- the files --------------------------------------------------------------------------------


def test_proposals_are_numbered_and_read_back_as_they_were(folder: Path) -> None:
    written = [add(folder, one) for one in (ALIAS, ENTRY, AGAINST, DISMISSED)]

    assert [one.number for one in written] == [1, 2, 3, 4]
    assert read_proposals(folder) == written
    assert [one.path.name for one in written if one.path] == [
        "0001-alias-stadtrat-livestream.yaml",
        "0002-entry-sperrmuell.yaml",
        "0003-counterexample-stadtrat.yaml",
        "0004-dismiss-question.yaml",
    ]
    assert load(folder, fallback=shipped()).entry("sperrmuell") is None


def test_what_became_of_a_proposal_is_kept_with_it(folder: Path) -> None:
    made = add(folder, ALIAS)
    mark(made, State.REJECTED)

    assert read_proposals(folder) == [replace(made, state=State.REJECTED)]
    assert add(folder, AGAINST).number == 2


texts = st.text(min_size=1).map(lambda text: " ".join(mask(text).split())).filter(bool)


@given(said=st.lists(texts, min_size=1, unique=True), answer=texts)
def test_any_text_survives_its_file(tmp_path_factory: pytest.TempPathFactory, said: list[str], answer: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "proposals").mkdir()
    written = add(folder, replace(ENTRY, texts=tuple(said), answer=answer))

    assert read_proposals(folder) == [written]


@given(secret=secrets)
def test_what_is_masked_never_reaches_a_file(secret: tuple[str, list[str]]) -> None:
    written, parts = secret
    contents = as_yaml(replace(ENTRY, texts=(f"Frage: {written}", written), answer=written)).replace("[Name]", "")

    said = contents.split("language:")[1]
    assert not [part for part in parts if part in said], contents


def test_complaints_about_a_proposal_name_its_place(folder: Path) -> None:
    path = add(folder, ALIAS).path
    assert path is not None
    path.write_text(path.read_text().replace("entry:", "entri:").replace("kind: alias", "kind: allias"))

    with pytest.raises(KnowledgeError) as caught:
        read_proposals(folder)

    assert "proposals/0001-alias-stadtrat-livestream.yaml:2:7: „allias“" in str(caught.value)
    assert "meinten Sie „entry“?" in str(caught.value)


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(folder: Path) -> None:
    kept = add(folder, ALIAS)
    with full_disk(), pytest.raises(EditError, match="lässt sich nicht schreiben"):
        add(folder, ENTRY)
    with full_disk(), pytest.raises(EditError, match="alles wie vorher"):
        mark(kept, State.ACCEPTED)

    assert read_proposals(folder) == [kept]
    assert len(list((folder / "proposals").iterdir())) == 1


def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EditError, match="lässt sich nicht schreiben"), sole_editor(tmp_path / "nowhere"):
        pass


def test_the_second_of_two_editors_is_told(folder: Path) -> None:
    with sole_editor(folder):
        with pytest.raises(EditError) as caught, sole_editor(folder):
            pass
    with sole_editor(folder):
        pass

    assert str(caught.value) == BUSY


def test_a_written_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    os.chmod(path, 0o640)

    write_whole(path, b"new")

    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


# -- what they would change -------------------------------------------------------------------


def changed(folder: Path, proposal: Proposal, tmp_path: Path) -> bool:
    """Whether the change makes a base in which just that is different."""
    before = load(folder, fallback=shipped())
    change = change_of(before, proposal)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / change.path.name).write_text(change.after, encoding="utf-8")
    return is_as_expected(before, load(copy, fallback=shipped()), proposal)


@pytest.mark.parametrize("proposal", [ALIAS, ENTRY, AGAINST], ids=lambda one: str(one.kind))
def test_a_change_does_what_was_proposed_and_keeps_every_other_line(
    folder: Path, tmp_path: Path, proposal: Proposal
) -> None:
    change = change_of(load(folder, fallback=shipped()), proposal)

    assert changed(folder, proposal, tmp_path)
    assert not [line for line in list(change.diff())[2:] if line.startswith("-")]


def test_an_entry_may_bring_its_topic(folder: Path, tmp_path: Path) -> None:
    one = replace(ENTRY, target="abfall", title="Abfall", intro="Um Tonnen: alle.")

    assert add(folder, one) == read_proposals(folder)[0]
    assert changed(folder, one, tmp_path)
    assert change_of(load(folder, fallback=shipped()), one).before == ""


def test_every_shipped_entry_and_topic_can_be_added_to(tmp_path: Path) -> None:
    base = load(shipped())
    copy = tmp_path / "all"
    shutil.copytree(shipped(), copy)
    for entry in base.entries():
        for language, text in ((Language.DE, "Gibt es das: wirklich?"), (Language.EN, "Is that #1 so?")):
            change = change_of(load(copy), replace(ALIAS, target=entry.id, texts=(text,), language=language))
            change.path.write_text(change.after, encoding="utf-8")
    for topic in base.topics:
        for one in (replace(AGAINST, target=topic.id), replace(ENTRY, target=topic.id, id=f"neu-{topic.id}")):
            change = change_of(load(copy), one)
            change.path.write_text(change.after, encoding="utf-8")

    after = load(copy)
    phrasings = sum(len(entry.phrasings) for entry in base.entries())
    assert sum(len(entry.phrasings) for entry in after.entries()) == phrasings + 2 * 34 + 2 * len(base.topics)
    assert len(list(after.counterexamples())) == len(list(base.counterexamples())) + len(base.topics)


def test_an_empty_list_gets_its_first_line_and_comments_stay(tmp_path: Path) -> None:
    folder = small_base(tmp_path)
    file = folder / "stadtrat.yaml"
    text = file.read_text().replace("    aliases:\n      - Gibt es Stühle für Zuschauer?", "    aliases: []")
    file.write_text("# oben\n" + text.split("counterexamples:")[0] + "# unten\n")

    assert changed(folder, replace(ALIAS, target="stadtrat-sitzplatz"), tmp_path)
    assert changed(folder, AGAINST, tmp_path / "b")
    after = change_of(load(folder, fallback=shipped()), AGAINST).after
    assert after.startswith("# oben\n")
    assert "# unten\n" in after


def test_windows_line_ends_stay(folder: Path) -> None:
    file = folder / "stadtrat.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    change = change_of(load(folder, fallback=shipped()), ALIAS)

    assert "  - Kann man den Rat sehen?\r\n" in change.after


@pytest.mark.parametrize(
    ("proposal", "sentence"),
    [
        (replace(ALIAS, target="gone"), "Den Eintrag „gone“ gibt es nicht"),
        (replace(AGAINST, target="gone"), "Das Thema „gone“ gibt es nicht"),
        (replace(ENTRY, id="stadtrat-livestream"), "kann kein neuer Eintrag heißen"),
        (replace(ENTRY, id="../x"), "kann kein neuer Eintrag heißen"),
        (replace(ENTRY, target="abfall"), "Das Thema „abfall“ gibt es nicht"),
        (replace(ENTRY, target="smalltalk", title="A", intro="A"), "„smalltalk“ kann kein neues Thema heißen"),
        (replace(ENTRY, target="../a", title="A", intro="A"), "kann kein neues Thema heißen"),
        (DISMISSED, "ändert keine Datei"),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(folder: Path, proposal: Proposal, sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        change_of(load(folder, fallback=shipped()), proposal)
