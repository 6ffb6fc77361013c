"""How much a text is each class's own."""

import numpy as np
import pytest
from scipy import sparse

from bot.matching.evidence import MOST_SHARES, MOST_WEIGHTS, SAMPLE, Nearest, evidence
from bot.matching.features import Floats, Integers
from bot.matching.linear import LinearModel

NOTHING = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)


def likenesses(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def labelled(*labels: int) -> Integers:
    return np.array(labels, dtype=np.int32)


def texts(count: int, features: int, seed: int = 0) -> sparse.csr_matrix:
    """Random texts of length one with eight features each."""
    chance = np.random.default_rng(seed)
    rows, columns = np.repeat(np.arange(count), 8), chance.integers(0, features, count * 8)
    found = sparse.coo_matrix((chance.random(count * 8), (rows, columns)), shape=(count, features)).tocsr()
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    return (sparse.diags(1 / lengths) @ found).astype(np.float32).tocsr()


# -- which model ------------------------------------------------------------------------------------


def test_few_entries_get_a_linear_model() -> None:
    model, held = evidence(texts(40, 50), np.repeat(labelled(*range(4)), 10), 4, 3)

    assert isinstance(model, LinearModel)
    assert not model.exact
    assert len(held.numbers) == 10


@pytest.mark.parametrize(
    ("many", "features", "classes"),
    [(3000, 3000, MOST_SHARES // 3000 + 1), (50, MOST_WEIGHTS // 40 + 1, 40)],
    ids=["texts times classes", "features times classes"],
)
def test_very_many_entries_are_judged_by_their_nearest_text(many: int, features: int, classes: int) -> None:
    labels = np.sort(np.arange(many) % classes).astype(np.int32)
    model, held = evidence(texts(many, features), labels, classes, classes - 1)

    assert isinstance(model, Nearest)
    assert model.exact
    assert len(held.numbers) == min(many, SAMPLE)
    assert held.margins.shape == (len(held.numbers), classes)


# -- the nearest text -------------------------------------------------------------------------------


def test_a_class_is_as_near_as_its_nearest_text() -> None:
    nearest = Nearest(labelled(0, 0, 1, 2, 2, 2), 3)
    found = nearest.margins(*NOTHING, likenesses(0.2, 0.9, 0.5, 0.0, 0.1, 1.0))

    assert found.tolist() == pytest.approx([0.8, 0.0, 1.0])


def test_a_text_that_is_like_nothing_is_as_far_as_can_be_from_every_class() -> None:
    assert Nearest(labelled(0, 1, 1), 2).margins(*NOTHING, likenesses(0, 0, 0)).tolist() == [-1.0, -1.0]


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        ((1, 1, 2), 3, [-1.0, 0.8, 1.0]),
        ((0, 0, 2), 3, [0.8, -1.0, 1.0]),
        ((0, 0, 1), 3, [0.8, 1.0, -1.0]),
        ((1, 1, 3), 6, [-1.0, 0.8, -1.0, 1.0, -1.0, -1.0]),
    ],
    ids=["first", "middle", "last", "several"],
)
def test_a_class_without_texts_is_as_far_as_can_be(
    labels: tuple[int, ...], classes: int, expected: list[float]
) -> None:
    found = Nearest(labelled(*labels), classes).margins(*NOTHING, likenesses(0.9, 0.3, 1.0))

    assert found.tolist() == pytest.approx(expected)


def test_without_any_text_every_class_is_as_far_as_can_be() -> None:
    assert Nearest(labelled(), 3).margins(*NOTHING, likenesses()).tolist() == [-1.0] * 3


@pytest.mark.parametrize("seed", range(5))
def test_the_best_class_is_the_one_that_looking_at_each_text_finds(seed: int) -> None:
    chance = np.random.default_rng(seed)
    labels = np.sort(chance.integers(0, 300, 1000)).astype(np.int32)
    likeness = chance.random(1000).astype(np.float32)
    found = Nearest(labels, 300).margins(*NOTHING, likeness)

    assert found.argmax() == labels[likeness.argmax()]
    for number in range(300):
        own = likeness[labels == number]
        assert found[number] == pytest.approx(2 * own.max() - 1 if len(own) else -1, abs=1e-6)


def test_a_held_out_text_is_compared_with_all_others_but_not_with_itself() -> None:
    rows = sparse.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    held = Nearest(labelled(0, 1, 2, 2), 3).held_out(rows)

    assert held.numbers.tolist() == [0, 1, 2, 3]
    assert held.margins == pytest.approx(
        np.array([[-1, 1, 0.2], [1, -1, 0.2], [-1, -1, 0.6], [0.2, 0.2, 0.6]], dtype=np.float32), abs=1e-6
    )


def test_held_out_texts_come_from_everywhere() -> None:
    many = 10 * SAMPLE
    held = Nearest(np.arange(many, dtype=np.int32), many).held_out(texts(many, 50))

    assert len(held.numbers) == SAMPLE
    assert (held.numbers[0], held.numbers[-1]) == (0, many - 1)
    assert np.diff(held.numbers).max() <= 11
