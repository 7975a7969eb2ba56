import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from engineered.optimization import DescriptorOptimization, power_law

ROWS = arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(-(2.0**66), 2.0**66, width=32, allow_subnormal=False),
)


def rows_of(n, d, seed=0):
    """Rows with a mean and with unequal variances."""
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(d, d)) * np.geomspace(1, 0.05, d)[:, None]
    return (random.normal(size=(n, d)) @ mixing + random.normal(size=d)).astype(np.float32)


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


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 12),
    # Rows of one column and unit length are all equal, or nearly so.
    st.integers(2, 12),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([0.5, 1.0]),
    st.integers(0, 10**6),
)
def test_rows_after_pca_have_unit_length(n, d, pca, whiten, post_power, seed):
    F = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    optimization = DescriptorOptimization(
        1.0, norm="l2", pca=pca, whiten=whiten, post_power=post_power
    )
    rows = optimization.fit_transform(F)
    assert rows.shape == (n, optimization.pca_)
    assert optimization.pca_ <= min(pca, d, n - 1)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_the_rows_given_are_not_changed():
    F = np.array([[1.0, 4.0], [2.0, 0.0], [3.0, 1.0]], np.float32)
    before = F.copy()
    for power in (0.5, 1.0, 2.0):
        for pca in (None, 1):
            for norm in ("l2", "none"):
                DescriptorOptimization(power, norm, pca).fit_transform(F)
                np.testing.assert_array_equal(F, before)


@pytest.mark.parametrize("shape", [(60, 12), (12, 60), (30, 30)])
def test_pca_equals_scikit_learn(shape):
    F, new = rows_of(*shape), rows_of(5, shape[1], seed=1)
    optimization = DescriptorOptimization(1.0, "none", pca=7).fit(F)
    expected = PCA(7, svd_solver="full").fit(F)
    np.testing.assert_allclose(
        optimization.components_.variances, expected.explained_variance_, rtol=1e-4
    )
    # Signs are a convention on both sides.
    for given_rows in (F, new):
        ours, theirs = optimization.transform(given_rows), expected.transform(given_rows)
        signs = np.sign((ours * theirs).sum(axis=0))
        np.testing.assert_allclose(ours * signs, theirs, atol=1e-3)


def test_pca_follows_the_power_law_and_the_norm():
    F = rows_of(40, 9)
    powered = normalize(np.sign(F) * np.abs(F) ** 0.3)
    expected = PCA(4, svd_solver="full").fit_transform(powered)
    found = DescriptorOptimization(0.3, "l2", pca=4).fit_transform(F)
    signs = np.sign((expected * found).sum(axis=0))
    np.testing.assert_allclose(found * signs, normalize(expected), atol=1e-4)


@pytest.mark.parametrize("shape", [(200, 10), (20, 50)])
def test_whitened_rows_have_the_identity_as_covariance(shape):
    F = rows_of(*shape)
    optimization = DescriptorOptimization(1.0, "none", pca=8, whiten=True, regularization=0)
    np.testing.assert_allclose(np.cov(optimization.fit_transform(F).T), np.eye(8), atol=1e-3)


def test_whitening_half_the_way_and_regularised():
    F = rows_of(200, 6)
    variances = DescriptorOptimization(1.0, "none", pca=6).fit(F).components_.variances
    for whiten, share in ((0.5, 0.0), (0.5, 0.1), (1.0, 0.1)):
        rows = DescriptorOptimization(
            1.0, "none", pca=6, whiten=whiten, regularization=share
        ).fit_transform(F)
        expected = variances / (variances + share * variances.mean()) ** whiten
        np.testing.assert_allclose(np.diag(np.cov(rows.T)), expected, rtol=1e-3)


def test_the_second_power_law_comes_last():
    F = rows_of(50, 6)
    plain = DescriptorOptimization(1.0, "none", pca=3, whiten=True).fit_transform(F)
    rows = DescriptorOptimization(1.0, "none", pca=3, whiten=True, post_power=0.5).fit_transform(F)
    np.testing.assert_allclose(rows, np.sign(plain) * np.sqrt(np.abs(plain)), rtol=1e-5)


