"""Normalisation of scores."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fusion.normalization import NORMALIZATIONS, MinMax, Rank, ZScore, normalization

finite = st.floats(-1e6, 1e6, width=32)
SCALINGS = ("min-max", "z-score", "rank")


def annotations(n, c):
    """Half of the samples of each concept positive."""
    return (np.add.outer(np.arange(n), np.arange(c)) % 2).astype(np.int8)


@pytest.mark.parametrize(("ours", "theirs"), [(MinMax, MinMaxScaler), (ZScore, StandardScaler)])
def test_equals_scikit_learn_on_columns_that_vary(ours, theirs):
    rng = np.random.default_rng(0)
    fitted, other = rng.normal(5, 3, (50, 4)), rng.normal(5, 3, (20, 4))
    expected = theirs().fit(fitted).transform(other)
    np.testing.assert_allclose(ours().fit(fitted).transform(other), expected, rtol=1e-5)


def test_rank_is_the_middle_rank_on_what_it_was_fitted_on():
    values = np.array([3.0, 1.0, 1.0, 7.0, 3.0, 2.0])[:, None]
    expected = (rankdata(values[:, 0]) - 0.5) / 6
    np.testing.assert_allclose(Rank().fit_transform(values)[:, 0], expected, rtol=1e-6)


def test_rank_tells_apart_what_lies_beyond_validation():
    rank = Rank().fit(np.linspace(0, 1, 11)[:, None])
    out = rank.transform(np.array([-5.0, -1.0, 0.0, 0.55, 1.0, 2.0, 9.0])[:, None])[:, 0]
    assert (np.diff(out) > 0).all()
    assert out.min() > 0
    assert out.max() < 1
    assert out[3] == pytest.approx(6 / 11)


@pytest.mark.parametrize("name", NORMALIZATIONS)
@given(values=arrays(np.float32, (9, 2, 2), elements=finite), seed=st.integers(0, 99))
def test_order_is_kept_and_nothing_is_nan(name, values, seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 9, 6)
    out = NORMALIZATIONS[name]().fit(values[rows], annotations(6, 2)).transform(values)
    assert out.shape == values.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    order = np.argsort(values, axis=0)
    assert (np.diff(np.take_along_axis(out, order, axis=0), axis=0) >= 0).all()


@pytest.mark.parametrize("name", SCALINGS)
def test_constant_column_becomes_zero_and_leaves_others_alone(name):
    # 0.1 in single precision: its mean and its deviation are not exact.
    values = np.stack([np.full(30, 0.1), np.arange(30)], axis=1).astype(np.float32)
    normalization = NORMALIZATIONS[name]().fit(values)
    out = normalization.transform(values + np.float32(3))
    assert (out[:, 0] == 0).all()
    assert (np.diff(out[:, 1]) > 0).all()


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_column_that_hardly_varied_on_validation_stays_finite(name):
    fitted = NORMALIZATIONS[name]().fit(np.array([[0.0], [1e-38]]), annotations(2, 1))
    out = fitted.transform(np.array([[-1e6], [1e-39], [1e6]]))
    assert np.isfinite(out).all()
    assert (np.diff(out[:, 0]) > 0).all()


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_scale_of_a_system_does_not_matter(name):
    values = np.random.default_rng(0).normal(size=(40, 3))
    Y = annotations(40, 3)
    out = NORMALIZATIONS[name]().fit_transform(values, Y)
    moved = NORMALIZATIONS[name]().fit_transform(values * 250 - 17, Y)
    np.testing.assert_allclose(moved, out, atol=1e-5)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_clone_pickle_and_faults(name):
    values = np.random.default_rng(0).normal(size=(10, 2))
    fitted = NORMALIZATIONS[name]().fit(values, annotations(10, 2))
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(values), fitted.transform(values))
    assert not hasattr(clone(fitted), "scale_")
    values[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"\(3, 1\).*not finite"):
        fitted.transform(values)
    with pytest.raises(ValueError, match="with samples"):
        clone(fitted).fit(np.empty((0, 2)), annotations(0, 2))
    with pytest.raises(ValueError, match="normalization must be one of"):
        normalization("zscore")
