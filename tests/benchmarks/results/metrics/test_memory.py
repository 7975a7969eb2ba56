"""Working memory is bounded: it does not grow with the number of concepts or samples."""

import tracemalloc

import numpy as np
import pytest

from benchmarks.results.metrics import METRICS, evaluate, ranking


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize("shape", [(1000, 1600), (160_000, 10)])
def test_peak_is_far_below_the_scores(name, shape, monkeypatch):
    n, c = shape
    rng = np.random.default_rng(0)
    scores = rng.random(shape, dtype=np.float32)
    if METRICS[name].single_label_only:
        Y = np.zeros(shape, dtype=np.int8)
        Y[np.arange(n), rng.integers(0, c, n)] = 1
    else:
        Y = (rng.random(shape, dtype=np.float32) < 0.1).astype(np.int8)
    strata = np.zeros_like(Y)
    evaluate(name, scores[:50, :5], Y[:50, :5] * 0 + np.eye(5, dtype=np.int8)[np.arange(50) % 5],
             strata[:50, :5])  # fmt: skip
    monkeypatch.setattr(ranking, "BLOCK", 10_000)
    # One concept at least is ranked at a time: a few words a sample.
    allowed = 1_000_000 + 120 * max(n, ranking.BLOCK)
    tracemalloc.start()
    evaluate(name, scores, Y, strata)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < allowed, (peak, allowed)
    if c > 1000:
        assert allowed < scores.nbytes / 2
