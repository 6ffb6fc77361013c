"""What is learned from labelled messages: probabilities, and how sure is sure enough."""

import math
import random
from collections.abc import Sequence
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.entry import Kind
from bot.matching.calibration import (
    LEAST_SAMPLES,
    OWN,
    Aim,
    Calibration,
    Sample,
    Signs,
    Verdict,
    calibrate,
    limit,
    upper_bound,
)

INSIDE, OUTSIDE, TALK = Kind.IN_SCOPE, Kind.OUT_OF_SCOPE, Kind.SMALL_TALK
SIGNS = st.builds(Signs, st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 1))
VERDICTS = st.lists(
    st.builds(
        Verdict, st.sampled_from(Kind), st.sampled_from([0.1, 0.5, 0.7, 0.9]) | st.floats(0, 0.99), st.booleans()
    ),
    min_size=1,
    max_size=60,
)


def verdicts(
    right: Sequence[float] = (), wrong: Sequence[float] = (), kind: Kind = INSIDE, *, own: bool = False
) -> list[Verdict]:
    """Messages with these scores, answered rightly or wrongly."""
    told = [(score, False) for score in right] + [(score, True) for score in wrong]
    return [Verdict(kind, score, is_wrong, own) for score, is_wrong in told]


def simulated(teacher: Calibration, count: int) -> list[Sample]:
    """Candidates that are right as often as the teacher says."""
    chance = random.Random(7)
    signs = [Signs(chance.gauss(0, 1), chance.gauss(0, 1), chance.random()) for _ in range(count)]
    return [Sample(one, chance.random() < teacher.probability(one)) for one in signs]


# -- probabilities ----------------------------------------------------------------------------------


def test_no_sign_at_all_is_worth_the_constant() -> None:
    assert Calibration(constant=0.0).probability(Signs(0, 0, 0)) == 0.5
    assert Calibration(constant=math.log(9)).probability(Signs(0, 0, 0)) == pytest.approx(0.9)


def test_each_sign_counts_with_its_coefficient() -> None:
    taught = Calibration(margin=1.0, lead=2.0, explained=4.0, constant=-3.0)

    assert taught.probability(Signs(1.0, 0.5, 0.25)) == 0.5
    assert taught.probability(Signs(0.0, 1.0, 0.25)) == 0.5
    assert taught.probability(Signs(1.0, 0.5, 0.75)) == pytest.approx(1 / (1 + math.exp(-2)))


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(0, 1))
def test_a_probability_is_one_however_odd_the_signs(margin: float, lead: float, explained: float) -> None:
    assert 0 < Calibration().probability(Signs(margin, lead, explained)) < 1


@given(SIGNS, st.floats(0, 2))
def test_more_of_a_sign_never_makes_an_entry_less_likely(signs: Signs, more: float) -> None:
    taught = Calibration()
    before = taught.probability(signs)

    assert taught.probability(Signs(signs.margin + more, signs.lead, signs.explained)) >= before
    assert taught.probability(Signs(signs.margin, signs.lead + more, signs.explained)) >= before
    assert taught.probability(Signs(signs.margin, signs.lead, signs.explained + more)) >= before


def test_what_taught_the_samples_is_found_again() -> None:
    teacher = Calibration(margin=0.8, lead=1.5, explained=2.0, constant=-1.0)
    found = calibrate(simulated(teacher, 20_000))

    # Smoothing draws every coefficient a little towards 0.
    assert astuple(found) == pytest.approx(astuple(teacher), rel=0.15)


def test_the_probabilities_that_were_learned_come_true() -> None:
    samples = simulated(Calibration(margin=0.7, lead=1.5, explained=1.0, constant=-2.0), 5_000)
    found = calibrate(samples)
    expected = sum(found.probability(one.signs) for one in samples)

    assert expected == pytest.approx(sum(one.right for one in samples), rel=0.01)


def test_too_few_samples_teach_nothing() -> None:
    samples = simulated(Calibration(margin=3.0, lead=0.5, explained=0.0, constant=2.0), LEAST_SAMPLES)

    assert calibrate(samples[1:]) == Calibration()
    assert calibrate(samples) != Calibration()
    assert calibrate([]) == Calibration()


