import pickle

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.datasets import load_digits

from engineered.classifiers.kernel_ridge import KernelRidge
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.multi_learner import MultiLearner


def digits(n):
    X, y = load_digits(return_X_y=True)
    X = (X / X.sum(axis=1, keepdims=True)).astype(np.float32)
    return X[:n], (y[:n, None] == np.arange(10)).astype(np.int8), X[n : n + 100]


class Recorder(LinearSVM):
    """A learner that keeps what it was told."""

    def fit(self, F, Y, groups=None):
        self.told_, self.groups_ = Y, groups
        return super().fit(F, Y, groups)


@pytest.mark.parametrize(("ratio", "share"), [("half", 0.5), (1, None), (2.5, None)])
def test_learners_see_all_positives_and_a_part_of_the_negatives(ratio, share):
    X, Y, _ = digits(150)
    Y = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.2, -1, Y)
    model = MultiLearner(Recorder(), ratio=ratio, n_learners=4, random_state=0).fit(X, Y)
    told = model.learner_.told_
    np.testing.assert_array_equal(model.concept_of_, np.repeat(np.arange(10), 4))
    for concept in range(10):
        mine = told[:, model.concept_of_ == concept]
        y = Y[:, concept]
        assert (mine[y == 1] == 1).all()
        assert (mine[y == -1] == -1).all()
        seen = (mine[y == 0] == 0).sum(axis=0)
        expected = -(-(y == 0).sum() // 2) if share else round(ratio * (y == 1).sum())
        np.testing.assert_array_equal(seen, expected)
        times = (mine[y == 0] == 0).sum(axis=1)
        assert times.max() - times.min() <= 2


def test_scores_are_the_mean_of_the_learners():
    X, Y, X_test = digits(150)
    model = MultiLearner("linear-svm", ratio=1, n_learners=3, C=5, random_state=1).fit(X, Y)
    scores = model.decision_function(X_test)
    assert scores.dtype == np.float32
    recorded = MultiLearner(Recorder(C=5), ratio=1, n_learners=3, random_state=1).fit(X, Y)
    told = recorded.learner_.told_
    for concept in (0, 7):
        single = []
        for column in np.flatnonzero(model.concept_of_ == concept):
            seen = told[:, column] >= 0
            one = LinearSVM(C=5).fit(X[seen], told[seen][:, [column]])
            single.append(expit(one.decision_function(X_test)[:, 0]))
        np.testing.assert_allclose(scores[:, concept], np.mean(single, axis=0), atol=1e-3)


def test_one_learner_where_it_sees_all_negatives():
    X, Y, X_test = digits(100)
    model = MultiLearner(ratio=1000, C=3).fit(X, Y)
    assert len(model.concept_of_) == 10
    expected = expit(LinearSVM(C=3).fit(X, Y).decision_function(X_test))
    np.testing.assert_allclose(model.decision_function(X_test), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "parameters",
    [
        {"learner": "linear-svm"},
        {"learner": "kernel-svm", "C": [1.0, 10.0], "options": {"kernel": "rbf", "gamma": 2.0}},
        {"learner": "additive-svm", "options": {"order": 2}},
        {"learner": "logistic-regression", "ratio": 3},
        {"learner": KernelRidge("rbf")},
    ],
)
def test_every_learner_ranks_well(parameters):
    X, Y, X_test = digits(200)
    model = MultiLearner(n_learners=2, random_state=0, **parameters)
    model.warm_up()
    groups = np.arange(200) // 2
    scores = model.fit(X, Y, groups).decision_function(X_test)
    truth = load_digits().target[200:300]
    assert (scores.argmax(axis=1) == truth).mean() > 0.85
    assert model.inner_products_only == model.learner_.inner_products_only


def test_seeded_clone_and_pickle():
    X, Y, X_test = digits(100)
    first, second = (
        MultiLearner(n_learners=2, random_state=s).fit(X, Y).decision_function(X_test)
        for s in (0, 1)
    )
    model = clone(MultiLearner(n_learners=2, random_state=0)).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.decision_function(X_test), first)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    "parameters",
    [
        {"learner": "svm"},
        {"ratio": 0},
        {"ratio": "all"},
        {"n_learners": 0},
        {"options": {"kernel": "rbf"}},
        {"options": {"C": 1}},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    X, Y, _ = digits(50)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        MultiLearner(**parameters).fit(X, Y)
