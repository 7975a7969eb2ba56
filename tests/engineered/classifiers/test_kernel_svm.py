import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import chi2_kernel, euclidean_distances
from sklearn.svm import SVC

from engineered.classifiers import kernel_svm
from engineered.classifiers.kernel_svm import KernelSVM


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 150]


def minima(A, B):
    return np.minimum(A[:, None], B[None]).sum(axis=2)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_agrees_with_scikit_learn(monkeypatch, class_weight):
    monkeypatch.setattr(kernel_svm, "CHUNK", 64)
    X, Y, X_test = digits(200)
    cases = [
        ("chi2", 2.0, lambda A, B: chi2_kernel(A, B, gamma=2.0)),
        ("intersection", "mean-distance", minima),
        ("rbf", 5.0, lambda A, B: np.exp(-5 * euclidean_distances(A, B, squared=True))),
    ]
    for kernel, gamma, function in cases:
        svm = KernelSVM(kernel, C=3, gamma=gamma, class_weight=class_weight).fit(X, Y)
        scores = svm.decision_function(X_test)
        assert scores.dtype == np.float32
        for concept in (0, 3):
            svc = SVC(C=3, kernel="precomputed", class_weight=class_weight)
            svc.fit(function(X, X), Y[:, concept])
            expected = svc.decision_function(function(X_test, X))
            np.testing.assert_allclose(scores[:, concept], expected, atol=5e-3)


def test_the_width_is_one_over_the_mean_distance():
    X, Y, _ = digits(60)
    differences = X[:, None] - X[None]
    sums = np.maximum(X[:, None] + X[None], 1e-12)
    distances = (differences**2 / sums).sum(axis=2)
    mean = distances[~np.eye(60, dtype=bool)].mean()
    assert KernelSVM().fit(X, Y).gamma_ == pytest.approx(1 / mean, rel=1e-4)


def test_unjudged_samples_do_not_count():
    X, Y, X_test = digits(200)
    masked = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.4, -1, Y)
    scores = KernelSVM(gamma=2.0).fit(X, masked).decision_function(X_test)
    for concept in (2, 9):
        judged = masked[:, concept] >= 0
        alone = KernelSVM(gamma=2.0).fit(X[judged], Y[judged][:, [concept]])
        np.testing.assert_allclose(
            scores[:, concept], alone.decision_function(X_test)[:, 0], atol=1e-5
        )


def test_clone_and_pickle():
    X, Y, X_test = digits(100)
    svm = KernelSVM(C=2).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(svm))
    np.testing.assert_array_equal(loaded.decision_function(X_test), svm.decision_function(X_test))
    assert clone(svm).C == 2
    assert svm.decision_function(X_test[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    "parameters",
    [{"kernel": "linear"}, {"C": -1}, {"gamma": 0}, {"gamma": "auto"}, {"class_weight": "x"}],
)
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        KernelSVM(**parameters).fit(X, Y)


def test_wrong_rows_are_refused():
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match="negative values"):
        KernelSVM().fit(X - 0.01, Y)
    with pytest.raises(ValueError, match="all training rows are equal"):
        KernelSVM().fit(np.ones((50, 3)), Y)
    with pytest.raises(ValueError, match="concept 0 has no negative"):
        KernelSVM().fit(X, np.ones((50, 1)))
