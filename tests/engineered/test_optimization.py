import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.preprocessing import normalize

from engineered.optimization import DescriptorOptimization

ROWS = arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(-(2.0**66), 2.0**66, width=32, allow_subnormal=False),
)


@pytest.mark.parametrize("power", [0.3, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_equals_the_formula(power, norm):
    F = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    expected = normalize(np.sign(F) * np.abs(F) ** power, norm=norm)
    rows = DescriptorOptimization(power, norm).fit_transform(F)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, expected, atol=1e-6)


def test_no_norm_leaves_the_power_law_alone():
    rows = DescriptorOptimization(0.5, "none").fit_transform([[4.0, -9.0, 0.0]])
    np.testing.assert_array_equal(rows, [[2, -3, 0]])


@given(ROWS, st.sampled_from([0.25, 0.5, 1.0]), st.sampled_from(["l1", "l2"]))
def test_rows_have_unit_length_or_stay_zero(F, power, norm):
    rows = DescriptorOptimization(power, norm).fit_transform(F)
    assert np.isfinite(rows).all()
    lengths = np.abs(rows).sum(axis=1) if norm == "l1" else np.linalg.norm(rows, axis=1)
    zero = ~F.any(axis=1)
    np.testing.assert_allclose(lengths[~zero], 1, rtol=1e-5)
    assert not rows[zero].any()


def test_the_rows_given_are_not_changed():
    F = np.array([[1.0, 4.0]], np.float32)
    for power in (0.5, 1.0, 2.0):
        DescriptorOptimization(power).fit_transform(F)
        np.testing.assert_array_equal(F, [[1, 4]])


@pytest.mark.parametrize("parameters", [{"power": 0}, {"power": np.nan}, {"norm": "max"}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        clone(DescriptorOptimization(**parameters)).fit(np.ones((2, 2)))
