"""Intervals cover and tests reject as often as they say; bounds by the binomial law."""

import numpy as np
import pytest

from benchmarks.results.statistics.simulation import (
    coverage,
    independent_samples,
    rejections,
    shots_of_videos,
)


def allowed(low, high, repetitions):
    """Widen bounds of a rate by three standard deviations of its estimate."""
    return (
        low - 3 * np.sqrt(low * (1 - low) / repetitions),
        high + 3 * np.sqrt(high * (1 - high) / repetitions),
    )


@pytest.mark.parametrize(("draw", "size"), [(independent_samples, 150), (shots_of_videos, 10)])
def test_intervals_cover(draw, size):
    found = coverage(draw, size, repetitions=120, resamples=300)
    low, high = allowed(0.93, 0.97, 120)
    assert ((low <= found) & (found <= high)).all()


def test_shots_of_a_video_are_not_independent():
    by_sample = coverage(shots_of_videos, 20, by_video=False, repetitions=60, resamples=200)
    assert (by_sample < 0.9).all()


@pytest.mark.parametrize(("concepts", "seeds"), [(12, 1), (12, 4)])
def test_sign_flips_reject_a_true_null_as_often_as_they_say(concepts, seeds):
    low, high = allowed(0.03, 0.07, 600)
    assert low <= rejections(concepts, seeds, repetitions=600) <= high


@pytest.mark.slow
@pytest.mark.parametrize(("draw", "size"), [(independent_samples, 300), (shots_of_videos, 20)])
def test_coverage_of_nominal_95_per_cent_lies_within_93_and_97(draw, size):
    found = coverage(draw, size, repetitions=1000)
    # Two standard errors of the estimate itself: too wide an interval fails as well as too narrow.
    assert ((found > 0.93 - 0.016) & (found < 0.97 + 0.011)).all(), found


@pytest.mark.slow
@pytest.mark.parametrize(("concepts", "seeds"), [(10, 1), (20, 5), (100, 1)])
def test_a_5_per_cent_test_rejects_3_to_7_per_cent_of_true_nulls(concepts, seeds):
    rate = rejections(concepts, seeds, repetitions=4000)
    assert 0.03 - 0.005 < rate < 0.07 + 0.008, rate