@pytest.mark.parametrize("n", [8, 60])
def test_components_stop_where_the_rows_do(n):
    random = np.random.default_rng(0)
    # Small whole numbers: float32 holds these rows of rank 4 exactly.
    F = random.integers(-3, 4, (n, 4)) @ random.integers(-3, 4, (4, 20))
    optimization = DescriptorOptimization(1.0, "none", pca=15, whiten=True, regularization=0)
    rows = optimization.fit_transform(F)
    assert optimization.pca_ == 4
    np.testing.assert_allclose(np.cov(rows.T), np.eye(4), atol=1e-3)
    assert DescriptorOptimization(pca=100).fit(rows_of(6, 20)).pca_ == 5


@pytest.mark.parametrize("shape", [(5, 20), (20, 5), (1, 5)])
def test_equal_rows_have_no_component(shape):
    F = np.tile(rows_of(2, shape[1])[:1], (shape[0], 1))
    with pytest.raises(ValueError, match="all equal"):
        DescriptorOptimization(pca=2).fit(F)


def test_any_row_is_transformed_without_warning():
    optimization = DescriptorOptimization(pca=3, whiten=True, post_power=0.5).fit(rows_of(30, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = optimization.transform(np.zeros((2, 8), np.float32))
        assert optimization.transform(np.empty((0, 8), np.float32)).shape == (0, 3)
    assert np.isfinite(rows).all()


@pytest.mark.parametrize("n", [30, 50])
def test_pieces_do_not_show(n, monkeypatch):
    F = rows_of(n, 40)
    expected = DescriptorOptimization(pca=6).fit_transform(F)
    monkeypatch.setattr(power_law, "PIECE", 7 * 40)
    monkeypatch.setattr(power_law, "COLUMNS", 9)
    np.testing.assert_allclose(DescriptorOptimization(pca=6).fit_transform(F), expected, atol=1e-5)


def test_two_fits_clones_and_pickles_agree():
    F = rows_of(40, 60)
    optimization = DescriptorOptimization(pca=5, whiten=0.5).fit(F)
    expected = optimization.transform(F)
    for other in (clone(optimization).fit(F), pickle.loads(pickle.dumps(optimization))):
        np.testing.assert_array_equal(other.transform(F), expected)
    assert list(optimization.get_feature_names_out()) == [
        f"descriptoroptimization{i}" for i in range(5)
    ]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, True),
        ({"power": [0.3]}, True),
        ({"pca": "none"}, True),
        ({"power": [0.5, 0.5]}, True),
        ({"power": [0.3, 0.5]}, False),
        ({"pca": 4}, False),
        ({"pca": [None, 4]}, False),
        ({"pca": 4, "post_power": [0.5, 1.0]}, False),
    ],
)
def test_per_row_says_whether_rows_are_independent(parameters, expected):
    optimization = DescriptorOptimization(**parameters)
    assert optimization.per_row is expected
    if expected:
        F = rows_of(10, 4)
        together = optimization.fit_transform(F)
        apart = np.concatenate([clone(optimization).fit_transform(row[None]) for row in F])
        np.testing.assert_array_equal(together, apart)


@pytest.mark.parametrize(
    "parameters",
    [
        {"power": 0},
        {"power": np.nan},
        {"power": []},
        {"power": [0.5, -1.0]},
        {"norm": "max"},
        {"pca": 0},
        {"pca": 2.5},
        {"pca": "half"},
        {"pca": True},
        {"whiten": 1.5, "pca": 2},
        {"whiten": True},
        {"post_power": 0.5},
        {"post_power": 0.0, "pca": 2},
        {"regularization": -1.0, "pca": 2},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        clone(DescriptorOptimization(**parameters)).fit(np.eye(3))


def test_wrong_rows_are_refused():
    optimization = DescriptorOptimization(pca=2).fit(rows_of(10, 4))
    with pytest.raises(ValueError, match="fitted on rows of 4 columns"):
        optimization.transform(rows_of(3, 5))
    with pytest.raises(ValueError, match="NaN"):
        DescriptorOptimization(pca=2).fit(np.full((4, 3), np.nan))
    with pytest.raises(ValueError, match="needs annotations"):
        DescriptorOptimization([0.3, 0.5]).fit(rows_of(10, 4))
