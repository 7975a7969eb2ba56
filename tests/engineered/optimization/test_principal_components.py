import numpy as np
import pytest
from sklearn.decomposition import PCA

from engineered.optimization import principal_components as module
from engineered.optimization.power_law import PoweredRows
from engineered.optimization.principal_components import principal_components


def rows_of(n, d):
    random = np.random.default_rng(0)
    spread = np.geomspace(1, 1e-2, min(n, d))
    left, right = random.normal(size=(n, len(spread))), random.normal(size=(len(spread), d))
    return ((left * spread) @ right + 3).astype(np.float32)


@pytest.mark.parametrize("shape", [(80, 30), (30, 80)])
def test_directions_are_orthonormal_and_their_signs_fixed(shape):
    found = principal_components(PoweredRows(rows_of(*shape)), 20)
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(20), atol=1e-5)
    largest = np.abs(found.directions).argmax(axis=1)
    assert (found.directions[np.arange(20), largest] > 0).all()
    assert (np.diff(found.variances) < 0).all()


@pytest.mark.parametrize("shape", [(80, 30), (30, 80)])
def test_both_sides_and_the_order_of_rows_agree(shape):
    F = rows_of(*shape)
    whole = principal_components(PoweredRows(F), 5)
    mixed = principal_components(PoweredRows(F[::-1].copy()), 5)
    np.testing.assert_allclose(whole.directions, mixed.directions, atol=1e-4)
    # The other side of the same problem.
    other = module._from_covariance if shape[0] < shape[1] else module._from_gram
    _, directions, scatter = other(PoweredRows(F), 5)
    np.testing.assert_allclose(np.abs((directions * whole.directions).sum(axis=1)), 1, rtol=1e-5)
    np.testing.assert_allclose(scatter / (len(F) - 1), whole.variances, rtol=1e-6)


@pytest.mark.parametrize("shape", [(200, 120), (120, 200)])
def test_the_randomised_solver_finds_the_same_components(shape, monkeypatch):
    F = rows_of(*shape)
    expected = PCA(6, svd_solver="full").fit(F)
    monkeypatch.setattr(module, "EXACT_SIDE", 50)
    found = principal_components(PoweredRows(F), 6)
    np.testing.assert_allclose(found.variances, expected.explained_variance_, rtol=1e-4)
    overlap = np.abs((found.directions * expected.components_).sum(axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-3)
    again = principal_components(PoweredRows(F), 6)
    np.testing.assert_array_equal(again.directions, found.directions)


def test_the_randomised_solver_sees_that_rows_are_equal(monkeypatch):
    monkeypatch.setattr(module, "EXACT_SIDE", 50)
    F = np.tile(np.linspace(0.1, 3, 90, dtype=np.float32), (80, 1))
    with pytest.raises(ValueError, match="all equal"):
        principal_components(PoweredRows(F), 4)


def test_a_far_mean_does_not_hide_the_components():
    random = np.random.default_rng(0)
    F = np.float32([10_000, -10_000, 0]) + random.integers(-4, 5, (40, 3), dtype=np.int16)
    found = principal_components(PoweredRows(F), 3)
    np.testing.assert_allclose(
        found.variances, np.sort(np.linalg.eigvalsh(np.cov(F.T)))[::-1], rtol=1e-6
    )
