"""What a changed knowledge base would do differently."""

from bot.knowledge.entry import Kind, LabelledQuestion
from bot.matching.decision import Decision, Outcome
from bot.matching.effect import effect


class Fixed:
    """Answers these questions with this entry and forwards all others."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers

    def decide(self, text: str, /) -> Decision:
        entry = self.answers.get(text)
        return Decision(Outcome.ANSWER if entry else Outcome.FORWARD, text, (), "", entry=entry)


LABELLED = (
    LabelledQuestion("a", Kind.IN_SCOPE, ("one",)),
    LabelledQuestion("b", Kind.IN_SCOPE, ("two",)),
    LabelledQuestion("c", Kind.OUT_OF_SCOPE),
)


def test_labelled_questions_that_break_and_that_mend_are_told_apart() -> None:
    found = effect(Fixed(a="one"), Fixed(a="two", b="two"), (), LABELLED)

    assert [shift.text for shift in found.broken] == ["a"]
    assert [shift.text for shift in found.mended] == ["b"]
    assert found.judged == 3


def test_answering_what_is_out_of_scope_breaks_it() -> None:
    assert [shift.text for shift in effect(Fixed(), Fixed(c="one"), (), LABELLED).broken] == ["c"]


def test_each_question_is_shown_before_and_after() -> None:
    one, other = effect(Fixed(), Fixed(x="one"), ("x", "y")).asked

    assert (one.is_other, other.is_other) == (True, False)


def test_serious_is_what_must_be_met_and_what_the_change_itself_explains() -> None:
    found = effect(Fixed(a="one", b="two"), Fixed(a="two"), (), LABELLED)

    assert [shift.text for shift in found.broken] == ["a", "b"]
    assert [shift.text for shift in found.serious((), "two")] == ["a"], "it leads to the entry that was changed"
    assert [shift.text for shift in found.serious((), None)] == ["b"], "it leads to nobody after a counterexample"
    assert found.serious((), "three") == []
    assert [shift.text for shift in found.serious({"b"}, "three")] == ["b"]