@pytest.mark.parametrize("right", [True, False])
def test_samples_that_all_end_alike_teach_nothing(right: bool) -> None:
    samples = [Sample(one.signs, right) for one in simulated(Calibration(), 2 * LEAST_SAMPLES)]

    assert calibrate(samples) == Calibration()


def test_a_lead_that_seems_to_speak_against_an_entry_is_not_believed() -> None:
    samples = simulated(Calibration(margin=1.0, lead=-2.0, explained=1.0, constant=0.0), 5_000)

    assert calibrate(samples) == Calibration()


def test_a_margin_that_seems_to_speak_against_an_entry_counts_nothing() -> None:
    found = calibrate(simulated(Calibration(margin=-1.0, lead=2.0, explained=1.0, constant=0.0), 5_000))

    assert found.margin == 0.0
    assert found.lead > 1.0


def test_signs_that_told_right_from_wrong_perfectly_are_believed_but_not_without_bounds() -> None:
    samples = [Sample(Signs(sign, sign, 0.5), sign > 0) for sign in (-1.0, 1.0) for _ in range(LEAST_SAMPLES)]
    found = calibrate(samples)

    assert 0.95 < found.probability(Signs(1.0, 1.0, 0.5)) < 0.999
    assert 0.001 < found.probability(Signs(-1.0, -1.0, 0.5)) < 0.05


# -- thresholds -------------------------------------------------------------------------------------


def test_the_threshold_lies_just_above_the_first_wrong_answer_too_many() -> None:
    # ten messages, one wrong answer in ten allowed: 0.9 may be wrong, 0.7 may not
    found = limit(verdicts(right=[0.95, 0.8, 0.75, 0.65, 0.6, 0.5, 0.3], wrong=[0.9, 0.7, 0.4]), Aim(0.1))

    assert found.answer == math.nextafter(0.7, 1)
    assert found.wrong == pytest.approx(0.1)
    assert found.messages == 10


def test_wrong_answers_with_one_score_are_given_or_withheld_together() -> None:
    # one wrong answer in ten is allowed, but no threshold lets through only one of the two at 0.7
    found = limit(verdicts(right=[0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4], wrong=[0.7, 0.7]), Aim(0.1))

    assert (found.answer, found.wrong) == (math.nextafter(0.7, 1), 0.0)


def test_two_wrong_answers_with_one_score_may_be_given_where_two_may() -> None:
    found = limit(verdicts(right=[0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4], wrong=[0.7, 0.7]), Aim(0.2))

    assert found.answer == 0.0
    assert found.wrong == pytest.approx(0.2)


def test_where_nothing_is_wrong_everything_may_be_answered() -> None:
    found = limit(verdicts(right=[0.9, 0.5, 0.1]), Aim(0.0))

    assert (found.answer, found.wrong) == (0.0, 0.0)
    assert found.bound > 0.4  # three messages say little


def test_where_everything_is_wrong_nothing_is_answered() -> None:
    found = limit(verdicts(wrong=[0.9, 0.5, 0.1]), Aim(0.0))

    assert (found.answer, found.wrong) == (math.nextafter(0.9, 1), 0.0)


def test_without_traffic_each_labelled_message_counts_alike() -> None:
    # 6 of 8 messages are questions, 2 are out of scope: each is an eighth of the traffic
    messages = verdicts(right=[0.9, 0.8, 0.7, 0.6, 0.5], wrong=[0.55]) + verdicts(wrong=[0.85, 0.65], kind=OUTSIDE)

    assert limit(messages, Aim(1 / 8)).answer == math.nextafter(0.65, 1)
    assert limit(messages, Aim(2 / 8)).answer == math.nextafter(0.55, 1)


def test_traffic_decides_what_a_wrong_answer_of_each_kind_weighs() -> None:
    messages = verdicts(right=[0.9, 0.8, 0.7, 0.6, 0.5], wrong=[0.55]) + verdicts(wrong=[0.85, 0.65], kind=OUTSIDE)
    rarely = {INSIDE: 0.9, OUTSIDE: 0.1}  # two labelled messages stand for a tenth: 5 % each, 15 % for one of the six
    often = {INSIDE: 0.4, OUTSIDE: 0.6}  # 30 % each

    assert limit(messages, Aim(0.1, rarely)).answer == math.nextafter(0.55, 1)
    assert limit(messages, Aim(0.1, rarely)).wrong == pytest.approx(0.1)
    assert limit(messages, Aim(0.1, often)).answer == math.nextafter(0.85, 1)


