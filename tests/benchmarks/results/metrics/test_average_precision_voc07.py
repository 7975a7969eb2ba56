"""The eleven-point average precision against the development kit's definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.metrics import evaluate


def devkit(scores, y):
    """Precision and recall at every rank, then the best precision beyond each of 11 recalls."""
    ranked = y[np.argsort(-scores, kind="stable")]
    found = np.cumsum(ranked)
    points = []
    for tenth in range(11):
        beyond = [f / (i + 1) for i, f in enumerate(found) if 10 * f >= tenth * found[-1]]
        points.append(max(beyond, default=0.0))
    return np.mean(points)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60))
def test_equals_the_definition_without_ties(seed, n):
    rng = np.random.default_rng(seed)
    scores = rng.permutation(n).astype(float)
    y = (rng.random(n) < 0.3).astype(np.int8)
    if y.any():
        value = evaluate("ap_voc07", scores[:, None], y[:, None]).mean
        assert value == pytest.approx(devkit(scores, y), abs=1e-12)


def test_worked_example():
    # Ranked 1 0 1 0 0 1: precision 1 at recall 1/3, 2/3 at recall 2/3, 1/2 at recall 1.
    y = np.array([1, 0, 1, 0, 0, 1])[:, None]
    scores = np.arange(6, 0, -1.0)[:, None]
    # Recalls 0-0.3 see 1, 0.4-0.6 see 2/3, 0.7-1 see 1/2.
    expected = (4 * 1 + 3 * 2 / 3 + 4 * 1 / 2) / 11
    assert evaluate("ap_voc07", scores, y).mean == pytest.approx(expected, abs=1e-15)


def test_three_of_ten_reach_recall_three_tenths():
    # 3 / 10 and 0.1 * 3 differ in floating point; on paper the recall is reached.
    y = np.array([1] * 3 + [0] * 90 + [1] * 7)[:, None]
    scores = np.arange(100, 0, -1.0)[:, None]
    best_later = [max(k / (90 + k) for k in range(t, 11)) for t in range(4, 11)]
    expected = (4 * 1 + sum(best_later)) / 11
    assert evaluate("ap_voc07", scores, y).mean == pytest.approx(expected, abs=1e-15)


def test_a_group_of_ties_is_cut_as_a_whole():
    y = np.array([1, 0, 0, 1])[:, None]
    scores = np.array([2.0, 2.0, 1.0, 0.0])[:, None]
    # Cuts after 2 samples (1 found), 3 (1) and 4 (2): precisions 1/2, 1/3, 1/2.
    assert evaluate("ap_voc07", scores, y).mean == pytest.approx(0.5, abs=1e-15)
