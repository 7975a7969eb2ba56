import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from engineered.classifiers import linear
from engineered.classifiers.folds import assign_folds
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.rows import check_rows
from engineered.classifiers.selection import average_precision


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 200]


def reference(X, y, X_test, C=1.0, class_weight=None):
    svc = LinearSVC(C=C, class_weight=class_weight, tol=1e-7, max_iter=10**6, dual=True)
    return svc.fit(X, y).decision_function(X_test)


@pytest.fixture(params=["newton", "gram", "rows"])
def path(request, monkeypatch):
    """Force one of the three ways to the solution, for the same data."""
    if request.param != "newton":
        monkeypatch.setattr(linear, "NEWTON_DIMENSIONS", 0)
        monkeypatch.setattr(linear, "GRAM_SHARE", 10**6 if request.param == "gram" else 0)
    return request.param


@pytest.mark.parametrize("C", [0.1, 1.0])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_agrees_with_scikit_learn(path, C, class_weight):
    X, Y, X_test = digits(300)
    svm = LinearSVM(C=C, class_weight=class_weight, tol=3e-4, max_iter=20_000).fit(X, Y)
    scores = svm.decision_function(X_test)
    assert scores.dtype == np.float32
    for concept in (0, 8):
        expected = reference(X, Y[:, concept], X_test, C, class_weight)
        np.testing.assert_allclose(scores[:, concept], expected, atol=1e-3)


def test_unjudged_samples_do_not_count(path):
    X, Y, X_test = digits(300)
    random = np.random.default_rng(0)
    masked = np.where(random.uniform(size=Y.shape) < 0.4, -1, Y)
    svm = LinearSVM(tol=3e-4, max_iter=20_000).fit(X, masked)
    scores = svm.decision_function(X_test)
    for concept in (1, 7):
        judged = masked[:, concept] >= 0
        expected = reference(X[judged], Y[judged, concept], X_test)
        np.testing.assert_allclose(scores[:, concept], expected, atol=1e-3)


def test_costs_are_chosen_as_by_hand(path):
    X, Y, X_test = digits(150)
    costs = [10.0, 0.001, 1.0]
    svm = LinearSVM(C=costs, folds=2, max_iter=20_000).fit(X, Y)
    fold = assign_folds(Y, None, 2)
    found = []
    for C in sorted(costs):
        parts = []
        for f in range(2):
            one = LinearSVM(C=C, max_iter=20_000).fit(X[fold != f], Y[fold != f])
            scores = one.decision_function(X[fold == f])
            parts.append(average_precision(scores, Y[fold == f]))
        found.append(np.mean(parts))
    table = svm.cv_results_
    np.testing.assert_array_equal(table["C"], sorted(costs))
    np.testing.assert_allclose(table["mean_average_precision"], found, atol=5e-3)
    best = np.argmax(table["mean_average_precision"])
    assert table["C"][best] == svm.C_
    once = LinearSVM(C=svm.C_, max_iter=20_000).fit(X, Y)
    np.testing.assert_allclose(
        svm.decision_function(X_test), once.decision_function(X_test), atol=2e-3
    )


def test_a_cost_each_concept(path):
    X, Y, X_test = digits(200)
    costs = [0.01, 1.0, 10.0]
    svm = LinearSVM(C=costs, per_concept=True, tol=3e-4, max_iter=20_000).fit(X, Y)
    best = svm.cv_results_["average_precision"].argmax(axis=0)
    np.testing.assert_array_equal(svm.C_, np.array(costs)[best])
    scores = svm.decision_function(X_test)
    for concept in (0, 8):
        expected = reference(X, Y[:, concept], X_test, svm.C_[concept])
        np.testing.assert_allclose(scores[:, concept], expected, atol=3e-3)


def test_folds_keep_videos_together():
    # Each video is its own cluster: only held-out videos tell that nothing generalises.
    random = np.random.default_rng(0)
    video = np.repeat(np.arange(40), 5)
    X = random.normal(size=(40, 600))[video] + 0.01 * random.normal(size=(200, 600))
    Y = random.integers(2, size=(40, 1))[video]
    alone = LinearSVM(C=[1e-3, 1]).fit(X, Y).cv_results_["mean_average_precision"]
    together = LinearSVM(C=[1e-3, 1]).fit(X, Y, video).cv_results_["mean_average_precision"]
    assert alone.max() > 0.99
    assert together.max() < 0.8


