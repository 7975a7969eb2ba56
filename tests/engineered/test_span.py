import numpy as np
import pytest
from sklearn.base import clone

from engineered.classifiers.kernel_ridge import KernelRidge
from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.knn import KNN
from engineered.classifiers.linear_svm import LinearSVM
from engineered.span import COLUMNS, ShortRows, project, span


def rows(n, d, seed=0):
    F = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return F / np.linalg.norm(F, axis=1, keepdims=True)


@pytest.mark.parametrize("d", [50, COLUMNS, COLUMNS + 7])
def test_inner_products_are_those_of_the_rows(d):
    F, G = rows(12, d), rows(5, d, seed=1)
    short = ShortRows(iter(F), len(F))
    np.testing.assert_allclose(short.gram(), F @ F.T, atol=1e-4)
    np.testing.assert_allclose(short.inner(G), G @ F.T, atol=1e-4)


def test_each_row_has_a_scale_of_its_own():
    # Together they would leave the range of 16 bits.
    F = rows(3, 20) * np.array([[1e-9], [1.0], [1e7]], np.float32)
    short = ShortRows(iter(F), 3)
    expected = F @ F.T
    np.testing.assert_allclose(short.gram(), expected, rtol=5e-3, atol=1e-3 * np.diag(expected)[0])


def test_training_rows_and_projections_keep_inner_products():
    F, G = rows(30, 200), rows(10, 200, seed=1)
    basis = span(F @ F.T)
    others = project(G @ F.T, (G**2).sum(axis=1), basis)
    np.testing.assert_allclose((others**2).sum(axis=1), (G**2).sum(axis=1), rtol=1e-4)
    np.testing.assert_allclose(basis @ basis.T, F @ F.T, atol=1e-5)
    np.testing.assert_allclose(others @ basis.T, G @ F.T, atol=1e-4)


def test_a_linear_svm_cannot_tell_rows_from_their_projections():
    F, G = rows(40, 500), rows(20, 500, seed=1)
    Y = (np.arange(40)[:, None] % 3 == np.arange(3)).astype(np.int8)
    basis = span(F @ F.T)
    long = LinearSVM(tol=1e-6).fit(F, Y).decision_function(G)
    short = (
        LinearSVM(tol=1e-6)
        .fit(basis, Y)
        .decision_function(project(G @ F.T, (G**2).sum(axis=1), basis))
    )
    np.testing.assert_allclose(short, long, atol=1e-3)


@pytest.mark.parametrize(
    "classifier",
    [
        KernelSVM(kernel="rbf"),
        KernelRidge(kernel="rbf"),
        KNN(3, metric="euclidean"),
        KNN(3, metric="cosine"),
    ],
)
def test_nor_can_what_looks_at_lengths_and_distances(classifier):
    # Test rows of very unequal lengths, mostly outside the span.
    F, G = rows(40, 500), rows(20, 500, seed=1) * np.linspace(0.5, 2, 20, dtype=np.float32)[:, None]
    Y = (np.arange(40)[:, None] % 3 == np.arange(3)).astype(np.int8)
    assert classifier.inner_products_only
    basis = span(F @ F.T)
    long = clone(classifier).fit(F, Y).decision_function(G)
    told = project(G @ F.T, (G**2).sum(axis=1), basis)
    short = clone(classifier).fit(basis, Y).decision_function(told)
    np.testing.assert_allclose(short, long, atol=2e-3)


def test_equal_training_rows_and_zero_rows_are_no_obstacle():
    F = rows(10, 50)
    F[3] = F[7]
    F[5] = 0
    basis = span(F @ F.T)
    assert np.isfinite(basis).all()
    again = project(F @ F.T, (F**2).sum(axis=1), basis)
    np.testing.assert_allclose(again @ basis.T, F @ F.T, atol=1e-2)
    assert np.isfinite(span(np.zeros((4, 4), np.float32))).all()
