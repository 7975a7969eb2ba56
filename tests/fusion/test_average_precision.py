"""The criterion of fusion against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from fusion import average_precision as module
from fusion.average_precision import average_precision, can_be_ranked


def reference(scores, y):
    judged = y >= 0
    if not (y == 1).any():
        return np.nan
    return average_precision_score(y[judged], scores[judged])


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 40), tied=st.booleans())
def test_equals_scikit_learn_on_judged_samples(seed, n, tied):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 3, 4))
    if tied:
        scores = np.round(scores)
    Y = rng.choice([-1, 0, 1], size=(n, 3)).astype(np.int8)
    weights = rng.random((2, n)) < 0.7
    whole = average_precision(scores, Y)
    parts = average_precision(scores, Y, weights)
    assert whole.shape == (3, 4)
    assert parts.shape == (2, 3, 4)
    for concept in range(3):
        for k in range(4):
            column, y = scores[:, concept, k], Y[:, concept]
            assert whole[concept, k] == pytest.approx(reference(column, y), nan_ok=True)
            for part, kept in zip(parts, weights):
                expected = reference(column[kept], y[kept])
                assert part[concept, k] == pytest.approx(expected, nan_ok=True)


def test_blocks_give_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    scores, Y = rng.normal(size=(30, 5, 2)), rng.choice([-1, 0, 1], size=(30, 5)).astype(np.int8)
    weights = rng.random((3, 30)) < 0.7
    expected = average_precision(scores, Y, weights)
    monkeypatch.setattr(module, "BLOCK", 130)
    np.testing.assert_array_equal(average_precision(scores, Y, weights), expected)


def test_concepts_that_can_be_ranked():
    Y = np.array([[1, 1, 0, -1], [0, -1, 0, -1]], dtype=np.int8)
    assert can_be_ranked(Y).tolist() == [True, False, False, False]
