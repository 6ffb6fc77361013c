"""The inbox as a file that an editor decides in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from bot.errors import KnowledgeError
from bot.knowledge.decisions import Open, as_file, new_id, read_decisions
from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.loader import load, shipped
from bot.knowledge.proposals import Kind, Proposal, State
from tests.end_to_end.small import small_base
from tests.knowledge.test_masking import secrets

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WASTE = Open(
    texts=("Wann kommt der Sperrmüll?", "Sperrmüll, wann?"),
    language=Language.DE,
    chats=9,
    asked=12,
    last=AT,
    tickets=("KL-7F3K9Q",),
    nearest=("stadtrat-livestream (0.12): Wird die Sitzung übertragen?",),
    answer="Einmal im Quartal, sagt Frau Müller.\n\nMehr: https://www.kl.digital",
    taught=4,
)
CAMEL = Open(("Kamele?",), Language.DE, 1, 1, AT, (), ())


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    return load(small_base(tmp_path), fallback=shipped())


def decided(base: KnowledgeBase, decisions: Mapping[int, str], text: str | None = None) -> Sequence[Proposal]:
    """What becomes of the file with these decisions by place."""
    blocks = (text or as_file([WASTE, CAMEL], AT)).split("decision: ''")
    filled = blocks[0]
    for place, block in enumerate(blocks[1:]):
        filled += f"decision: {decisions.get(place, '')}{block}"
    file = base.folder.parent / "inbox.yaml"
    file.write_text(filled, encoding="utf-8")
    return read_decisions(file, base, AT).proposals


def test_a_file_without_decisions_proposes_nothing_and_holds_nothing_personal(base: KnowledgeBase) -> None:
    assert decided(base, {}) == ()
    assert "Müller" not in as_file([WASTE], AT)
    assert decided(base, {}, as_file([], AT)) == ()


def test_each_decision_becomes_a_proposal(base: KnowledgeBase) -> None:
    alias, dismissed = decided(base, {0: "alias stadtrat-livestream", 1: "dismiss 9"})
    [entry] = decided(base, {0: "entry stadtrat"})
    [against] = decided(base, {1: "counterexample stadtrat"})

    assert (alias.kind, alias.target, alias.texts, alias.chats) == (Kind.ALIAS, "stadtrat-livestream", WASTE.texts, 9)
    assert (dismissed.kind, dismissed.state, dismissed.texts) == (Kind.DISMISS, State.DISMISSED, ("Kamele?",))
    assert (dismissed.again, alias.again) == (9, 5)
    assert (entry.target, entry.id, entry.taught, entry.tickets) == ("stadtrat", "kommt-sperrmuell", 4, ("KL-7F3K9Q",))
    assert entry.answer == "Einmal im Quartal, sagt Frau [Name].\n\nMehr: https://www.kl.digital"
    assert (against.kind, against.target) == (Kind.COUNTEREXAMPLE, "stadtrat")


@pytest.mark.parametrize(
    ("place", "decision", "sentence"),
    [
        (0, "allias stadtrat-livestream", "meinten Sie „alias“?"),
        (0, "alias stadtrat-lifestream", "meinten Sie „stadtrat-livestream“?"),
        (0, "entry", "Hinter „entry“ fehlt das Thema; möglich sind: stadtrat."),
        (0, "alias", "Hinter „alias“ fehlt der Eintrag; möglich sind: stadtrat-livestream, stadtrat-sitzplatz."),
        (0, "dismiss viele", "Hinter „dismiss“ steht nichts oder eine Zahl wie 10, aber nicht „viele“."),
        (0, "dismiss 0", "Hinter „dismiss“ steht nichts oder eine Zahl wie 10, aber nicht „0“."),
        (1, "entry stadtrat", "Ein neuer Eintrag braucht eine Antwort"),
    ],
)
def test_a_wrong_decision_is_named_with_its_place(
    base: KnowledgeBase, place: int, decision: str, sentence: str
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        decided(base, {place: decision})

    assert sentence in str(caught.value)
    assert "inbox.yaml:" in str(caught.value)


def test_a_new_id_says_what_the_question_is_about_and_is_free(base: KnowledgeBase) -> None:
    assert new_id(base, "Wo kann ich in der Straße größere Möbel abgeben?") == "strasse-groessere-moebel-abgeben"
    assert new_id(base, "Stadtrat Livestream?") == "stadtrat-livestream-2"
    assert new_id(base, "???") == "neu"


def test_wordings_that_nobody_else_writes_are_shown_and_not_taken(base: KnowledgeBase) -> None:
    text = as_file([replace(CAMEL, left_out=("Ich heiße Max Mustermann, Kamele?",))], AT)

    [one] = decided(base, {0: "alias stadtrat-livestream"}, text)

    assert "  left_out:\n    - Ich heiße [Name], Kamele?\n" in text
    assert one.texts == ("Kamele?",)


def test_the_file_says_when_the_questions_were_looked_at(base: KnowledgeBase) -> None:
    file = base.folder.parent / "inbox.yaml"
    file.write_text(as_file([CAMEL], AT), encoding="utf-8")
    old = base.folder.parent / "old.yaml"
    old.write_text(as_file([CAMEL], AT).replace("exported:", "#"), encoding="utf-8")

    assert read_decisions(file, base, AT).exported == AT
    assert read_decisions(old, base, AT).exported is None


@given(secret=secrets)
def test_what_is_masked_never_reaches_the_file(secret: tuple[str, list[str]]) -> None:
    written, parts = secret
    contents = as_file([replace(CAMEL, texts=(written,), answer=written)], AT).replace("[Name]", "")

    said = contents.split("texts:")[-1]
    assert not [part for part in parts if part in said], contents
