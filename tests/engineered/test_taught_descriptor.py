"""A descriptor that learns from annotations sees those of the training samples alone."""

import numpy as np
import skimage.data
from sklearn.base import BaseEstimator

from engineered.classifiers.linear_svm import LinearSVM
from engineered.pipeline import EngineeredDetector
from engineered.stages import Stages


class ClassMeans(BaseEstimator):
    """Distances to the mean colours of each concept's positives."""

    def __init__(self, stages=None):
        self.stages = stages

    def fit(self, X, Y):
        self.seen_ = list(X)
        means = np.array([image.mean(axis=(0, 1)) for image in X], np.float32)
        self.centres_ = np.array([means[column == 1].mean(axis=0) for column in Y.T])
        return self

    def transform(self, X):
        means = np.array([image.mean(axis=(0, 1)) for image in X], np.float32)
        return np.linalg.norm(means[:, None] - self.centres_, axis=2).astype(np.float32)


class Pictures(list):
    def __getitem__(self, index):
        if isinstance(index, np.ndarray):
            return Pictures(list.__getitem__(self, int(i)) for i in index)
        return list.__getitem__(self, index)


def crops(seed, count=24):
    random = np.random.default_rng(seed)
    images, Y = Pictures(), []
    for i in range(count):
        source = (skimage.data.astronaut, skimage.data.coffee)[i % 2]()
        y, x = random.integers(0, 300, 2)
        images.append(source[y : y + 32, x : x + 32])
        Y.append([i % 2 == 0, i % 2 == 1])
    return images, np.array(Y, np.int8)


X, Y = crops(0)
TEST, _ = crops(1)


class Recording(Stages):
    def __init__(self):
        self.calls = []

    def rows(self, stage, components, X, compute, fitted_on=None):
        self.calls.append((components, fitted_on))
        return compute(X)


def test_it_is_fitted_on_the_training_images_and_told_the_stages():
    stages = Recording()
    detector = EngineeredDetector(ClassMeans(), LinearSVM(), stages=stages).fit(X, Y)
    assert len(detector.descriptor_.seen_) == len(X)
    assert detector.descriptor_.stages is stages
    assert not hasattr(detector.descriptor, "centres_")
    detector.decision_function(TEST)
    assert len(detector.descriptor_.seen_) == len(X)


def test_the_key_of_its_rows_holds_images_and_annotations():
    stages = Recording()
    detector = EngineeredDetector(ClassMeans(), LinearSVM(), stages=stages).fit(X, Y)
    detector.decision_function(TEST)
    for components, fitted_on in stages.calls:
        assert fitted_on is X
        assert any(part is Y or np.array_equal(part, Y) for part in components[1:])


def test_held_out_scores_know_nothing_of_held_out_annotations():
    detector = EngineeredDetector(ClassMeans(), LinearSVM()).fit(X, Y)
    half = np.arange(len(X)) < 12
    folds = [(np.flatnonzero(half), np.flatnonzero(~half))]
    scores = detector.held_out_scores(X, Y, folds)
    expected = EngineeredDetector(ClassMeans(), LinearSVM())
    expected.fit(X[folds[0][0]], Y[folds[0][0]])
    np.testing.assert_array_equal(scores[folds[0][1]], expected.decision_function(X[folds[0][1]]))
    assert (scores[folds[0][0]] == 0).all()
    changed = Y.copy()
    changed[folds[0][1]] = 1 - changed[folds[0][1]]
    np.testing.assert_array_equal(scores, detector.held_out_scores(X, changed, folds))


def test_its_rows_serve_the_classifier():
    scores = EngineeredDetector(ClassMeans(), LinearSVM()).fit(X, Y).decision_function(TEST)
    assert np.isfinite(scores).all()
    truth = np.arange(len(TEST)) % 2
    assert (scores.argmax(axis=1) == truth).mean() > 0.7
