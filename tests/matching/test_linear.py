"""What many phrasings teach together."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import optimize, sparse

from bot.matching.features import Floats, Integers
from bot.matching.linear import BIAS, DENSE, FOLD, RIDGE, LinearModel, fit

Doubles = npt.NDArray[np.float64]

NOTHING = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
NO_LIKENESS = np.zeros(0, dtype=np.float32)


def toy(texts: int, features: int, classes: int, seed: int = 0) -> tuple[sparse.csr_matrix, Integers]:
    """Random sparse texts of length one, and classes that their features only partly tell; the last is nobody's."""
    chance = np.random.default_rng(seed)
    labels = np.sort(np.arange(texts) % classes).astype(np.int32)
    dense = chance.random((texts, features)) * (chance.random((texts, features)) < 0.3)
    dense[np.arange(texts), labels % features] += 0.7 * chance.random(texts)
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    return sparse.csr_matrix(dense, dtype=np.float32), labels


def margins(model: LinearModel, texts: sparse.csr_matrix) -> Floats:
    """The margins of each row."""
    rows = (texts[number] for number in range(texts.shape[0]))
    return np.array([model.margins(row.indices, row.data, NO_LIKENESS) for row in rows])


def weights(model: LinearModel, features: int) -> tuple[Floats, Floats]:
    """What each feature adds to each class, and what every text has of it."""
    constant = model.margins(*NOTHING, NO_LIKENESS)
    one = np.ones(1, dtype=np.float32)
    added = [model.margins(np.array([n], dtype=np.int32), one, NO_LIKENESS) - constant for n in range(features)]
    return np.array(added), constant


def loss(texts: sparse.csr_matrix, labels: Integers, number: int, weight: Floats | Doubles, constant: float) -> float:
    """What a class's machine is to keep small: squared hinges of the texts, and of one without features; smoothing."""
    wanted = np.where(np.append(labels, labels.max()) == number, 1.0, -1.0)
    found = np.append(texts @ weight, 0.0) + constant
    missing = np.maximum(0, 1 - wanted * found)
    return float(missing @ missing + RIDGE * (weight @ weight + constant**2 / BIAS))


def best(texts: sparse.csr_matrix, labels: Integers, number: int) -> tuple[Doubles, float]:
    """The weights and the constant of a class with the least loss, by another method (L-BFGS on the weights)."""
    rows = np.vstack([texts.toarray(), np.zeros(texts.shape[1])])
    rows = np.hstack([rows, np.full((len(rows), 1), BIAS**0.5)]).astype(np.float64)
    wanted = np.where(np.append(labels, labels.max()) == number, 1.0, -1.0)

    def value_and_slope(weight: Doubles) -> tuple[float, Doubles]:
        missing = np.maximum(0, 1 - wanted * (rows @ weight))
        return float(missing @ missing + RIDGE * weight @ weight), 2 * (RIDGE * weight - rows.T @ (missing * wanted))

    found = optimize.minimize(value_and_slope, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", tol=1e-12)
    return found.x[:-1], float(found.x[-1] * BIAS**0.5)


# -- the model --------------------------------------------------------------------------------------


def test_classes_with_features_of_their_own_are_told_apart() -> None:
    labels = np.repeat(np.arange(4), 10).astype(np.int32)
    texts = sparse.csr_matrix(np.eye(4)[labels], dtype=np.float32)
    found = margins(fit(texts, labels, 4, 3)[0], texts)

    assert (found.argmax(axis=1) == labels).all()
    assert (found[np.arange(40), labels] > 0.5).all()
    assert (np.sort(found, axis=1)[:, -2] < -0.5).all()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("texts", "features", "classes"), [(30, 6, 2), (60, 12, 3), (150, 30, 4), (50, 200, 4)])
def test_the_model_is_as_good_as_that_of_another_method(texts: int, features: int, classes: int, seed: int) -> None:
    rows, labels = toy(texts, features, classes, seed)
    weight, constant = weights(fit(rows, labels, classes, classes - 1)[0], features)

    for number in range(classes):
        least = loss(rows, labels, number, *best(rows, labels, number))
        assert least > 1  # there is something to lose
        assert least * 0.9999 <= loss(rows, labels, number, weight[:, number], constant[number]) <= least * 1.005


def test_the_model_of_very_many_texts_which_multiplies_another_way_is_as_good_too() -> None:
    rows, labels = toy(DENSE + 1, 20, 3)
    weight, constant = weights(fit(rows, labels, 3, 2)[0], 20)

    for number in range(3):
        least = loss(rows, labels, number, *best(rows, labels, number))
        assert loss(rows, labels, number, weight[:, number], constant[number]) <= least * 1.001


def test_a_text_without_features_is_nobodys() -> None:
    rows, labels = toy(60, 12, 4)

    for nobody in range(4):
        model, _ = fit(rows, labels, 4, nobody)
        assert model.margins(*NOTHING, NO_LIKENESS).argmax() == nobody


def test_a_base_without_texts_leaves_everything_to_nobody() -> None:
    model, held = fit(sparse.csr_matrix((0, 0), dtype=np.float32), np.zeros(0, dtype=np.int32), 3, 1)

    assert model.margins(*NOTHING, NO_LIKENESS).argmax() == 1
    assert (len(held.numbers), len(held.margins)) == (0, 0)


def test_a_class_without_texts_is_never_chosen() -> None:
    rows, labels = toy(60, 12, 3)
    found = margins(fit(rows, labels, 5, 4)[0], rows)

    assert (found[:, 3] < 0).all()
    assert not (found.argmax(axis=1) == 3).any()


def test_the_order_of_texts_does_not_matter() -> None:
    rows, labels = toy(120, 30, 4)
    order = np.random.default_rng(1).permutation(120)
    straight, mixed = fit(rows, labels, 4, 3)[0], fit(rows[order], labels[order], 4, 3)[0]

    assert margins(straight, rows) == pytest.approx(margins(mixed, rows), abs=0.01)  # so few steps let rounding show


# -- texts held out ---------------------------------------------------------------------------------


def test_every_fourth_text_is_held_out() -> None:
    rows, labels = toy(43, 12, 3)
    _, held = fit(rows, labels, 3, 2)

    assert held.numbers.tolist() == [3, 7, 11, 15, 19, 23, 27, 31, 35, 39]
    assert held.margins.shape == (10, 3)


@pytest.mark.parametrize("many", [80, DENSE + 1])
def test_the_label_of_a_held_out_text_does_not_change_its_margins(many: int) -> None:
    rows, labels = toy(many, 12, 3)
    others = labels.copy()
    others[FOLD - 1 :: FOLD] = (others[FOLD - 1 :: FOLD] + 1) % 3
    (model, held), (other_model, other_held) = fit(rows, labels, 3, 2), fit(rows, others, 3, 2)

    assert (held.margins == other_held.margins).all()
    assert abs(margins(model, rows[:20]) - margins(other_model, rows[:20])).max() > 0.1


def test_the_margins_of_held_out_texts_are_those_of_a_model_of_all_others() -> None:
    rows, labels = toy(80, 12, 3)
    _, held = fit(rows, labels, 3, 2)
    known = np.setdiff1d(np.arange(80), held.numbers)
    without, _ = fit(rows[known], labels[known], 3, 2)

    assert held.margins == pytest.approx(margins(without, rows[held.numbers]), abs=1e-4)
