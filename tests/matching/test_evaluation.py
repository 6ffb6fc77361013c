"""The arithmetic of measuring, on cases small enough to count by hand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.entry import Kind
from bot.matching.evaluation import MOST_WRONG, Group, Point
from bot.matching.rate import Rate, wilson
from tests.matching.reports import Case, answer, forward, report_on, suggest, talk

INSIDE, OUTSIDE, TALK, VAGUE = Kind.IN_SCOPE, Kind.OUT_OF_SCOPE, Kind.SMALL_TALK, Kind.AMBIGUOUS
DAY = report_on(
    (INSIDE, ("bad",), "typo", answer(bad=0.9, rad=0.1)),
    (INSIDE, ("bad",), "typo", answer(rad=0.8, bad=0.2)),
    (INSIDE, ("bad",), "english", suggest("rad", "bad", rad=0.5, bad=0.4)),
    (INSIDE, ("rad",), "english", forward(rad=0.3)),
    (INSIDE, ("rat",), "english", forward(bad=0.2, rad=0.1, x=0.1, rat=0.05)),
    (INSIDE, ("rat",), "typo", talk(rat=0.95)),
    (OUTSIDE, (), "near-miss", answer(bad=0.7)),
    (OUTSIDE, (), "near-miss", suggest("bad", bad=0.6)),
    (OUTSIDE, (), "far", forward()),
    (TALK, (), "", talk()),
    (TALK, (), "", answer(rat=0.6)),
    (VAGUE, ("bad", "rad"), "", answer(rad=0.85)),
    (VAGUE, ("bad", "rad"), "", suggest("rat", "bad", rat=0.4, bad=0.3)),
    (VAGUE, ("bad", "rad"), "", suggest("rat", rat=0.4)),
)


def test_each_figure_counts_what_its_name_says() -> None:
    assert DAY.counts == {INSIDE: 6, OUTSIDE: 3, TALK: 2, VAGUE: 3}
    assert DAY.rates == {
        "top_1": Rate(3, 6),
        "top_3": Rate(5, 6),
        "answered": Rate(1, 6),
        "suggested": Rate(1, 6),
        "helped": Rate(2, 6),
        "wrong": Rate(3, 14),
        "kept": Rate(2, 3),
        "forwarded": Rate(1, 3),
        "small_talk": Rate(1, 2),
        "plausible": Rate(2, 3),
    }
    assert {name: getattr(DAY, name) for name in DAY.rates} == {name: rate.share for name, rate in DAY.rates.items()}


def test_a_rate_of_nothing_claims_nothing() -> None:
    report = report_on((OUTSIDE, (), "", forward()))

    assert (report.top_1, report.small_talk, report.kept) == (None, None, 1.0)
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits: int, total: int, low: float, high: float) -> None:
    # Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I
    assert wilson(hits, total) == pytest.approx((low, high), abs=0.00005)
    assert Rate(hits, total).interval == wilson(hits, total)


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_stays_a_share(counted: tuple[int, int]) -> None:
    hits, total = counted
    low, high = wilson(hits, total)

    assert 0 <= low <= hits / total <= high <= 1
    assert wilson(total - hits, total) == pytest.approx((1 - high, 1 - low))


def test_styles_stand_by_kind_and_name() -> None:
    assert DAY.styles() == (
        Group("english", INSIDE, count=3, top=1, answered=0, suggested=1, well=1, wrong=0),
        Group("typo", INSIDE, count=3, top=2, answered=1, suggested=0, well=1, wrong=1),
        Group("far", OUTSIDE, count=1, top=0, answered=0, suggested=0, well=1, wrong=0),
        Group("near-miss", OUTSIDE, count=2, top=0, answered=0, suggested=0, well=1, wrong=1),
        Group("", TALK, count=2, top=0, answered=0, suggested=0, well=1, wrong=1),
        Group("", VAGUE, count=3, top=1, answered=1, suggested=1, well=2, wrong=0),
    )
    assert DAY.by_style() == {"english": pytest.approx(1 / 3), "typo": pytest.approx(2 / 3)}


def test_the_worst_entry_stands_first() -> None:
    bad, rat, rad = DAY.entries()

    assert (bad.name, bad.wrong, bad.count - bad.well) == ("bad", 1, 1)
    assert (rat.name, rat.wrong, rat.count - rat.well) == ("rat", 0, 2)
    assert (rad.name, rad.wrong, rad.count - rad.well) == ("rad", 0, 1)


def test_mistakes_are_listed_once() -> None:
    assert [one.question.text for one in DAY.answered_wrongly()] == ["1", "6", "10"]
    assert [one.question.text for one in DAY.not_found()] == ["4"]


def test_each_threshold_is_a_point_of_the_curve() -> None:
    report = report_on(
        (INSIDE, ("bad",), "", forward(bad=0.9)),  # right
        (VAGUE, ("bad", "rad"), "", suggest("rad", rad=0.8)),  # neither right nor wrong
        (INSIDE, ("rad",), "", answer(bad=0.5)),  # wrong
        (OUTSIDE, (), "", forward(bad=0.5)),  # wrong, with the same score
        (INSIDE, ("rat",), "", suggest("rat", rat=0.2)),  # right
        (TALK, (), "", talk(bad=0.99)),  # small talk is never answered
        (OUTSIDE, (), "", forward()),  # nor is what resembles nothing
    )

    assert report.curve() == (
        Point(0.9, answered=1, right=1, wrong=0, total=7),
        Point(0.8, answered=2, right=1, wrong=0, total=7),
        Point(0.5, answered=4, right=1, wrong=2, total=7),
        Point(0.2, answered=5, right=2, wrong=2, total=7),
    )
    last = report.curve()[-1]
    assert (last.coverage, last.risk, last.error) == (5 / 7, 2 / 7, 2 / 5)


def test_the_best_threshold_in_hindsight_keeps_the_wrong_answers_within_the_share() -> None:
    right: list[Case] = [(INSIDE, ("bad",), "", forward(bad=0.9 - n / 1000)) for n in range(98)]
    report = report_on(
        *right,
        (OUTSIDE, (), "", forward(bad=0.5)),
        (INSIDE, ("bad",), "", forward(bad=0.4)),
        (OUTSIDE, (), "", forward(bad=0.3)),
        (INSIDE, ("bad",), "", forward(bad=0.2)),
        *[(TALK, (), "", talk())] * 48,
    )

    assert report.best_within(1 / 150) == Point(0.4, answered=100, right=99, wrong=1, total=150)
    assert report.best_within(MOST_WRONG) == Point(0.2, answered=102, right=100, wrong=2, total=150)
    assert report.right_within(0.0) == Rate(98, 100)


def test_where_the_surest_answer_is_wrong_nothing_may_be_answered() -> None:
    report = report_on((INSIDE, ("bad",), "", forward(rad=0.9)), (INSIDE, ("rad",), "", forward(rad=0.5)))

    assert report.best_within(MOST_WRONG) is None
    assert report.right_within(MOST_WRONG) == Rate(0, 2)


@given(st.lists(st.tuples(st.sampled_from(Kind), st.floats(0, 1), st.booleans()), max_size=40))
def test_a_lower_threshold_never_answers_less_nor_less_wrongly(cases: list[tuple[Kind, float, bool]]) -> None:
    report = report_on(*((kind, ("bad" if own else "rad",), "", forward(bad=score)) for kind, score, own in cases))
    points = report.curve()

    assert [one.threshold for one in points] == sorted({score for _, score, _ in cases}, reverse=True)
    for before, after in pairwise(points):
        assert before.answered < after.answered
        assert (before.right, before.wrong) <= (after.right, after.wrong)
        assert before.wrong <= after.wrong
    assert not points or points[-1].answered == len(cases)
