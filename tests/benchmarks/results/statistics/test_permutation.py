"""The sign-flip test against SciPy and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from benchmarks.results.statistics import sign_flip_test


@pytest.mark.parametrize("k", [2, 5, 9])
@pytest.mark.parametrize("seed", range(4))
def test_exact_p_value_is_scipys(k, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0.4, 1, k), rng.normal(0, 1, k)
    expected = permutation_test(
        (a, b),
        lambda x, y, axis: np.abs(np.mean(x - y, axis=axis)),
        permutation_type="samples",
        alternative="greater",
        vectorized=True,
        n_resamples=np.inf,
    ).pvalue
    result = sign_flip_test(a - b)
    assert result.exact
    assert result.pairs == k
    assert result.p_value == pytest.approx(expected, abs=1e-12)


def test_sampled_p_value_is_near_the_exact_one(monkeypatch):
    differences = np.random.default_rng(1).normal(0.3, 1, 12)
    exact = sign_flip_test(differences)
    monkeypatch.setattr("benchmarks.results.statistics.permutation.EXACT_PAIRS", 5)
    sampled = sign_flip_test(differences, resamples=20000)
    assert not sampled.exact
    assert sampled.p_value == pytest.approx(exact.p_value, abs=0.015)
    assert sampled == sign_flip_test(differences, resamples=20000)
    assert sampled.p_value != sign_flip_test(differences, resamples=20000, seed=1).p_value


def test_all_of_one_sign():
    assert sign_flip_test([0.3]).p_value == 1.0
    assert sign_flip_test([0.1] * 6) == (pytest.approx(0.1), 2 / 2**6, 6, True)
    # Never zero, however clear: the observed assignment is one of those counted.
    assert sign_flip_test([1.0] * 60, resamples=999).p_value == 1 / 1000


def test_identical_systems():
    assert sign_flip_test(np.zeros(20)) == (0.0, 1.0, 20, True)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_sign_and_undefined_and_equal_pairs_do_not_change_p(values):
    differences = np.array(values, dtype=float)
    p = sign_flip_test(differences).p_value
    assert 0 < p <= 1
    assert sign_flip_test(-differences).p_value == p
    assert sign_flip_test(np.append(differences, [np.nan, np.nan])).p_value == p
    assert sign_flip_test(np.append(differences, [0.0, 0.0])).p_value == p
    assert sign_flip_test(differences * 0.1).p_value == p


def test_seeds_of_a_concept_are_one_pair():
    differences = np.array([[0.1, 0.3, np.nan, np.nan], [0.3, 0.1, 0.2, np.nan]])
    result = sign_flip_test(differences)
    assert result == sign_flip_test([0.2, 0.2, 0.2])
    assert result.p_value == 0.25
    assert result.pairs == 3


def test_nothing_to_compare():
    result = sign_flip_test([np.nan, np.nan])
    assert np.isnan(result.p_value)
    assert result.pairs == 0


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        sign_flip_test([np.inf, 1.0])
    with pytest.raises(ValueError, match="one or two axes"):
        sign_flip_test(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="at least 1"):
        sign_flip_test([1.0], resamples=0)


def test_rejects_a_true_null_as_often_as_it_says():
    rng = np.random.default_rng(0)
    p = np.array([sign_flip_test(rng.laplace(size=10)).p_value for _ in range(1500)])
    assert 0.035 <= np.mean(p <= 0.05) <= 0.065