def test_one_positive_each_takes_the_middle_cost(path):
    X, Y, X_test = digits(100)
    first = np.array([np.flatnonzero(Y[:, c])[0] for c in range(10)])
    svm = LinearSVM(C=[0.1, 1, 10]).fit(X[first], Y[first])
    assert svm.C_ == 1
    assert np.isnan(svm.cv_results_["mean_average_precision"]).all()
    same = LinearSVM(C=1).fit(X[first], Y[first]).decision_function(X_test)
    np.testing.assert_allclose(svm.decision_function(X_test), same, atol=1e-3)


def test_a_single_video_takes_the_middle_cost():
    X, Y, _ = digits(100)
    assert LinearSVM(C=[0.1, 1, 10]).fit(X, Y, groups=np.zeros(100)).C_ == 1


def test_many_dimensions_take_the_dual():
    random = np.random.default_rng(0)
    X = random.normal(size=(150, 2000)).astype(np.float32)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    Y = (X[:, :3] > 0).astype(np.int8)
    scores = LinearSVM(C=10).fit(X, Y).decision_function(X)
    for concept in range(3):
        np.testing.assert_allclose(
            scores[:, concept], reference(X, Y[:, concept], X, C=10), atol=2e-3
        )


def test_the_order_of_the_samples_does_not_matter(path):
    X, Y, X_test = digits(200)
    order = np.argsort(Y.argmax(axis=1), kind="stable")
    scores, by_class = (
        LinearSVM(tol=1e-4, max_iter=20_000).fit(X[o], Y[o]).decision_function(X_test)
        for o in (np.arange(200), order)
    )
    np.testing.assert_allclose(scores, by_class, atol=1e-3)


def test_two_fits_are_equal_and_the_data_unchanged(path):
    X, Y, X_test = digits(150)
    X_before, Y_before = X.copy(), Y.copy()
    first, second = (LinearSVM().fit(X, Y).decision_function(X_test) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(Y, Y_before)


@pytest.mark.filterwarnings("error")
def test_large_costs_and_few_dimensions_still_converge():
    X, Y, X_test = digits(500)
    scores = LinearSVM(C=1000).fit(X, Y).decision_function(X_test)
    assert np.isfinite(scores).all()


def test_giving_up_is_said(monkeypatch):
    monkeypatch.setattr(linear, "NEWTON_DIMENSIONS", 0)
    X, Y, _ = digits(200)
    with pytest.warns(ConvergenceWarning, match="10 concepts"):
        LinearSVM(max_iter=1, tol=1e-6).fit(X, Y)


def test_zero_rows_get_the_bias():
    X, Y, _ = digits(100)
    X[5] = 0
    svm = LinearSVM().fit(X, Y)
    np.testing.assert_allclose(svm.decision_function(X[5:6])[0], svm.intercept_)


def test_clone_and_pickle():
    X, Y, X_test = digits(100)
    svm = LinearSVM(C=3).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(svm))
    np.testing.assert_array_equal(loaded.decision_function(X_test), svm.decision_function(X_test))
    assert clone(svm).C == 3


@pytest.mark.parametrize(
    "parameters",
    [
        {"C": 0},
        {"C": np.inf},
        {"C": []},
        {"C": [1, -1]},
        {"C": "auto"},
        {"class_weight": "equal"},
        {"folds": 1, "C": [1, 2]},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        LinearSVM(**parameters).fit(X, Y)


def test_wrong_rows_are_refused():
    X, Y, X_test = digits(50)
    svm = LinearSVM().fit(X, Y)
    with pytest.raises(ValueError, match="fitted on 64 columns, got 60"):
        svm.decision_function(X_test[:, :60])
    X[3, 3] = np.nan
    with pytest.raises(ValueError, match="first is row 3"):
        LinearSVM().fit(X, Y)
    with pytest.raises(ValueError, match="concept 2 has no positive"):
        LinearSVM().fit(np.ones((3, 2)), np.array([[1, 0, 0], [0, 1, 0], [1, 1, -1]]))


def test_rows_whose_sum_overflows_are_finite_all_the_same():
    X = np.full((4, 3), 3e38, np.float32)
    np.testing.assert_array_equal(check_rows(X), X)
    X[2, 1] = np.inf
    X[3, 1] = -np.inf
    with pytest.raises(ValueError, match="2 rows hold NaN or infinite values, the first is row 2"):
        check_rows(X)