def test_a_kind_of_traffic_without_any_labelled_message_is_taken_to_fare_like_the_others() -> None:
    traffic = {Kind.IN_SCOPE: 0.5, Kind.SMALL_TALK: 0.5}
    verdicts = [Verdict(Kind.IN_SCOPE, 0.9, wrong=True), *(Verdict(Kind.IN_SCOPE, 0.5, wrong=False) for _ in range(9))]

    assert limit(verdicts, Aim(1.0, traffic)).wrong == pytest.approx(0.1)


def test_a_kind_that_traffic_does_not_name_weighs_nothing() -> None:
    messages = verdicts(right=[0.9, 0.8]) + verdicts(wrong=[0.95], kind=TALK)

    assert limit(messages, Aim(0.0, {INSIDE: 1.0})).answer == 0.0


def test_all_held_out_phrasings_together_weigh_half_of_the_labelled_questions() -> None:
    # Of the traffic, 2/3 falls to the 4 labelled questions (1/6 each), 1/3 to the 10 held-out phrasings (1/30 each).
    assert OWN == 0.5
    labelled = verdicts(right=[0.9, 0.8, 0.7], wrong=[0.6])
    own = verdicts(right=[0.9] * 8, wrong=[0.75, 0.65], own=True)

    assert limit(labelled + own, Aim(1 / 30)).answer == math.nextafter(0.65, 1)
    assert limit(labelled + own, Aim(2 / 30)).answer == math.nextafter(0.6, 1)
    assert limit(labelled + own, Aim(2 / 30 + 1 / 6)).answer == 0.0
    assert limit(labelled + own, Aim(0.0)).messages == 4


def test_held_out_counterexamples_stand_for_a_kind_that_nobody_labelled() -> None:
    messages = verdicts(right=[0.9]) + verdicts(right=[0.1], wrong=[0.7], kind=OUTSIDE, own=True)
    traffic = {INSIDE: 0.5, OUTSIDE: 0.5}

    assert limit(messages, Aim(0.2, traffic)).answer == math.nextafter(0.7, 1)
    assert limit(messages, Aim(0.25, traffic)).answer == 0.0


@given(VERDICTS, st.floats(0, 1))
def test_the_threshold_keeps_what_it_promises(messages: list[Verdict], allowed: float) -> None:
    found = limit(messages, Aim(allowed))
    given_wrongly = sum(one.wrong and one.score >= found.answer for one in messages) / len(messages)

    assert given_wrongly == pytest.approx(found.wrong)
    assert found.wrong <= min(allowed + 1e-6, found.bound)


@given(VERDICTS, st.floats(0, 1), st.floats(0, 1))
def test_allowing_fewer_wrong_answers_never_lowers_the_threshold(
    messages: list[Verdict], one: float, other: float
) -> None:
    strict, lax = sorted([one, other])

    assert limit(messages, Aim(strict)).answer >= limit(messages, Aim(lax)).answer


# -- how sure a share is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "total", "published"), [(81, 263, 0.3662), (15, 148, 0.1605), (0, 20, 0.1611), (1, 29, 0.1718)]
)
def test_the_bound_is_the_published_one(hits: int, total: int, published: float) -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: two-sided 95 % intervals, so one-sided with 97.5 %
    assert upper_bound(hits / total, total, confidence=0.975) == pytest.approx(published, abs=0.00005)


def test_the_bound_of_none_wrong_is_the_square_of_the_quantile() -> None:
    z = 1.6448536  # of 95 %, one-sided

    assert upper_bound(0.0, 100) == pytest.approx(z * z / (100 + z * z))


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_the_bound_lies_between_the_share_and_all(share: float, total: int) -> None:
    assert share - 1e-9 <= upper_bound(share, total) <= 1 + 1e-9
    assert upper_bound(share, total) >= upper_bound(share, 10 * total) - 1e-9
