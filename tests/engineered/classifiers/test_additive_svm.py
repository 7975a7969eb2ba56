import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.kernel_approximation import AdditiveChi2Sampler
from sklearn.svm import LinearSVC

from engineered.classifiers import additive_svm, linear
from engineered.classifiers.additive_map import (
    KERNELS,
    additive_map,
    best_period,
    signature,
    spectrum,
)
from engineered.classifiers.additive_svm import AdditiveSVM
from engineered.classifiers.kernel_svm import KernelSVM


def histograms(n, d, seed):
    random = np.random.default_rng(seed)
    rows = random.exponential(size=(n, d)) * (random.uniform(size=(n, d)) < 0.7)
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def exact(kernel, A, B):
    x, y = A[:, None].astype(float), B[None].astype(float)
    if kernel == "intersection":
        return np.minimum(x, y).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kernel == "chi2":
            return np.nan_to_num(2 * x * y / (x + y)).sum(axis=2)
        terms = [x / 2 * np.log2((x + y) / x), y / 2 * np.log2((x + y) / y)]
        # An empty bin adds nothing: log2(y / y) = 0 is all that is left of it.
        return sum(np.nan_to_num(term) for term in terms).sum(axis=2)


@pytest.mark.parametrize("kernel", KERNELS)
def test_products_approach_the_exact_kernel(kernel):
    A, B = histograms(20, 60, 0), histograms(15, 60, 1)
    expected = exact(kernel, A, B)
    errors = []
    for order in (1, 3, 9):
        period = best_period(kernel, order)
        a, b = (additive_map(F, kernel, order, period) for F in (A, B))
        assert a.shape == (20, (2 * order + 1) * 60)
        errors.append(np.abs(a @ b.T - expected).mean() / expected.mean())
    assert errors[0] < 0.08
    assert errors[2] < errors[1] < errors[0]
    assert errors[2] < 0.02


@pytest.mark.parametrize("order", [1, 2])
def test_the_chi2_map_is_scikit_learns(order):
    F = histograms(10, 30, 0)
    period = 0.6
    peer = AdditiveChi2Sampler(sample_steps=order + 1, sample_interval=period).fit_transform(F)
    np.testing.assert_allclose(additive_map(F, "chi2", order, period), peer, atol=2e-5)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_spectrum_is_the_transform_of_the_signature(kernel):
    frequency = np.linspace(-200, 200, 200_001)
    density = spectrum(kernel, frequency)
    step = frequency[1] - frequency[0]
    for w in (0.0, 0.5, 3.0):
        value = (density * np.cos(frequency * w)).sum() * step
        assert value == pytest.approx(signature(kernel, np.array(w)), abs=3e-3)


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 100]


@pytest.mark.parametrize("path", ["newton", "gram", "rows"])
def test_it_is_a_linear_svm_on_the_map(monkeypatch, path):
    monkeypatch.setattr(additive_svm, "COLUMNS", 20)
    if path != "newton":
        monkeypatch.setattr(linear, "NEWTON_DIMENSIONS", 0)
        monkeypatch.setattr(linear, "GRAM_SHARE", 10**6 if path == "gram" else 0)
    X, Y, X_test = digits(250)
    svm = AdditiveSVM(C=3, max_iter=20_000).fit(X, Y)
    scores = svm.decision_function(X_test)
    train, test = (additive_map(F, "chi2", 1, svm.period_) for F in (X, X_test))
    for concept in (0, 8):
        svc = LinearSVC(C=3, tol=1e-6, max_iter=10**5).fit(train, Y[:, concept])
        expected = svc.decision_function(test)
        np.testing.assert_allclose(scores[:, concept], expected, atol=3e-3)


def test_it_is_near_the_exact_kernel_svm():
    X, Y, X_test = digits(200)
    scores = AdditiveSVM("intersection", order=5).fit(X, Y).decision_function(X_test)
    expected = KernelSVM("intersection").fit(X, Y).decision_function(X_test)
    assert scores.dtype == np.float32
    for concept in range(10):
        assert np.corrcoef(scores[:, concept], expected[:, concept])[0, 1] > 0.98


def test_clone_and_pickle_and_choice():
    X, Y, X_test = digits(100)
    svm = AdditiveSVM("jensen-shannon", C=[1, 100]).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(svm))
    np.testing.assert_array_equal(loaded.decision_function(X_test), svm.decision_function(X_test))
    assert clone(svm).get_params() == svm.get_params()
    assert svm.C_ in (1, 100)
    svm.warm_up()


@pytest.mark.filterwarnings("error")
def test_empty_rows_get_the_bias():
    X, Y, _ = digits(60)
    svm = AdditiveSVM(order=0).fit(X, Y)
    np.testing.assert_allclose(svm.decision_function(np.zeros((1, 64)))[0], svm.intercept_)


@pytest.mark.parametrize("parameters", [{"kernel": "rbf"}, {"order": -1}, {"order": 1.5}, {"C": 0}])
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        AdditiveSVM(**parameters).fit(X, Y)
    with pytest.raises(ValueError, match="negative values"):
        AdditiveSVM().fit(X - 1, Y)
