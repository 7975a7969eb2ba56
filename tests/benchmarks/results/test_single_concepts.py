"""A concept's interval is that of the concept alone, and verdicts under the null are rare."""

import numpy as np
import pytest

from benchmarks.results import single_concepts
from benchmarks.results.metrics import evaluate
from benchmarks.results.single_concepts import concept_differences
from benchmarks.results.statistics import (
    Replicate,
    least_concepts,
    paired_bootstrap_over_replicates,
)

PAIR = ("a", "b")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Hundreds of resamples show the same as thousands."""
    monkeypatch.setattr(single_concepts, "LEAST_RESAMPLES", 300)
    monkeypatch.setattr(single_concepts, "MOST_RESAMPLES", 400)
    monkeypatch.setattr(single_concepts, "MOST_ONE_BY_ONE", 300)


def draw(videos, c, rng, gain=0.0, share=0.95):
    """Two systems that are exchangeable but for what a gains on the first concept."""
    video = np.repeat(np.arange(videos), rng.integers(5, 12, videos))
    rate = np.where(rng.random((videos, c)) < share, rng.uniform(0.3, 0.7, (videos, c)), 0.0)
    Y = (rng.random((len(video), c)) < rate[video]).astype(np.int8)
    common = Y + 0.6 * rng.normal(size=Y.shape)
    scores = {name: common + 0.5 * rng.normal(size=Y.shape) for name in PAIR}
    scores["a"][:, 0] += gain * Y[:, 0]
    return Replicate(scores, Y, video)


def column(replicate, i):
    scores = {name: np.asarray(values)[:, [i]] for name, values in replicate.scores.items()}
    Y = np.asarray(replicate.Y)[:, [i]]
    return Replicate(scores, Y, replicate.groups, replicate.samples)


@pytest.mark.parametrize("metric", ["ap", "roc_auc"])
@pytest.mark.parametrize("together", [1, 2**22])
def test_an_interval_is_that_of_the_concept_by_itself(monkeypatch, metric, together):
    monkeypatch.setattr(single_concepts, "TOGETHER", together)
    rng = np.random.default_rng(0)
    replicates = [draw(20, 4, rng), draw(20, 4, rng)]
    found = concept_differences(replicates, [PAIR], metric)[PAIR]
    assert found.hypotheses == 4
    for i in range(4):
        alone = paired_bootstrap_over_replicates(
            [column(replicate, i) for replicate in replicates],
            metric,
            found.resamples,
            level=1 - 0.05 / 4,
        )
        estimate, low, high = alone.differences[PAIR]
        assert found.a[i] - found.b[i] == pytest.approx(estimate, abs=1e-12)
        assert (found.low[i], found.high[i]) == pytest.approx((low, high), abs=1e-12)


def test_samples_without_videos_and_one_concept():
    rng = np.random.default_rng(1)
    given = draw(20, 1, rng)
    replicate = Replicate(given.scores, given.Y)
    found = concept_differences([replicate], [PAIR])[PAIR]
    alone = paired_bootstrap_over_replicates([replicate], "ap", found.resamples)
    assert found.units == [np.sum(np.asarray(given.Y) == 1)]
    assert (found.low[0], found.high[0]) == pytest.approx(alone.differences[PAIR][1:])


def test_a_metric_that_needs_all_concepts_is_drawn_one_by_one():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 60)
    Y = np.eye(3, dtype=np.int8)[truth]
    scores = {name: Y + rng.normal(size=Y.shape) for name in PAIR}
    found = concept_differences([Replicate(scores, Y)], [PAIR], "mean_class_accuracy")[PAIR]
    for name, values in (("a", found.a), ("b", found.b)):
        expected = evaluate("mean_class_accuracy", scores[name], Y).per_concept
        np.testing.assert_allclose(values, expected)
    assert (found.low < found.a - found.b).all()
    assert (found.a - found.b < found.high).all()


def test_a_concept_without_positives_is_no_hypothesis():
    replicate = draw(20, 3, np.random.default_rng(3))
    Y = np.array(replicate.Y)
    Y[:, 1] = 0
    without = Replicate(replicate.scores, Y, replicate.groups)
    # On a seed that has some, it is evaluated there alone.
    for replicates, hypotheses in (([without], 2), ([without, replicate], 3)):
        found = concept_differences(replicates, [PAIR])[PAIR]
        assert found.hypotheses == hypotheses
        assert np.isnan(found.a[1]) == np.isnan(found.low[1]) == (hypotheses == 2)


@pytest.mark.parametrize("videos", [1, 2, 6])
def test_few_videos_give_no_interval(videos):
    found = concept_differences([draw(videos, 2, np.random.default_rng(4), share=2)], [PAIR])[PAIR]
    assert found.least_units == least_concepts(0.05, 2) == 7
    assert np.isnan([found.low, found.high]).all()
    assert not np.isnan(found.a).any()


def test_a_large_gain_is_found_on_its_concept_alone():
    found = concept_differences([draw(40, 5, np.random.default_rng(5), gain=3)], [PAIR])[PAIR]
    assert (found.low > 0).tolist() == [True, False, False, False, False]


def test_threads_change_no_number():
    replicate = draw(20, 3, np.random.default_rng(6))
    one, two = (concept_differences([replicate], [PAIR], threads=n)[PAIR] for n in (1, 2))
    np.testing.assert_array_equal(one.low, two.low)


@pytest.mark.parametrize("share", [0.95, 0.5])
def test_under_the_null_few_pairs_have_any_verdict(share):
    rng = np.random.default_rng(7)
    wrong = 0
    for seed in range(80):
        found = concept_differences([draw(20, 5, rng, share=share)], [PAIR], seed=seed)[PAIR]
        wrong += bool(((found.low > 0) | (found.high < 0)).any())
    # 5 % of 80 are 4; more than 9 would come up once in a hundred times at that rate.
    assert wrong <= 9
