"""What the benchmark reads, counts, makes up and prints; the peers' libraries are not needed."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.knowledge.entry import Kind, LabelledQuestion, Language
from bot.knowledge.loader import load, shipped
from tests.benchmarks.knowledge import parts, run
from tests.benchmarks.matching import main
from tests.benchmarks.metrics import Guess, Own, figures, percentile
from tests.benchmarks.peers import Known, folds
from tests.benchmarks.race import sample, side_by_side
from tests.benchmarks.scale import large, write
from tests.benchmarks.sets import DataError, QuestionSet, Said, choose, read_set, said
from tests.benchmarks.synthetic import synthetic
from tests.benchmarks.tables import Sheet, markdown
from tests.end_to_end.small import small_base
from tests.matching.bases import TOWN

POOL = [{"text": "When does the pool open?", "label": "pool"}, {"text": "opening hours", "label": "pool"}]
BIKE = [{"text": "Where can I park my bike?", "label": "bike"}]
ASKED = [{"text": "is the pool open", "label": "pool"}, {"text": "who won the match", "label": None}]


def folder(path: Path, train: Sequence[Any], test: Sequence[Any], **more: str) -> Path:
    """A question set in a folder; `more` are other files by their stem."""
    path.mkdir()
    for name, lines in (("train", train), ("test", test)):
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        (path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    for name, text in more.items():
        (path / (f"{name}.md" if name == "README" else f"{name}.jsonl")).write_text(text, encoding="utf-8")
    return path


def inside(entry: str) -> LabelledQuestion:
    return LabelledQuestion("?", Kind.IN_SCOPE, (entry,))


OUTSIDE = LabelledQuestion("?", Kind.OUT_OF_SCOPE)


def test_phrasings_of_one_label_become_an_entry_and_a_null_label_is_out_of_scope(tmp_path: Path) -> None:
    found = read_set(folder(tmp_path / "town", [POOL[0], *BIKE, POOL[1]], ASKED, README="Language: en (British)."))

    assert (found.name, found.language) == ("town", Language.EN)
    assert [entry.id for entry in found.base.entries()] == ["pool", "bike"]
    assert said(found.base) == [
        Said("When does the pool open?", "pool"),
        Said("opening hours", "pool"),
        Said("Where can I park my bike?", "bike"),
    ]
    assert [(one.kind, one.entries) for one in found.rows[0].questions] == [
        (Kind.IN_SCOPE, ("pool",)),
        (Kind.OUT_OF_SCOPE, ()),
    ]


@pytest.mark.parametrize("readme", [{}, {"README": "Language: Bavarian."}])
def test_a_set_is_german_unless_its_readme_says_otherwise(tmp_path: Path, readme: dict[str, str]) -> None:
    assert read_set(folder(tmp_path / "town", POOL + BIKE, ASKED, **readme)).language is Language.DE


def test_questions_with_typos_are_a_row_of_their_own(tmp_path: Path) -> None:
    found = read_set(folder(tmp_path / "town", POOL + BIKE, ASKED, test_noisy=json.dumps(ASKED[0])))

    assert [(row.name, len(row.questions)) for row in found.rows] == [("test", 2), ("test_noisy", 1)]


def test_what_nobody_answers_is_known_without_a_label() -> None:
    labels = {one.text: one.label for one in said(TOWN)}

    assert labels["Wann öffnet das Freibad?"] == labels["opening hours of the pool"] == "bad"
    assert labels["Wer sitzt im Stadtrat?"] is labels["Vielen Dank"] is None


@pytest.mark.parametrize(
    ("train", "test", "complaint"),
    [
        ([*POOL, '{"text": "bike"'], ASKED, "town/train.jsonl, line 3 is not JSON"),
        (POOL + BIKE, [*ASKED, '["text"]'], "town/test.jsonl, line 3: expected a JSON object"),
        (POOL + BIKE, [{"text": "bike"}], "town/test.jsonl, line 1: expected a JSON object"),
        (POOL + BIKE, [{"text": "bike", "label": 7}], "line 1: the label must be a string"),
        (POOL + BIKE, [{"text": "taxi?", "label": "taxi"}], "train.jsonl has no phrasing of the label 'taxi'"),
        ([*BIKE, {"text": "taxi?", "label": None}], ASKED, "line 2: a known phrasing needs a label"),
        (POOL, ASKED, "phrasings of two labels or more"),
        (POOL + BIKE, [], "town/test.jsonl is empty"),
    ],
)
def test_a_broken_file_is_one_sentence_with_its_place(
    tmp_path: Path, train: Sequence[Any], test: Sequence[Any], complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint) as refused:
        read_set(folder(tmp_path / "town", train, test))

    assert "\n" not in str(refused.value)


def test_only_the_named_sets_are_read(tmp_path: Path) -> None:
    folder(tmp_path / "broken", ["{"], ["{"])
    folder(tmp_path / "town", POOL + BIKE, ASKED)

    assert [found.name for found in choose(tmp_path, ["town"])] == ["town"]


def test_accuracy_is_that_of_questions_in_scope() -> None:
    questions = [inside("a"), inside("a"), inside("a"), OUTSIDE]
    guesses = [Guess(("a", "b"), 1), Guess(("b", "c", "a"), 1), Guess(("b",), 1), Guess(("a",), 1)]

    found = figures(questions, guesses)

    assert (found.questions, found.top_1, found.top_3) == (4, 1 / 3, 2 / 3)


def test_a_peer_that_ranks_one_entry_has_no_top_three() -> None:
    assert figures([inside("a")], [Guess(("a",), 1)], ranks=1).top_3 is None


def test_the_threshold_is_the_one_that_answers_most_with_few_wrong() -> None:
    # By confidence: 30 right, 1 wrong, 10 right, 2 wrong, 40 right, 17 out of scope. Of 100: 2 wrong, then 5 wrong.
    questions = [inside("a")] * 83 + [OUTSIDE] * 17
    right, wrong = ("a",), ("b",)
    ranked = [right] * 30 + [wrong] + [right] * 10 + [wrong] * 2 + [right] * 40 + [right] * 17
    guesses = [Guess(entries, 100 - place) for place, entries in enumerate(ranked)]

    found = figures(questions, guesses)

    assert found.few_wrong == 40 / 83
    assert found.some_wrong == 80 / 83


def test_questions_of_one_confidence_are_answered_together_or_not_at_all() -> None:
    questions = [inside("a")] * 4
    guesses = [Guess(("a",), 0.9), Guess(("a",), 0.5), Guess(("b",), 0.5), Guess(("a",), 0.5)]

    assert figures(questions, guesses).few_wrong == 1 / 4


def test_an_abstention_is_answered_at_no_threshold() -> None:
    questions = [inside("a"), inside("a")]
    guesses = [Guess(("b",), 0.9, abstains=True), Guess(("a",), 0.1)]

    found = figures(questions, guesses)

    assert (found.top_1, found.few_wrong) == (1 / 2, 1 / 2)


def test_recall_counts_out_of_scope_questions_that_are_not_answered() -> None:
    # Seven of ten must stay unanswered: the threshold may let the first three through, not the fourth.
    questions = [inside("a"), *[OUTSIDE] * 3, inside("a"), OUTSIDE, inside("a"), *[OUTSIDE] * 6]
    guesses = [Guess(("a",), 100 - place) for place in range(len(questions))]

    assert figures(questions, guesses).at_recall == 2 / 3


def test_without_out_of_scope_questions_there_is_no_recall() -> None:
    assert figures([inside("a")], [Guess(("a",), 1)]).at_recall is None


def test_either_answer_to_an_ambiguous_message_is_right_but_it_counts_as_no_question_in_scope() -> None:
    both = LabelledQuestion("?", Kind.AMBIGUOUS, ("a", "b"))

    found = figures([both, inside("a")], [Guess(("b",), 0.9), Guess(("a",), 0.1)])

    assert (found.top_1, found.few_wrong) == (1, 1)


def test_small_talk_that_is_answered_with_an_entry_is_wrong() -> None:
    talk = LabelledQuestion("Hallo", Kind.SMALL_TALK)

    found = figures([talk, inside("a")], [Guess(("b",), 0.9), Guess(("a",), 0.1)])

    assert found.few_wrong == 0


def test_a_peers_own_decisions_are_counted_beside_those_by_threshold() -> None:
    questions = [inside("a"), inside("a"), inside("a"), OUTSIDE, OUTSIDE]
    own = [Own("a"), Own("b"), Own(None, ("b", "a")), Own("a"), Own(None)]

    found = figures(questions, [Guess(own=one) for one in own]).own

    assert found is not None
    assert (found.right, found.offered, found.wrong, found.kept) == (1 / 3, 1 / 3, 2 / 5, 1 / 2)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(200, 0, -1)]

    assert (percentile(values, 50), percentile(values, 99), percentile([7.0], 99)) == (100, 198, 7)


KNOWN = Known([Said("x", "a"), Said("y", None), Said("z", "b"), Said("w", "a")])


def test_a_label_is_as_near_as_its_nearest_text() -> None:
    assert list(zip(KNOWN.texts, KNOWN.owners, strict=True)) == [
        ("x", "a"),
        ("w", "a"),
        ("y", None),
        ("z", "b"),
    ]
    assert KNOWN.guess(np.array([0.1, 0.9, 0.2, 0.5])) == Guess(("a", "b"), 0.9)


def test_a_text_that_nobody_answers_on_top_means_to_abstain() -> None:
    assert KNOWN.guess(np.array([0.1, 0.2, 0.9, 0.5])) == Guess(("b", "a"), 0.5, abstains=True)


def test_no_question_is_asked_a_matcher_that_learnt_from_it() -> None:
    asked = tuple(LabelledQuestion(f"Frage {number % 11}", Kind.OUT_OF_SCOPE) for number in range(12))
    base = replace(TOWN, questions=asked)

    found = folds(base)

    assert frozenset.union(*(texts for texts, _ in found)) == {one.text for one in base.questions}
    for texts, rest in found:
        assert rest.questions
        assert texts.isdisjoint(one.text for one in rest.questions)


def test_a_base_without_labelled_questions_needs_no_other_matcher() -> None:
    assert folds(TOWN) == []


class Listener:
    """A peer that only notes what it is asked."""

    ranks = 1
    most: int | None = None

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name = name
        self._heard = heard

    def fit(self, question_set: QuestionSet) -> None:
        self._heard.append(f"{self.name} fits")

    def answer(self, text: str) -> None:
        self._heard.append(f"{self.name} {text}")

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        return [Guess() for _ in questions]


def test_peers_take_turns_block_by_block() -> None:
    heard: list[str] = []

    times = side_by_side([Listener("a", heard), Listener("b", heard)], ["1", "2", "3"], block=2)

    assert heard == ["a 1", "a 2", "b 1", "b 2", "a 3", "b 3"]
    assert [len(own) for own in times] == [3, 3]


def test_a_seed_draws_the_same_sample_and_a_larger_one_holds_it() -> None:
    questions = [LabelledQuestion(str(number), Kind.OUT_OF_SCOPE) for number in range(100)]

    few, more = sample(questions, 10, seed=1), sample(questions, 30, seed=1)

    assert few == sample(questions, 10, seed=1) != sample(questions, 10, seed=2)
    assert (len(few), len(more), sample(questions, 100, seed=1)) == (10, 30, tuple(questions))
    assert set(few) < set(more)


def test_a_seed_makes_the_same_base_of_the_promised_size() -> None:
    made = synthetic(entries=50, questions=30, seed=1, phrasings=7)

    assert made == synthetic(entries=50, questions=30, seed=1, phrasings=7)
    assert made != synthetic(entries=50, questions=30, seed=2, phrasings=7)
    assert (len(made.entries), len(made.questions)) == (50, 30)
    assert {len(set(texts)) for texts in made.entries.values()} == {7}


def test_questions_are_new_words_for_known_entries() -> None:
    made = synthetic(entries=50, questions=200, seed=1)
    known = {text for texts in made.entries.values() for text in texts}

    assert known.isdisjoint(text for text, _ in made.questions)
    assert {entry for _, entry in made.questions} <= set(made.entries)


def test_few_words_are_frequent_and_most_are_rare() -> None:
    made = synthetic(entries=500, questions=0, seed=1)
    words = [word.strip("?").lower() for texts in made.entries.values() for text in texts for word in text.split()]
    counts = sorted(Counter(words).values(), reverse=True)

    assert sum(counts[:20]) > len(words) / 4
    assert counts[len(counts) // 2] <= 5


def test_it_is_written_in_the_form_that_editors_write(tmp_path: Path) -> None:
    made = synthetic(entries=120, questions=0, seed=1)

    write(made, tmp_path)
    base = load(tmp_path, fallback=shipped())

    assert {entry.id: [one.text for one in entry.phrasings] for entry in base.entries()} == made.entries


@pytest.mark.skipif(sys.platform != "linux", reason="memory and single cores are measured on Linux only")
def test_it_is_measured_in_a_process_of_its_own() -> None:
    sheet, values = large(20, 1, with_w_ratio=True, questions=10)

    assert [row[:2] for row in sheet.rows] == [("klbot", "10"), ("rapidfuzz WRatio", "10")]
    assert values["klbot"]["questions"] == 10
    assert values["peak"] > values["memory"] > 0


def test_figures_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder(tmp_path / "town", POOL + BIKE, ASKED)
    options = ["--data", str(tmp_path), "--sets", "town", "--peers", "ours,wratio,token_set", "--no-scale"]

    code = main([*options, "--markdown", "--json", str(tmp_path / "found.json")])

    assert code == 0
    assert "**town / test (de): 3 texts of 2 entries; asked 1 in scope, 1 out**" in capsys.readouterr().out
    results = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["sets"]["town"]
    assert [one["peer"] for one in results] == ["klbot", "rapidfuzz WRatio", "rapidfuzz token_set"]
    assert [one["figures"]["top_1"] for one in results] == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--data", "TMP/nowhere"], "nowhere does not exist"),
        (["--data", "TMP"], "holds train.jsonl and test.jsonl"),
        (["--sets", "moon"], "There is no set moon; known are shipped"),
        (["--peers", "oracle"], "There is no peer oracle; known are ours, wratio"),
        (["--json", "TMP/nowhere/found.json"], "nowhere/found.json does not exist"),
        (["--entries", "0"], "at least one entry"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_code_2(
    options: list[str],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main([option.replace("TMP", str(tmp_path)) for option in [*options, "--no-scale"]])
    said_aloud = capsys.readouterr().err

    assert code == 2
    assert complaint in said_aloud
    assert said_aloud.count("\n") == 1


def test_tables_can_be_put_into_a_document() -> None:
    sheet = Sheet("Title", ("peer", "top-1"), (("klbot", "98.0"),), ("A note.",))

    assert markdown(sheet) == "**Title**\n\n| peer | top-1 |\n| --- | ---: |\n| klbot | 98.0 |\n\nA note.\n"


def test_a_check_is_measured_as_a_whole_and_in_parts(tmp_path: Path) -> None:
    folder = small_base(tmp_path)

    whole, each = run(folder), parts(folder)

    assert (whole.entries, whole.errors) == (2, 0)
    assert each.read + each.index + each.look > 0
    assert whole.seconds > 0
    assert 20 < whole.peak < 2000
