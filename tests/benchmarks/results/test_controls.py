"""Chance is what these scores reach against annotations that they have nothing to do with."""

import numpy as np
import pytest

from benchmarks.results.controls import by_chance, share_as_good
from benchmarks.results.metrics import evaluate


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
        reached = by_chance("ap", scores, Y, video, draws=39)
        rejected += share_as_good(evaluate("ap", scores, Y).mean, reached, True) <= 0.05
    assert rejected / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_samples_of_videos_taken_for_independent_would_raise_false_alarms():
    alarms = {True: 0, False: 0}
    for run in range(100):
        video, Y, scores = clustered(np.random.default_rng(run))
        own = evaluate("ap", scores, Y).mean
        for whole in alarms:
            reached = by_chance("ap", scores, Y, video if whole else None, draws=39)
            alarms[whole] += share_as_good(own, reached, True) <= 0.05
    assert alarms[False] > 2 * alarms[True]


def test_knowledge_is_found_out_in_either_direction():
    rng = np.random.default_rng(0)
    Y = np.eye(4, dtype=np.int8)[rng.integers(0, 4, 80)]
    scores = Y + rng.normal(0, 1.0, Y.shape)
    for metric, higher in (("ap", True), ("top1_error", False)):
        reached = by_chance(metric, scores, Y, draws=99)
        assert share_as_good(evaluate(metric, scores, Y).mean, reached, higher) == 0.01
    assert by_chance("top1_error", scores, Y, draws=99).mean() == pytest.approx(0.75, abs=0.03)


def test_strata_go_with_the_judgments_drawn_from_them():
    rng = np.random.default_rng(0)
    strata = rng.integers(0, 3, (90, 2))
    Y = np.where(rng.random((90, 2)) < 0.5, rng.random((90, 2)) < 0.4, -1).astype(np.int8)
    strata[(strata == 2) & (Y < 0)] = -1  # outside the pool
    reached = by_chance("xinfap", Y + rng.normal(size=Y.shape), Y, strata=strata, draws=19)
    assert np.isfinite(reached).all()
