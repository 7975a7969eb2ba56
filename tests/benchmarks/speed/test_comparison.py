"""Ratios of times that are given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.speed.comparison import Ratio, paired_ratio

times = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=9)


def test_ratio_of_medians_and_range_of_rounds():
    # Medians 4 and 2; rounds 6/1, 4/2, 3/3.
    assert paired_ratio([6.0, 4.0, 3.0], [1.0, 2.0, 3.0]) == Ratio(2.0, 1.0, 6.0)


@settings(deadline=None)
@given(times, st.floats(0.1, 10))
def test_noise_that_hits_both_leaves_the_range_empty(ours, factor):
    ratio = paired_ratio([factor * t for t in ours], ours)
    np.testing.assert_allclose([ratio.median, ratio.low, ratio.high], factor, rtol=1e-9)


@settings(deadline=None)
@given(times, st.data())
def test_the_other_way_round_is_the_inverse(ours, data):
    size = len(ours)
    theirs = data.draw(st.lists(st.floats(1e-3, 1e3), min_size=size, max_size=size))
    there, back = paired_ratio(theirs, ours), paired_ratio(ours, theirs)
    np.testing.assert_allclose(
        [there.median, there.low, there.high], [1 / back.median, 1 / back.high, 1 / back.low]
    )
    assert there.low <= there.high


@pytest.mark.parametrize(
    ("theirs", "ours", "message"),
    [
        ([], [], "same rounds"),
        ([1.0], [1.0, 2.0], "got 1 and 2"),
        ([1.0], [0.0], "above 0"),
        ([float("nan")], [1.0], "above 0"),
    ],
)
def test_times_that_do_not_compare(theirs, ours, message):
    with pytest.raises(ValueError, match=message):
        paired_ratio(theirs, ours)
