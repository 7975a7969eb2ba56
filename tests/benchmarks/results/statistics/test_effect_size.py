"""Effect sizes against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, ttest_1samp

from benchmarks.results.statistics import cliffs_delta, cohens_dz, superiority


def test_dz_is_students_t_over_the_root_of_the_pairs():
    differences = np.random.default_rng(0).normal(0.3, 1, 12)
    t = ttest_1samp(differences, 0).statistic
    assert cohens_dz(differences) == pytest.approx(t / np.sqrt(12))
    assert cohens_dz([*differences, np.nan]) == cohens_dz(differences)


def test_dz_at_its_limits():
    assert cohens_dz([0.1, 0.1, 0.1]) == np.inf
    assert cohens_dz([-0.1, -0.1]) == -np.inf
    assert cohens_dz([0.0, 0.0]) == 0.0
    assert np.isnan(cohens_dz([0.1]))


def test_superiority():
    assert superiority([0.2, -0.1, 0.0, 0.3, np.nan]) == 0.625
    assert np.isnan(superiority([np.nan]))


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=9),
    st.lists(st.integers(-3, 3), min_size=1, max_size=9),
)
def test_cliffs_delta_is_mann_whitneys_u(a, b):
    u = mannwhitneyu(a, b, method="asymptotic").statistic
    assert cliffs_delta(a, b) == pytest.approx(2 * u / (len(a) * len(b)) - 1)
    assert cliffs_delta(b, a) == pytest.approx(-cliffs_delta(a, b))


def test_nothing_and_wrong_shapes():
    assert np.isnan(cliffs_delta([], [1.0]))
    with pytest.raises(ValueError, match="vector"):
        superiority(np.zeros((2, 2)))
