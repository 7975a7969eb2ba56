import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import additive_chi2_kernel, cosine_distances, euclidean_distances
from sklearn.neighbors import KNeighborsClassifier

from engineered.classifiers import knn
from engineered.classifiers.folds import assign_folds
from engineered.classifiers.knn import KNN
from engineered.classifiers.selection import average_precision

DISTANCES = {
    "euclidean": euclidean_distances,
    "cosine": cosine_distances,
    "chi2": lambda A, B: -additive_chi2_kernel(A, B),
}


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 150]


@pytest.mark.parametrize("weights", ["distance", "uniform"])
@pytest.mark.parametrize("metric", list(DISTANCES))
def test_shares_are_those_of_scikit_learn(monkeypatch, metric, weights):
    monkeypatch.setattr(knn, "CHUNK", 64)
    X, Y, X_test = digits(200)
    scores = KNN(k=7, metric=metric, weights=weights).fit(X, Y).decision_function(X_test)
    assert scores.dtype == np.float32
    D, D_test = (DISTANCES[metric](A, X).clip(0) for A in (X, X_test))
    peer = KNeighborsClassifier(7, weights=weights, metric="precomputed").fit(D, Y.argmax(axis=1))
    np.testing.assert_allclose(scores.clip(0, 1), peer.predict_proba(D_test), atol=2e-4)


def test_a_score_by_hand():
    rows = np.array([[1.0], [2], [4], [8]])
    Y = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 0, -1, 1], [0, 0, 1, 0]])
    score = KNN(k=2).fit(rows, Y).decision_function([[0.0]])[0]
    # Distances 1, 2, 4, 8: shares by 1/1 and 1/2; no positive before 8, with k-th at 2;
    # both positive, the nearest negative at 8.
    np.testing.assert_allclose(score, [2 / 3, 1 / 3, 2 / 8 - 1, 2 - 2 / 8], rtol=1e-6)
    # At distance 0, the second row alone counts.
    score = KNN(k=2).fit(rows, Y).decision_function([[2.0]])[0]
    np.testing.assert_allclose(score, [0, 1, 1 / 6 - 1, 2 - 1 / 6], rtol=1e-6)


def test_unjudged_rows_are_no_neighbours():
    X, Y, X_test = digits(200)
    masked = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.4, -1, Y)
    scores = KNN(k=5).fit(X, masked).decision_function(X_test)
    for concept in (2, 9):
        judged = masked[:, concept] >= 0
        alone = KNN(k=5).fit(X[judged], Y[judged][:, [concept]]).decision_function(X_test)
        np.testing.assert_allclose(scores[:, concept], alone[:, 0], rtol=1e-6)


@pytest.mark.parametrize("k", [1, 5, 50])
def test_rankings_have_hardly_a_tie(k):
    X, Y, X_test = digits(300)
    scores = KNN(k=k).fit(X, Y).decision_function(X_test)
    for concept in range(10):
        assert len(np.unique(scores[:, concept])) >= 0.95 * len(X_test)
    assert scores.min() >= -1
    assert scores.max() <= 2


def test_k_is_chosen_as_by_hand():
    X, Y, X_test = digits(150)
    ks = [40, 1, 5]
    model = KNN(k=ks, folds=2).fit(X, Y)
    fold = assign_folds(Y, None, 2)
    found = []
    for k in sorted(ks):
        parts = []
        for f in range(2):
            one = KNN(k=k).fit(X[fold != f], Y[fold != f]).decision_function(X[fold == f])
            parts.append(average_precision(one, Y[fold == f]))
        found.append(np.mean(parts))
    np.testing.assert_allclose(model.cv_results_["mean_average_precision"], found)
    assert model.k_ == sorted(ks)[int(np.argmax(found))]
    each = KNN(k=ks, folds=2, per_concept=True).fit(X, Y)
    scores = each.decision_function(X_test)
    for concept in range(10):
        one = KNN(k=int(each.k_[concept])).fit(X, Y).decision_function(X_test)
        np.testing.assert_array_equal(scores[:, concept], one[:, concept])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("metric", list(DISTANCES))
def test_equal_and_zero_rows_have_defined_scores(metric):
    rows = np.array([[0, 0], [0, 0], [1, 1], [1, 1], [0, 0]], np.float32)
    Y = np.array([[1, 1], [0, -1], [0, 0], [1, 0], [-1, 0]])
    scores = KNN(k=[1, 3, 99], metric=metric).fit(rows, Y).decision_function(rows)
    assert np.isfinite(scores).all()


def test_clone_and_pickle_and_rows_of_its_own():
    X, Y, X_test = digits(100)
    model = KNN(k=3).fit(X, Y)
    before = model.decision_function(X_test)
    X[:] = 0
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.decision_function(X_test), before)
    assert clone(model).k == 3
    assert model.decision_function(X_test[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    "parameters",
    [{"k": 0}, {"k": 1.5}, {"k": []}, {"k": "3"}, {"k": None}, {"metric": "l1"}, {"weights": "x"}],
)
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        KNN(**parameters).fit(X, Y)


def test_wrong_rows_are_refused():
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match="negative values"):
        KNN(metric="chi2").fit(X - 0.01, Y)
    with pytest.raises(ValueError, match="concept 0 has no negative"):
        KNN().fit(X, np.ones((50, 1)))
