"""Finding what a question resembles among very many texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from bot.matching.features import Floats, Integers
from bot.matching.index import BUDGET, SHORTLIST, TextIndex

NOTHING = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)


def texts(count: int, features: int, each: int, seed: int = 0) -> sparse.csr_matrix:
    """Random texts of length one; features with a low number are common, as with words."""
    chance = np.random.default_rng(seed)
    rows = np.repeat(np.arange(count), each)
    columns = (features * chance.random(count * each) ** 3).astype(np.int32)
    found = sparse.coo_matrix((chance.random(count * each), (rows, columns)), shape=(count, features)).tocsr()
    found = sparse.diags(1 / np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())) @ found
    return found.astype(np.float32).tocsr()


def question(rows: sparse.csr_matrix, number: int, seed: int = 0) -> tuple[Integers, Floats]:
    """A known text with every third of its features missing."""
    chance = np.random.default_rng(seed)
    row = rows[number]
    kept = chance.random(row.nnz) > 1 / 3
    return row.indices[kept], row.data[kept]


def cosines(rows: sparse.csr_matrix, features: Integers, values: Floats) -> Floats:
    """Compared with each text in full."""
    asked = np.zeros(rows.shape[1], dtype=np.float32)
    asked[features] = values
    found: Floats = rows @ asked
    return found


@pytest.mark.parametrize("exact", [True, False])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_in_a_small_base_the_likeness_is_exact(exact: bool, seed: int) -> None:
    rows = texts(count=80, features=200, each=12, seed=seed)
    asked = question(rows, seed % 80, seed)

    assert TextIndex(rows, exact=exact).likeness(*asked).tolist() == pytest.approx(
        cosines(rows, *asked).tolist(), abs=1e-5
    )


@pytest.mark.parametrize("seed", range(3))
def test_in_a_large_base_the_likeliest_text_is_still_found_and_its_likeness_exact(seed: int) -> None:
    rows = texts(count=20_000, features=2000, each=40, seed=seed)
    index, columns = TextIndex(rows, exact=True), rows.tocsc()

    for number in range(0, 20_000, 900):
        asked = question(rows, number, seed)
        assert columns[:, asked[0]].nnz > BUDGET
        found, expected = index.likeness(*asked), cosines(rows, *asked)
        assert found.argmax() == expected.argmax() == number
        assert found.max() == pytest.approx(expected.max(), abs=1e-5)


def test_in_a_large_base_the_shortlist_is_exact_and_the_rest_a_lower_bound() -> None:
    rows = texts(count=20_000, features=2000, each=40)
    asked = question(rows, 17)
    expected = cosines(rows, *asked)
    found, bound = (TextIndex(rows, exact=exact).likeness(*asked) for exact in (True, False))

    assert (found <= expected + 1e-5).all()
    assert (bound <= found + 1e-5).all()
    assert np.isclose(found, expected, atol=1e-5).sum() >= SHORTLIST
    assert bound.max() < expected.max() - 0.01


def test_a_question_of_features_that_all_texts_have_is_still_answered() -> None:
    rows = sparse.csr_matrix(np.ones((BUDGET + 1, 1), dtype=np.float32))
    found = TextIndex(rows, exact=True).likeness(np.array([0], dtype=np.int32), np.ones(1, dtype=np.float32))

    assert found.tolist() == [1.0] * (BUDGET + 1)


@pytest.mark.parametrize("exact", [True, False])
def test_a_question_without_known_features_resembles_nothing(exact: bool) -> None:
    assert TextIndex(texts(20, 30, 5), exact=exact).likeness(*NOTHING).tolist() == [0.0] * 20


@pytest.mark.parametrize("exact", [True, False])
def test_an_index_of_nothing_finds_nothing(exact: bool) -> None:
    empty = sparse.csr_matrix((0, 0), dtype=np.float32)

    assert TextIndex(empty, exact=exact).likeness(*NOTHING).tolist() == []
