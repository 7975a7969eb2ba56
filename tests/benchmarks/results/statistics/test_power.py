"""What a test set could have shown."""

import numpy as np
import pytest

from benchmarks.results.statistics import least_concepts, sign_flip_test, smallest_difference


def test_smallest_difference_is_found_as_often_as_it_says():
    assert smallest_difference(1.0) == pytest.approx(1.959964 + 0.841621, abs=1e-5)
    rng = np.random.default_rng(0)
    for power in (0.5, 0.8):
        found = np.abs(rng.normal(smallest_difference(2.0, power=power), 2.0, 40_000)) > 1.96 * 2
        assert found.mean() == pytest.approx(power, abs=0.01)


@pytest.mark.parametrize(("level", "comparisons"), [(0.05, 1), (0.01, 1), (0.05, 3), (0.0625, 1)])
def test_least_concepts_is_where_the_sign_flip_test_begins_to_reject(level, comparisons):
    k = least_concepts(level, comparisons)
    assert sign_flip_test([0.1] * k).p_value * comparisons < level
    assert sign_flip_test([0.1] * (k - 1)).p_value * comparisons >= level


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="at least 0"):
        smallest_difference(-1.0)
    with pytest.raises(ValueError, match="power must lie"):
        smallest_difference(1.0, power=1.0)
    with pytest.raises(ValueError, match="at least 1"):
        least_concepts(0.05, 0)
    assert np.isnan(smallest_difference(float("nan")))
