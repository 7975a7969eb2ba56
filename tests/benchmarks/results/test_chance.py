"""Chance is what these scores reach against annotations that they have nothing to do with."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge

from benchmarks.results.chance import (
    by_other_concepts,
    by_other_samples,
    share_as_good,
)
from benchmarks.results.metrics import evaluate
from benchmarks.results.statistics import Replicate


def scored(scores, Y, video=None, strata=None):
    return Replicate({"control": scores}, Y, groups=video, strata=strata)


def clustered(rng, videos=20, shots=6, c=4, uneven=0):
    """Scores and annotations that are alike within a video, and independent of each other."""
    of = np.repeat(np.arange(videos), shots + rng.integers(-uneven, uneven + 1, videos))
    of = rng.permutation(of)  # the shots of a video need not stand together
    Y = (rng.random((videos, c)) < 0.3)[of].astype(np.int8)
    scores = rng.normal(size=(videos, c))[of]
    return of.astype(str), Y, scores + 0.2 * rng.normal(size=Y.shape)


@pytest.mark.parametrize("uneven", [None, 0, 3])
def test_a_control_without_knowledge_is_seldom_better_than_chance(uneven):
    """The test rejects as often as it says: 5 % within three standard errors over 200 runs."""
    rejected = 0
    for run in range(200):
        rng = np.random.default_rng(run)
        if uneven is not None:
            video, Y, scores = clustered(rng, uneven=uneven)
        else:
            video, Y = None, (rng.random((60, 4)) < 0.3).astype(np.int8)
            scores = rng.normal(size=Y.shape)
        reached = by_other_samples("ap", "control", [scored(scores, Y, video)], draws=39)
        rejected += share_as_good(evaluate("ap", scores, Y).mean, reached, True) <= 0.05
    assert rejected / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_samples_of_videos_taken_for_independent_would_raise_false_alarms():
    alarms = {True: 0, False: 0}
    for run in range(100):
        video, Y, scores = clustered(np.random.default_rng(run))
        own = evaluate("ap", scores, Y).mean
        for whole in alarms:
            kept = video if whole else None
            reached = by_other_samples("ap", "control", [scored(scores, Y, kept)], draws=39)
            alarms[whole] += share_as_good(own, reached, True) <= 0.05
    assert alarms[False] > 2 * alarms[True]


@pytest.mark.parametrize("chance", [by_other_concepts, by_other_samples])
def test_knowledge_is_found_out_in_either_direction(chance):
    rng = np.random.default_rng(0)
    Y = np.eye(6, dtype=np.int8)[rng.integers(0, 6, 90)]
    found = scored(Y + rng.normal(0, 1.0, Y.shape), Y)
    for metric, higher in (("ap", True), ("top1_error", False)):
        own = evaluate(metric, found.scores["control"], Y).mean
        assert share_as_good(own, chance(metric, "control", [found], draws=99), higher) == 0.01
    mean = chance("top1_error", "control", [found], draws=99).mean()
    assert mean == pytest.approx(1 - 1 / 6, abs=0.03)


def test_strata_go_with_the_judgments_drawn_from_them():
    rng = np.random.default_rng(0)
    strata = rng.integers(0, 3, (90, 2))
    Y = np.where(rng.random((90, 2)) < 0.5, rng.random((90, 2)) < 0.4, -1).astype(np.int8)
    strata[(strata == 2) & (Y < 0)] = -1  # outside the pool
    found = scored(Y + rng.normal(size=Y.shape), Y, strata=strata)
    reached = by_other_samples("xinfap", "control", [found], draws=19)
    assert np.isfinite(reached).all()


def trained_on_shuffled(seed, many):
    """Scores of a ridge regression of digits' pixels that was trained on shuffled annotations."""
    pixels, digits = load_digits(return_X_y=True)
    Y = np.eye(10, dtype=np.int8)[digits]
    if many:  # concepts that several digits have, several at a time
        of = np.random.default_rng(0).random((10, 8)) < 0.4
        Y = (Y @ of > 0).astype(np.int8)
    rng = np.random.default_rng(seed)
    train, test = np.split(rng.permutation(len(Y))[:600], [300])
    ridge = Ridge().fit(pixels[train] / 16, Y[train][rng.permutation(300)])
    return ridge.predict(pixels[test] / 16), Y[test]


@pytest.mark.parametrize("many", [False, True], ids=["exclusive", "several"])
def test_the_luck_of_a_shuffle_is_allowed_for_among_concepts_and_not_among_samples(many):
    """Where concepts dominate the features: 5 % within three standard errors, against 30 %."""
    rejected = {"concepts": 0, "samples": 0}
    for run in range(100):
        scores, Y = trained_on_shuffled(run, many)
        own = evaluate("ap", scores, Y).mean
        for name, chance in (("concepts", by_other_concepts), ("samples", by_other_samples)):
            reached = chance("ap", "control", [scored(scores, Y)], draws=39)
            rejected[name] += share_as_good(own, reached, True) <= 0.05
    assert rejected["concepts"] <= 5 + 3 * np.sqrt(100 * 0.05 * 0.95)
    assert rejected["samples"] > 2 * rejected["concepts"]


def test_trials_exchange_their_concepts_independently_and_never_all_keep_their_own():
    rng = np.random.default_rng(0)
    trials = [
        scored(rng.normal(size=(50, 3)), (rng.random((50, 3)) < 0.4).astype(np.int8))
        for _ in range(2)
    ]
    values = [
        [
            evaluate("ap", trial.scores["control"][:, order], trial.Y).mean
            for order in itertools.permutations(range(3))
        ]
        for trial in trials
    ]
    possible = np.add.outer(*values).ravel()[1:] / 2  # the first: both in their own order
    reached = by_other_concepts("ap", "control", trials, draws=35)
    nearest = possible[np.abs(possible[:, None] - reached).argmin(axis=0)]
    np.testing.assert_allclose(reached, nearest, rtol=1e-12)
    assert len(set(nearest)) > 15
    with pytest.raises(ValueError, match="of 36 orders of the concepts, 36 others"):
        by_other_concepts("ap", "control", trials, draws=36)
