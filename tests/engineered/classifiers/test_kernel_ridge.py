import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import chi2_kernel, rbf_kernel

from engineered.classifiers.kernel_ridge import KernelRidge
from engineered.classifiers.ridge_solution import RidgeSolution


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 100]


def test_the_linear_kernel_is_ridge_regression():
    X, Y, X_test = digits(200)
    scores = KernelRidge(ridge=0.2).fit(X, Y).decision_function(X_test)
    assert scores.dtype == np.float32
    alpha = 0.2 * np.mean(np.sum(X**2, axis=1))
    expected = Ridge(alpha=alpha).fit(X, Y).predict(X_test)
    np.testing.assert_allclose(scores, expected, atol=1e-4)


@pytest.mark.parametrize("kernel", ["chi2", "rbf"])
def test_kernels_fulfil_the_normal_equations(kernel):
    X, Y, X_test = digits(80)
    model = KernelRidge(kernel, ridge=0.01, gamma=3.0).fit(X, Y)
    function = chi2_kernel if kernel == "chi2" else rbf_kernel
    K = function(X.astype(float), gamma=3.0)
    residuals = Y - (K @ model.dual_coef_ + model.intercept_)
    np.testing.assert_allclose(residuals, 0.01 * model.dual_coef_, atol=1e-4)
    np.testing.assert_allclose(model.dual_coef_.sum(axis=0), 0, atol=1e-3)
    expected = function(X_test, X, gamma=3.0) @ model.dual_coef_ + model.intercept_
    np.testing.assert_allclose(model.decision_function(X_test), expected, atol=1e-4)


@pytest.mark.parametrize("size", [None, 1, 3])
def test_left_out_is_what_training_without_gives(size):
    random = np.random.default_rng(0)
    rows = random.normal(size=(30, 8))
    targets = random.normal(size=(30, 2))
    groups = None if size is None else random.permutation(np.arange(30) // size)
    found = RidgeSolution(rows @ rows.T, 0.5, targets).left_out(groups)
    for unit in range(30) if groups is None else set(groups):
        out = np.arange(30) == unit if groups is None else groups == unit
        peer = Ridge(alpha=0.5).fit(rows[~out], targets[~out])
        np.testing.assert_allclose(found[out], peer.predict(rows[out]), atol=1e-8)


def test_unjudged_samples_do_not_count():
    X, Y, X_test = digits(120)
    masked = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.3, -1, Y)
    scores = KernelRidge("rbf", gamma=5.0).fit(X, masked).decision_function(X_test)
    for concept in (2, 9):
        judged = masked[:, concept] >= 0
        alone = KernelRidge("rbf", gamma=5.0).fit(X[judged], Y[judged][:, [concept]])
        expected = alone.decision_function(X_test)[:, 0]
        np.testing.assert_allclose(scores[:, concept], expected, atol=1e-5)


def test_the_ridge_is_chosen_on_what_was_left_out():
    X, Y, X_test = digits(150)
    ridges = [100.0, 1e-6, 0.01]
    model = KernelRidge("rbf", ridge=ridges).fit(X, Y)
    found = model.cv_results_["mean_average_precision"]
    assert model.cv_results_["ridge"][np.argmax(found)] == model.ridge_
    once = KernelRidge("rbf", ridge=model.ridge_).fit(X, Y).decision_function(X_test)
    np.testing.assert_array_equal(model.decision_function(X_test), once)
    each = KernelRidge("rbf", ridge=ridges, per_concept=True).fit(X, Y)
    scores = each.decision_function(X_test)
    for concept in range(10):
        once = KernelRidge("rbf", ridge=each.ridge_[concept]).fit(X, Y).decision_function(X_test)
        np.testing.assert_allclose(scores[:, concept], once[:, concept], atol=1e-6)


def test_videos_are_left_out_together():
    random = np.random.default_rng(0)
    video = np.repeat(np.arange(40), 5)
    X = random.normal(size=(40, 600))[video] + 0.01 * random.normal(size=(200, 600))
    Y = random.integers(2, size=(40, 1))[video]
    alone = KernelRidge(ridge=[1e-3, 1]).fit(X, Y).cv_results_["mean_average_precision"]
    together = KernelRidge(ridge=[1e-3, 1]).fit(X, Y, video).cv_results_["mean_average_precision"]
    assert alone.max() > 0.99
    assert together.max() < 0.8


@pytest.mark.filterwarnings("error")
def test_one_positive_and_rows_of_zeros():
    Y = np.array([[1], [0], [0]])
    model = KernelRidge(ridge=[0.1, 1, 10]).fit(np.zeros((3, 4)), Y)
    assert model.ridge_ == 1
    np.testing.assert_allclose(model.decision_function(np.zeros((2, 4))), 1 / 3, rtol=1e-6)


def test_clone_and_pickle():
    X, Y, X_test = digits(100)
    model = KernelRidge("chi2").fit(X, Y)
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.decision_function(X_test), model.decision_function(X_test))
    assert clone(model).kernel == "chi2"
    model.warm_up()


@pytest.mark.parametrize("parameters", [{"kernel": "x"}, {"ridge": 0}, {"gamma": [1, 2]}])
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        KernelRidge(**parameters).fit(X, Y)
    with pytest.raises(ValueError, match="groups"):
        KernelRidge().fit(X, Y, groups=np.zeros(3))
