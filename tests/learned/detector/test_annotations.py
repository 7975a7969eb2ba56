"""Concepts and annotations: single positives, unjudged samples, a network a concept."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from learned.networks import mlp
from tests.learned.detecting import Pretrained, Watched, quick, scenes


@pytest.mark.parametrize("several", [False, True])
def test_a_single_positive_stays_in_training_though_samples_are_held_out(several):
    X, Y = scenes(30)
    Y[:, 1] = 0
    Y[7, 1] = 1
    detector = quick(validation=0.3, one_network_a_concept=several, validation_metric="loss")
    scores = detector.fit(X, Y).decision_function(X)
    assert np.isfinite(scores).all()


def test_networks_of_one_concept_each_are_those_trained_alone():
    X, Y = scenes(30)
    Y[:6, 1] = -1
    stages = Watched()
    both = quick(one_network_a_concept=True, random_state=7, stages=stages).fit(X, Y)
    scores = both.decision_function(X)
    seeds = [components[0]["seed"] for components in stages.keys]
    assert len(set(seeds)) == 2
    # All images are judged for the first concept, so that it has the same pixels alone.
    alone = quick(random_state=FixedSeed(seeds[0])).fit(X, Y[:, :1])
    assert np.array_equal(alone.decision_function(X)[:, 0], scores[:, 0])
    assert both.loss_curve_[0] == alone.loss_curve_
    assert len(both.loss_curve_) == len(both.best_epoch_) == 2
    assert [fraction for fraction, _ in stages.reports] == [0.25, 0.5, 0.75, 1]
    again = pickle.loads(pickle.dumps(both))
    assert np.array_equal(again.decision_function(X), scores)
    with pytest.raises(ValueError, match="'softmax' needs one network for all"):
        quick(one_network_a_concept=True, loss="softmax").fit(X, Y)


class FixedSeed(np.random.RandomState):
    """Draws the one number that it is given."""

    def __init__(self, value):
        super().__init__(0)
        self.value = value

    def randint(self, *args):
        return self.value


def test_a_concepts_own_network_does_not_see_samples_unjudged_for_it():
    X, Y = scenes(30)
    Y[:8, 1] = -1
    other = [image if i >= 8 else np.zeros_like(image) for i, image in enumerate(X)]
    weights = Pretrained()  # which fix the statistics of pixels
    first, second = (
        quick(mlp.build, one_network_a_concept=True, weights=weights).fit(images, Y)
        for images in (X, other)
    )
    a, b = first.decision_function(X), second.decision_function(X)
    assert np.array_equal(a[:, 1], b[:, 1])
    assert not np.array_equal(a[:, 0], b[:, 0])


def test_one_concept_and_a_single_positive():
    X, _ = scenes(33)
    Y = np.zeros((33, 1), np.int8)
    Y[7] = 1
    # Batches of 33 = 32 + 1 would leave one image without variance.
    scores = quick(loss="auto").fit(X, Y).decision_function(X)
    assert scores.shape == (33, 1)
    assert np.isfinite(scores).all()


def test_single_label_annotations_train_a_softmax():
    X, Y = scenes()
    Y = np.stack([Y[:, 0], 1 - Y[:, 0]], axis=1)
    detector = quick().fit(X, Y)
    assert detector.loss_ == "softmax"
    odds = detector.decision_function(X)
    # Of two exclusive concepts, the odds are reciprocal.
    assert odds[:, 0] == pytest.approx(-odds[:, 1], abs=1e-5)
    assert quick(loss="bce").fit(X, Y).loss_ == "bce"


def test_a_concept_without_positives_or_negatives_is_named():
    X, Y = scenes()
    Y = np.hstack([Y, np.zeros((24, 2), np.int8)])
    Y[0, 3] = -1
    with pytest.raises(ValueError, match=r"concept 2 has no positive .*\[3\]"):
        quick().fit(X, Y)
    with pytest.raises(ValueError, match="concept 1 has no negative"):
        quick().fit(X, np.stack([Y[:, 0], np.ones(24)], axis=1))


def test_samples_without_judgments_change_nothing():
    X, Y = scenes()
    more, _ = scenes(10, seed=1)
    unjudged = np.full((10, 2), -1, np.int8)
    plain = quick().fit(X, Y).decision_function(X)
    padded = quick().fit(more + X, np.vstack([unjudged, Y])).decision_function(X)
    assert np.array_equal(plain, padded)


def test_an_unjudged_annotation_is_neither_positive_nor_negative():
    X, Y = scenes()
    scores = []
    for value in (-1, 0, 1):
        marked = Y.copy()
        marked[5:9, 1] = value
        scores.append(quick().fit(X, marked).decision_function(X))
    assert not np.allclose(scores[0], scores[1])
    assert not np.allclose(scores[0], scores[2])


def test_a_whole_batch_without_judgments_of_a_concept():
    X, Y = scenes(40)
    Y[4:, 1] = -1
    scores = quick(batch_size=2).fit(X, Y).decision_function(X)
    assert np.isfinite(scores).all()


def test_softmax_does_not_apply_to_tasks_of_several_labels():
    single, several = SimpleNamespace(single_label=True), SimpleNamespace(single_label=False)
    assert "softmax" in quick(loss="softmax").unsupported(several)
    assert quick(loss="softmax").unsupported(single) is None
    assert quick().unsupported(several) is None


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        (np.zeros((3, 2)), r"\(24 samples, concepts\), got shape \(3, 2\)"),
        (np.zeros(24), r"got shape \(24,\)"),
        (np.full((24, 2), 2), "1 .positive., 0 .negative. or -1"),
        (np.full((24, 2), np.nan), "1 .positive., 0 .negative. or -1"),
    ],
)
def test_wrong_annotations_are_refused(Y, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(scenes()[0], Y)
