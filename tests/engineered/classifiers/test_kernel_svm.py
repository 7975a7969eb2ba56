import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import chi2_kernel, euclidean_distances
from sklearn.svm import SVC, LinearSVC

from engineered.classifiers import kernel_svm
from engineered.classifiers.folds import assign_folds
from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.selection import average_precision


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 150]


def minima(A, B):
    return np.minimum(A[:, None], B[None]).sum(axis=2)


def reference(K, K_test, y, C, class_weight):
    """LinearSVC on rows whose products are the kernel: the same objective, another solver."""
    values, vectors = np.linalg.eigh(K.astype(np.float64))
    kept = values > 1e-6
    to_rows = vectors[:, kept] / np.sqrt(values[kept])
    svc = LinearSVC(C=C, class_weight=class_weight, tol=1e-6, max_iter=10**6)
    return svc.fit(K @ to_rows, y).decision_function(K_test @ to_rows)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_agrees_with_scikit_learn(monkeypatch, class_weight):
    monkeypatch.setattr(kernel_svm, "CHUNK", 64)
    X, Y, X_test = digits(150)
    cases = [
        ("chi2", 2.0, lambda A, B: chi2_kernel(A, B, gamma=2.0)),
        ("intersection", "mean-distance", minima),
        ("rbf", 5.0, lambda A, B: np.exp(-5 * euclidean_distances(A, B, squared=True))),
    ]
    for kernel, gamma, function in cases:
        svm = KernelSVM(kernel, C=3, gamma=gamma, class_weight=class_weight, tol=1e-4).fit(X, Y)
        scores = svm.decision_function(X_test)
        assert scores.dtype == np.float32
        for concept in (0, 3):
            y = Y[:, concept]
            expected = reference(function(X, X), function(X_test, X), y, 3, class_weight)
            np.testing.assert_allclose(scores[:, concept], expected, atol=2e-3)


def test_ranks_as_libsvm_does():
    X, Y, X_test = digits(300)
    scores = KernelSVM(gamma=2.0).fit(X, Y).decision_function(X_test)
    for concept in range(10):
        svc = SVC(C=10, kernel="precomputed").fit(chi2_kernel(X, X, gamma=2.0), Y[:, concept])
        other = svc.decision_function(chi2_kernel(X_test, X, gamma=2.0))
        assert np.corrcoef(scores[:, concept], other)[0, 1] > 0.99


def test_width_and_cost_are_those_of_a_search_by_hand():
    X, Y, _ = digits(150)
    costs, gammas = [0.1, 10.0], [0.01, 3.0]
    svm = KernelSVM(C=costs, gamma=gammas, folds=2).fit(X, Y)
    fold = assign_folds(Y, None, 2)
    found = []
    for gamma in gammas:
        for C in costs:
            scores = np.empty(Y.shape, np.float32)
            for f in range(2):
                one = KernelSVM(C=C, gamma=gamma).fit(X[fold != f], Y[fold != f])
                scores[fold == f] = one.decision_function(X[fold == f])
            parts = [average_precision(scores[fold == f], Y[fold == f]) for f in range(2)]
            found.append(np.mean(parts))
    table = svm.cv_results_
    np.testing.assert_allclose(table["mean_average_precision"], found, atol=5e-3)
    best = np.argmax(table["mean_average_precision"])
    assert (svm.gamma_, svm.C_) == (table["gamma"][best], table["C"][best])
    once = KernelSVM(C=svm.C_, gamma=svm.gamma_).fit(X, Y)
    np.testing.assert_allclose(svm.decision_function(X), once.decision_function(X), atol=5e-3)


def test_a_cost_each_concept():
    X, Y, _ = digits(150)
    costs = [0.01, 1.0, 100.0]
    svm = KernelSVM("intersection", C=costs, per_concept=True).fit(X, Y)
    best = svm.cv_results_["average_precision"].argmax(axis=0)
    np.testing.assert_array_equal(svm.C_, np.array(costs)[best])
    assert len(set(svm.C_)) > 1


def test_the_width_is_one_over_the_mean_distance():
    X, Y, _ = digits(60)
    differences = X[:, None] - X[None]
    sums = np.maximum(X[:, None] + X[None], 1e-12)
    distances = (differences**2 / sums).sum(axis=2)
    mean = distances[~np.eye(60, dtype=bool)].mean()
    assert KernelSVM().fit(X, Y).gamma_ == pytest.approx(1 / mean, rel=1e-4)
    halved = KernelSVM(gamma="0.5/mean-distance").fit(X, Y)
    assert halved.gamma_ == pytest.approx(0.5 / mean, rel=1e-4)


def test_unjudged_samples_do_not_count():
    X, Y, X_test = digits(200)
    masked = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.4, -1, Y)
    scores = KernelSVM(gamma=2.0).fit(X, masked).decision_function(X_test)
    for concept in (2, 9):
        judged = masked[:, concept] >= 0
        alone = KernelSVM(gamma=2.0).fit(X[judged], Y[judged][:, [concept]])
        np.testing.assert_allclose(
            scores[:, concept], alone.decision_function(X_test)[:, 0], atol=2e-3
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
    [
        {"kernel": "linear"},
        {"C": -1},
        {"gamma": 0},
        {"gamma": "auto"},
        {"gamma": []},
        {"gamma": [1, "-1/mean-distance"]},
        {"gamma": "x/mean-distance"},
        {"C": []},
        {"class_weight": "x"},
    ],
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
