"""The paired bootstrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.metrics import Metric, evaluate, find_metric
from benchmarks.results.statistics import (
    Replicate,
    paired_bootstrap,
    paired_bootstrap_over_replicates,
)
from benchmarks.results.statistics.resampled_ap import resampled_average_precision


def task(seed, n=60, c=4, gain=1.0):
    rng = np.random.default_rng(seed)
    Y = rng.choice([-1, 0, 1], size=(n, c), p=[0.1, 0.6, 0.3]).astype(np.int8)
    return (gain * (Y == 1) + rng.normal(size=Y.shape)).astype(np.float32), Y


# The first example compiles.
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 40), tied=st.booleans())
def test_weighted_ap_is_that_of_the_resample_written_out(seed, n, tied):
    rng = np.random.default_rng(seed)
    scores, Y = task(seed, n)
    if tied:
        scores = np.round(scores)
    weights = rng.integers(0, 4, size=(n, 5))
    values = resampled_average_precision(scores, Y, weights)
    for draw in range(5):
        rows = np.repeat(np.arange(n), weights[:, draw])
        expected = evaluate("ap", scores[rows], Y[rows]).per_concept
        np.testing.assert_allclose(values[:, draw], expected, atol=1e-10)


def test_many_resamples_are_the_same_as_few():
    # More resamples than are carried together.
    scores, Y = task(0)
    weights = np.random.default_rng(0).integers(0, 3, size=(len(Y), 1100))
    values = resampled_average_precision(scores, Y, weights)
    for draw in (0, 511, 512, 1099):
        one = resampled_average_precision(scores, Y, weights[:, [draw]])
        np.testing.assert_array_equal(values[:, [draw]], one)


@pytest.mark.parametrize("name", ["top1_error", "mean_class_accuracy", "ap"])
def test_fast_ways_give_what_each_resample_gives(name):
    rng = np.random.default_rng(3)
    Y = np.eye(5, dtype=np.int8)[rng.integers(0, 4, 50)]
    scores = np.round(Y + rng.normal(size=Y.shape))
    weights = rng.integers(0, 3, size=(50, 8))
    metric = find_metric(name)
    fast = metric.resampled(scores, Y, weights)
    for draw in range(8):
        rows = np.repeat(np.arange(50), weights[:, draw])
        assert fast[draw] == pytest.approx(metric.mean(scores[rows], Y[rows]), abs=1e-10)


@pytest.mark.parametrize("metric", ["ap", "roc_auc"])
def test_identical_systems_differ_by_exactly_nothing(metric):
    scores, Y = task(1)
    result = paired_bootstrap({"a": scores, "b": scores.copy()}, Y, metric, resamples=50)
    assert result.differences["a", "b"] == (0.0, 0.0, 0.0)
    assert result.systems["a"] == result.systems["b"]


def test_estimate_is_the_metric_and_lies_in_its_interval():
    (a, Y), (b, _) = task(1, n=200), task(2, n=200)
    b = (b + 2 * (Y == 1)).astype(np.float32)
    result = paired_bootstrap({"a": a, "b": b}, Y, resamples=300)
    for name, scores in (("a", a), ("b", b)):
        estimate, low, high = result.systems[name]
        assert estimate == evaluate("ap", scores, Y).mean
        assert low < estimate < high
    estimate, low, high = result.differences["a", "b"]
    assert estimate == result.systems["a"].estimate - result.systems["b"].estimate
    assert high < 0
    assert result.units == 200
    assert result.draws.shape == (300, 2)


def test_seed_decides_and_only_it():
    scores, Y = task(1)
    first, again, other = (
        paired_bootstrap({"a": scores}, Y, resamples=40, seed=seed) for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first.draws, again.draws)
    assert not np.array_equal(first.draws, other.draws)


def test_whole_videos_are_drawn():
    scores, Y = task(1, n=60)
    groups = np.repeat(["x", "y", "z"], 20)
    result = paired_bootstrap({"a": scores}, Y, groups=groups, resamples=200)
    assert result.units == 3
    # Three videos drawn with replacement: ten multisets, so ten values at most.
    assert 2 < len(np.unique(np.round(result.draws, 12))) <= 10
    possible = {
        round(evaluate("ap", scores[rows], Y[rows]).mean, 9)
        for i in range(3)
        for j in range(3)
        for k in range(3)
        for rows in [np.concatenate([np.flatnonzero(groups == "xyz"[v]) for v in (i, j, k)])]
    }
    assert {round(float(value), 9) for value in result.draws[:, 0]} <= possible


def test_replicates_of_one_test_set_are_drawn_together():
    scores, Y = task(1)
    once = paired_bootstrap({"a": scores}, Y, resamples=60)
    thrice = paired_bootstrap_over_replicates([Replicate({"a": scores}, Y)] * 3, resamples=60)
    # Repeating the same scores adds no information: the interval must not shrink.
    np.testing.assert_allclose(thrice.draws, once.draws, atol=1e-12)
    assert thrice.units == once.units


def test_replicates_share_the_samples_that_they_name():
    scores, Y = task(1, n=60)
    rows = [np.arange(0, 40), np.arange(20, 60)]
    parts = [Replicate({"a": scores[r]}, Y[r], samples=r) for r in rows]
    result = paired_bootstrap_over_replicates(parts, resamples=30)
    assert result.units == 60
    expected = np.mean([evaluate("ap", scores[r], Y[r]).mean for r in rows])
    assert result.systems["a"].estimate == pytest.approx(expected)


def test_replicates_that_cannot_be_matched_are_refused():
    first, second = task(1), task(2)
    with pytest.raises(ValueError, match="name the samples"):
        paired_bootstrap_over_replicates(
            [Replicate({"a": scores}, Y) for scores, Y in (first, second)], resamples=5
        )
    with pytest.raises(ValueError, match="same ones"):
        paired_bootstrap_over_replicates(
            [Replicate({"a": first[0]}, first[1]), Replicate({"b": first[0]}, first[1])]
        )
    with pytest.raises(ValueError, match="groups or samples of shape"):
        paired_bootstrap({"a": first[0]}, first[1], groups=np.zeros(3))


def test_undefined_metric_is_refused():
    with pytest.raises(ValueError, match="undefined"):
        paired_bootstrap({"a": np.zeros((5, 1))}, np.zeros((5, 1)), resamples=5)


def test_intervals_cover_the_expected_difference():
    # Nominal 95 %; a wrong resampling (unpaired, or of nothing) falls far outside these bounds.
    rng = np.random.default_rng(0)

    def draw():
        Y = (rng.random((300, 3)) < 0.2).astype(np.int8)
        common = rng.normal(size=Y.shape)
        return {
            name: gain * Y + 0.7 * common + 0.7 * rng.normal(size=Y.shape)
            for name, gain in (("a", 1.0), ("b", 1.4))
        }, Y

    def difference(scores, Y):
        return evaluate("ap", scores["a"], Y).mean - evaluate("ap", scores["b"], Y).mean

    truth = np.mean([difference(*draw()) for _ in range(1500)])
    covered = 0
    for repetition in range(250):
        scores, Y = draw()
        _, low, high = paired_bootstrap(scores, Y, resamples=200, seed=repetition).differences[
            "a", "b"
        ]
        covered += low <= truth <= high
    assert 0.89 <= covered / 250 <= 0.985


def test_threads_and_blocks_change_no_bit(monkeypatch):
    (a, Y), (b, _) = task(1), task(2)
    systems = {"a": a, "b": b, "c": a + b}
    once = paired_bootstrap(systems, Y, resamples=150, threads=1)
    again = paired_bootstrap(systems, Y, resamples=150, threads=3)
    monkeypatch.setattr("benchmarks.results.statistics.bootstrap.BLOCK", 60 * 40)
    in_blocks = paired_bootstrap(systems, Y, resamples=150, threads=2)
    for other in (again, in_blocks):
        np.testing.assert_array_equal(other.draws, once.draws)
        assert other.differences == once.differences
    with pytest.raises(ValueError, match="threads must be at least 1"):
        paired_bootstrap(systems, Y, threads=0)


def test_the_strata_of_a_replicate_reach_the_metric(monkeypatch):
    def of(strata):
        return Metric("strata", "", lambda scores, Y: np.asarray(strata).mean(axis=0))

    metric = Metric("strata", "", lambda scores, Y: np.full(4, -1.0), with_strata=of)
    monkeypatch.setattr("benchmarks.results.statistics.bootstrap.find_metric", lambda name: metric)
    scores, Y = task(4)
    for strata, expected in ((None, -1.0), (np.full(Y.shape, 2), 2.0)):
        replicate = Replicate({"a": scores}, Y, strata=strata)
        result = paired_bootstrap_over_replicates([replicate], "strata", resamples=3)
        assert result.systems["a"] == (expected, expected, expected)


def test_standard_error_of_a_share_is_the_textbooks():
    rng = np.random.default_rng(0)
    Y = np.eye(2, dtype=np.int8)[rng.integers(0, 2, 200)]
    right, wrong = Y.astype(float), np.where(rng.random((200, 1)) < 0.3, 1.0 - Y, Y)
    result = paired_bootstrap({"a": right, "b": wrong}, Y, "top1_error", resamples=4000)
    share = result.systems["b"].estimate
    expected = np.sqrt(share * (1 - share) / 199)
    assert result.standard_error("b") == pytest.approx(expected, rel=0.05)
    assert result.standard_error("b", "a") == pytest.approx(expected, rel=0.05)
    assert result.standard_error("a") == 0.0


def test_counts_beyond_a_byte_are_counted():
    scores, Y = task(1, n=12)
    weights = np.zeros((12, 3), dtype=np.int64)
    weights[:, 0], weights[:, 1], weights[3, 2] = 300, 1, 700
    values = resampled_average_precision(scores, Y, weights)
    for draw in range(3):
        rows = np.repeat(np.arange(12), weights[:, draw])
        expected = evaluate("ap", scores[rows], Y[rows]).per_concept
        np.testing.assert_allclose(values[:, draw], expected, atol=1e-10)
    with pytest.raises(ValueError, match="0 to 65,535"):
        resampled_average_precision(scores, Y, weights * 1000)
