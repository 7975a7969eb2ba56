"""The all-points average precision against the development kit's definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.metrics import evaluate, ranking


def devkit(scores, y):
    """The kit's steps: recall and precision at each rank, an envelope from the right, its area."""
    ranked = y[np.argsort(-scores, kind="stable")]
    recall, precision = [0.0], [0.0]
    for rank in range(1, len(ranked) + 1):
        found = ranked[:rank].sum()
        recall.append(found / ranked.sum())
        precision.append(found / rank)
    recall.append(1.0)
    precision.append(0.0)
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    steps = zip(recall, recall[1:], precision[1:])
    return sum((after - before) * height for before, after, height in steps)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60))
def test_equals_the_definition_without_ties(seed, n):
    rng = np.random.default_rng(seed)
    scores = rng.permutation(n).astype(float)
    y = (rng.random(n) < 0.3).astype(np.int8)
    if y.any():
        value = evaluate("ap_voc10", scores[:, None], y[:, None]).mean
        assert value == pytest.approx(devkit(scores, y), abs=1e-12)
        assert value >= evaluate("ap", scores[:, None], y[:, None]).mean - 1e-12


def test_worked_example():
    # Ranked 0 1 1 0 1: precisions 1/2, 2/3, 3/5 at the positives; the first sees 2/3 beyond it.
    y = np.array([0, 1, 1, 0, 1])[:, None]
    scores = np.arange(5, 0, -1.0)[:, None]
    expected = (2 / 3 + 2 / 3 + 3 / 5) / 3
    assert evaluate("ap_voc10", scores, y).mean == pytest.approx(expected, abs=1e-15)


def test_a_group_of_ties_is_cut_as_a_whole():
    y = np.array([1, 0, 0, 1])[:, None]
    scores = np.array([2.0, 2.0, 1.0, 0.0])[:, None]
    # Cuts after 2 samples (1 found) and 4 (2): 1/2 and 1/2.
    assert evaluate("ap_voc10", scores, y).mean == pytest.approx(0.5, abs=1e-15)


def test_each_concept_has_an_envelope_of_its_own(monkeypatch):
    rng = np.random.default_rng(0)
    scores = np.round(rng.normal(size=(50, 9)), 1)
    Y = rng.choice([-1, 0, 1], size=scores.shape).astype(np.int8)
    Y[:, 4] = np.minimum(Y[:, 4], 0)
    together = evaluate("ap_voc10", scores, Y).per_concept
    alone = [evaluate("ap_voc10", scores[:, [i]], Y[:, [i]]).mean for i in range(9)]
    np.testing.assert_array_equal(together, alone)
    monkeypatch.setattr(ranking, "BLOCK", 110)
    np.testing.assert_array_equal(evaluate("ap_voc10", scores, Y).per_concept, together)
