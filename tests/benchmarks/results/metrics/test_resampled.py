"""All resamples at once give what each of them gives, written out."""

import numpy as np
import pytest

from benchmarks.results.metrics import METRICS, find_metric, ranking

RANKING = sorted(name for name, metric in METRICS.items() if not metric.single_label_only)


def drawn(rng, n, b):
    weights = np.zeros((n, b), dtype=np.uint16)
    for column in range(b):
        weights[:, column] = np.bincount(rng.integers(0, n, n), minlength=n)
    return weights


def one_by_one(metric, scores, Y, weights, strata):
    values = []
    for column in weights.T:
        rows = np.repeat(np.arange(len(Y)), column)
        values.append(metric.given(strata[rows]).mean(scores[rows], Y[rows]))
    return values


@pytest.mark.parametrize("name", [*RANKING, "p_at_3", "infap_at_9", "xinfap_at_9"])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("block", [4_000_000, 70])
def test_rankings(name, tied, block, monkeypatch):
    rng = np.random.default_rng(7)
    n, b = 30, 25
    scores = rng.normal(size=(n, 4)).astype(np.float32)
    if tied:
        scores = np.round(scores)
    strata = rng.choice([-1, 0, 1], size=(n, 4), p=[0.2, 0.4, 0.4]).astype(np.int8)
    Y = np.where(strata < 0, -1, rng.choice([-1, 0, 1], size=(n, 4), p=[0.2, 0.5, 0.3]))
    # A concept with one positive, absent from many resamples; one that is never judged.
    Y[:, 2] = np.where(strata[:, 2] < 0, -1, 0)
    Y[np.flatnonzero(strata[:, 2] == 1)[0], 2] = 1
    Y[:, 3] = -1
    weights = drawn(rng, n, b)
    metric = find_metric(name)
    monkeypatch.setattr(ranking, "BLOCK", block)
    found = metric.given(strata).resampled(scores, Y.astype(np.int8), weights)
    np.testing.assert_allclose(found, one_by_one(metric, scores, Y, weights, strata), atol=1e-12)


@pytest.mark.parametrize("name", ["top1_error", "top5_error", "mean_class_accuracy"])
def test_single_label(name):
    rng = np.random.default_rng(3)
    n, c = 40, 8
    scores = np.round(rng.normal(size=(n, c)), 1)
    Y = np.eye(c, dtype=np.int8)[rng.integers(0, c - 1, n)]
    weights = drawn(rng, n, 20)
    metric = find_metric(name)
    strata = np.zeros_like(Y)
    found = metric.resampled(scores, Y, weights)
    np.testing.assert_allclose(found, one_by_one(metric, scores, Y, weights, strata), atol=1e-12)


@pytest.mark.parametrize("name", RANKING)
def test_nothing_judged_is_undefined(name):
    Y = np.full((5, 2), -1, dtype=np.int8)
    metric = find_metric(name).given(np.zeros_like(Y))
    assert np.isnan(metric.resampled(np.ones((5, 2)), Y, np.ones((5, 3), np.uint16))).all()
