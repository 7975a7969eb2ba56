"""Curves of precision against recall: their areas are the average precisions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve

from benchmarks.results.metrics import evaluate, ranking
from benchmarks.results.metrics.precision_recall import precision_recall


@st.composite
def annotated_scores(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, c = draw(st.integers(1, 60)), draw(st.integers(1, 5))
    scores = rng.normal(size=(n, c)).astype(np.float32)
    if draw(st.booleans()):
        scores = np.round(scores)
    return scores, rng.choice([-1, 0, 1], size=(n, c), p=[0.2, 0.5, 0.3]).astype(np.int8)


@pytest.mark.parametrize(("interpolated", "metric"), [(False, "ap"), (True, "ap_voc10")])
@given(case=annotated_scores())
def test_the_area_is_the_average_precision(interpolated, metric, case):
    scores, Y = case
    curves = precision_recall(scores, Y, interpolated=interpolated)
    areas = [curve.area for curve in curves]
    np.testing.assert_allclose(areas, evaluate(metric, scores, Y).per_concept, atol=1e-12)
    for curve, y in zip(curves, Y.T):
        assert len(curve.recall) == len(curve.precision)
        if (y == 1).any():
            assert curve.recall[-1] == 1
            assert np.all(np.diff(curve.recall) > 0)
            assert 0 < curve.precision.min() <= curve.precision.max() <= 1
        else:
            assert not len(curve.recall)


@given(case=annotated_scores())
def test_eleven_points_of_the_interpolated_curve_are_those_of_voc07(case):
    scores, Y = case
    values = evaluate("ap_voc07", scores, Y).per_concept
    for (recall, precision), value in zip(precision_recall(scores, Y, interpolated=True), values):
        if len(recall):
            at = np.searchsorted(recall, np.arange(11) / 10 - 1e-12)
            assert precision[at].mean() == pytest.approx(value, abs=1e-12)


def test_without_ties_it_is_scikit_learns_curve_at_the_positives():
    rng = np.random.default_rng(3)
    scores, y = rng.normal(size=(80, 1)), rng.integers(0, 2, (80, 1))
    precision, recall, _ = precision_recall_curve(y[:, 0], scores[:, 0])
    rising = np.flatnonzero(np.diff(recall[::-1])) + 1
    curve = precision_recall(scores, y)[0]
    np.testing.assert_allclose(curve.recall, recall[::-1][rising])
    np.testing.assert_allclose(curve.precision, precision[::-1][rising])


def test_a_worked_example():
    # Ranked: positive, negative, a tie of one positive and one negative, unjudged, positive.
    scores = np.array([[5], [4], [3], [3], [2], [1]])
    Y = np.array([[1], [0], [1], [0], [-1], [1]])
    (curve,) = precision_recall(scores, Y)
    np.testing.assert_allclose(curve.recall, [1 / 3, 2 / 3, 1])
    # In the tie the positive comes third or fourth: precision 2/3 or 2/4.
    np.testing.assert_allclose(curve.precision, [1, (2 / 3 + 2 / 4) / 2, 3 / 5])


def test_columns_in_blocks_are_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    scores, Y = rng.normal(size=(30, 7)), rng.integers(-1, 2, (30, 7))
    whole = precision_recall(scores, Y)
    monkeypatch.setattr(ranking, "BLOCK", 60)
    parts = precision_recall(scores, Y)
    assert len(parts) == 7
    for a, b in zip(whole, parts):
        np.testing.assert_array_equal(a.recall, b.recall)
        np.testing.assert_array_equal(a.precision, b.precision)


def test_nan_scores_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        precision_recall(np.array([[np.nan]]), np.array([[1]]))
