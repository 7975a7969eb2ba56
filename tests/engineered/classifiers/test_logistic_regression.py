import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression as Peer

from engineered.classifiers import linear
from engineered.classifiers.logistic_regression import LogisticRegression


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 100]


def reference(X, y, X_test, C, class_weight=None):
    peer = Peer(C=C, solver="liblinear", class_weight=class_weight, tol=1e-8, max_iter=10**5)
    return peer.fit(X, y).decision_function(X_test)


@pytest.fixture(params=["newton", "gram", "rows"])
def path(request, monkeypatch):
    """Force one of the three ways to the solution, for the same data."""
    if request.param != "newton":
        monkeypatch.setattr(linear, "NEWTON_DIMENSIONS", 0)
        monkeypatch.setattr(linear, "GRAM_SHARE", 10**6 if request.param == "gram" else 0)
    return request.param


@pytest.mark.parametrize("C", [0.1, 30.0])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_agrees_with_scikit_learn(path, C, class_weight):
    X, Y, X_test = digits(200)
    scores = LogisticRegression(C, class_weight, tol=1e-5).fit(X, Y).decision_function(X_test)
    assert scores.dtype == np.float32
    for concept in (0, 8):
        expected = reference(X, Y[:, concept], X_test, C, class_weight)
        np.testing.assert_allclose(scores[:, concept], expected, atol=3e-3)


def test_unjudged_samples_do_not_count(path):
    X, Y, X_test = digits(200)
    masked = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.4, -1, Y)
    scores = LogisticRegression(tol=1e-5).fit(X, masked).decision_function(X_test)
    for concept in (1, 7):
        judged = masked[:, concept] >= 0
        expected = reference(X[judged], Y[judged, concept], X_test, 10)
        np.testing.assert_allclose(scores[:, concept], expected, atol=3e-3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("C", [1e-6, 1e4])
def test_extreme_costs_are_finite(path, C):
    X, Y, X_test = digits(60)
    scores = LogisticRegression(C, tol=1e-2).fit(X, Y).decision_function(X_test)
    assert np.isfinite(scores).all()


def test_costs_are_chosen(path):
    X, Y, X_test = digits(150)
    model = LogisticRegression(C=[1e-3, 1.0, 100.0], folds=2).fit(X, Y)
    found = model.cv_results_["mean_average_precision"]
    assert model.cv_results_["C"][np.argmax(found)] == model.C_
    once = LogisticRegression(model.C_, tol=1e-5).fit(X, Y).decision_function(X_test)
    np.testing.assert_allclose(model.decision_function(X_test), once, atol=2e-2)


def test_clone_and_pickle():
    X, Y, X_test = digits(100)
    model = LogisticRegression(C=3).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.decision_function(X_test), model.decision_function(X_test))
    assert clone(model).C == 3


def test_wrong_parameters_are_refused():
    X, Y, _ = digits(50)
    for parameters in ({"C": 0}, {"class_weight": "equal"}):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            LogisticRegression(**parameters).fit(X, Y)
