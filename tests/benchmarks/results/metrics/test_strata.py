"""Strata are checked against annotations."""

import numpy as np
import pytest

from benchmarks.results.metrics.strata import checked_strata

Y = np.array([[1, 0], [-1, -1], [0, 1]], dtype=np.int8)


def test_whole_numbers_of_any_width_become_bytes():
    strata = checked_strata([[0, 127], [-1, 3], [2, 0]], Y)
    assert strata.dtype == np.int8
    np.testing.assert_array_equal(strata, [[0, 127], [-1, 3], [2, 0]])


@pytest.mark.parametrize(
    ("strata", "message"),
    [
        (np.zeros(3, int), r"shape of the annotations, \(3, 2\); got \(3,\)"),
        (np.zeros((3, 2)), "whole numbers, got float64"),
        (np.full((3, 2), 128), r"0 ... 127.*got 128 ... 128"),
        (np.full((3, 2), -2), r"-1 outside the pool; got -2"),
        ([[0, 0], [0, 0], [0, -1]], "sample 2 is judged for concept 1 but outside its pool"),
    ],
)
def test_what_is_refused(strata, message):
    with pytest.raises(ValueError, match=message):
        checked_strata(strata, Y)
