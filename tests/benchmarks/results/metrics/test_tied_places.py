"""Places of chosen samples among tied ones, against exact fractions and identities."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.metrics.tied_places import chances, reciprocals


def computed(t, v, before, last):
    reached, inverse = np.full(t + 2, np.nan), np.full(t + 2, np.nan)
    chances(t, v, last, reached)
    reciprocals(t, v, before, last, reached, inverse)
    highest = min(t, last)
    return reached[1 : highest + 1], inverse[1 : highest + 1]


@settings(max_examples=60)
@given(
    t=st.integers(1, 25),
    v=st.integers(0, 25),
    before=st.sampled_from([0, 1, 7, 1000, 10**6]),
    last=st.integers(1, 60),
)
def test_equals_the_sum_over_places(t, v, before, last):
    m = t + v
    reached, inverse = computed(t, v, before, last)
    for k in range(1, min(t, last) + 1):
        chance = {
            x: Fraction(comb(x - 1, k - 1) * comb(m - x, t - k), comb(m, t))
            for x in range(1, min(m, last) + 1)
        }
        assert reached[k - 1] == pytest.approx(float(sum(chance.values())), abs=1e-14)
        expected = float(sum(p / (before + x) for x, p in chance.items()))
        assert inverse[k - 1] * (before + k) == pytest.approx(expected * (before + k), abs=1e-13)


@pytest.mark.parametrize(("t", "v"), [(200_000, 300_000), (3, 500_000), (400_000, 2)])
@pytest.mark.parametrize("before", [0, 12_345])
@pytest.mark.parametrize("last", [10**9, 2000])
def test_chosen_samples_fill_all_places_alike(t, v, before, last):
    m = t + v
    places = np.arange(1, min(m, last) + 1)
    reached, inverse = computed(t, v, before, last)
    # Whichever they are, t of m places are chosen: every place with the chance t / m.
    assert reached.sum() == pytest.approx(t / m * len(places), rel=1e-11)
    assert inverse.sum() == pytest.approx(t / m * (1 / (before + places)).sum(), rel=1e-11)
