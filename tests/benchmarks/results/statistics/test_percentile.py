"""Expanded percentiles."""

import numpy as np
import pytest
from scipy.stats import norm, t

from benchmarks.results.statistics.percentile import expanded_percentile


@pytest.mark.parametrize("units", [6, 12, 50])
def test_is_students_interval_for_the_mean_of_normal_values(units):
    # The resampled mean is about normal with the deviation sd sqrt((G - 1) / G) / sqrt(G).
    mean, error = 2.0, 0.3
    quantiles = (np.arange(200_000) + 0.5) / 200_000
    draws = norm.ppf(quantiles, mean, error * np.sqrt((units - 1) / units))
    half = t.ppf(0.975, units - 1) * error
    low, high = expanded_percentile(draws, units)
    np.testing.assert_allclose([low, high], [mean - half, mean + half], rtol=1e-2)


def test_is_the_plain_percentile_for_many_units():
    draws = np.random.default_rng(0).normal(size=1000)
    np.testing.assert_allclose(
        expanded_percentile(draws, 10**9, 0.9), np.percentile(draws, [5, 95]), atol=1e-6
    )


def test_undefined_resamples_are_left_out():
    draws = np.random.default_rng(0).normal(size=100)
    with_nan = np.append(draws, [np.nan] * 5)
    assert expanded_percentile(with_nan, 9) == expanded_percentile(draws, 9)


def test_one_unit_tells_nothing():
    assert np.isnan(expanded_percentile([1.0, 1.0], 1)).all()


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match=r"\(0, 1\)"):
        expanded_percentile([1.0], 5, 1.0)
    with pytest.raises(ValueError, match="a unit at least"):
        expanded_percentile([1.0], 0)
