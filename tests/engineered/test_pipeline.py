import pickle
from contextlib import contextmanager

import numpy as np
import pytest
import skimage.data
from sklearn.base import BaseEstimator, clone

from engineered.aggregation.bag_of_words import BagOfWords
from engineered.aggregation.fisher_vector import FisherVector
from engineered.classifiers.linear_svm import LinearSVM
from engineered.descriptors.colour_histogram import ColourHistogram
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.lbp import LBP
from engineered.optimization import DescriptorOptimization
from engineered.pipeline import EngineeredDetector
from engineered.stages import Stages


def crops(seed, count=10):
    """Crops of three textures; the concepts are two of the textures and the crop's brightness."""
    random = np.random.default_rng(seed)
    images, Y = [], []
    for texture in range(3):
        source = (skimage.data.brick, skimage.data.grass, skimage.data.gravel)[texture]()
        for i in range(count):
            y, x = random.integers(0, 512 - 80, 2)
            grey = source[y : y + 64, x : x + 80].astype(int) + (60 if i % 2 else -60)
            images.append(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2))
            Y.append([texture == 0, texture == 1, i % 2])
    return images, np.array(Y, np.int8)


def bag_of_words(**parameters):
    return EngineeredDetector(
        DenseSIFT(step=8, sizes=(4, 6)),
        LinearSVM(),
        BagOfWords(40, grids=((1, 1), (1, 2))),
        DescriptorOptimization(),
        **{"random_state": 0, **parameters},
    )


TRAIN, Y_TRAIN = crops(0)
TEST, Y_TEST = crops(1)


def test_bag_of_words_tells_textures_apart():
    scores = bag_of_words().fit(TRAIN, Y_TRAIN).decision_function(TEST)
    assert scores.shape == (30, 3)
    assert scores.dtype == np.float32
    assert ((scores > 0) == Y_TEST)[:, :2].mean() > 0.9


def test_global_descriptors_need_no_aggregator():
    detector = EngineeredDetector(LBP(), LinearSVM(), None, DescriptorOptimization())
    scores = detector.fit(TRAIN, Y_TRAIN).decision_function(TEST)
    assert ((scores > 0) == Y_TEST)[:, :2].mean() > 0.9
    bright = EngineeredDetector(ColourHistogram(), LinearSVM()).fit(TRAIN, Y_TRAIN)
    assert ((bright.decision_function(TEST) > 0) == Y_TEST)[:, 2].mean() > 0.9


def test_one_seed_one_result_and_another_seed_another():
    first, second, other = (
        bag_of_words(random_state=seed).fit(TRAIN, Y_TRAIN).decision_function(TEST)
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_components_given_are_left_alone_and_their_own_seed_wins():
    detector = bag_of_words().fit(TRAIN, Y_TRAIN)
    assert detector.aggregator.random_state is None
    assert not hasattr(detector.aggregator, "vocabulary_")
    assert detector.aggregator_.random_state == 0
    own = clone(detector).set_params(aggregator__random_state=7).fit(TRAIN, Y_TRAIN)
    assert own.aggregator_.random_state == 7


def test_clone_and_pickle():
    detector = bag_of_words().fit(TRAIN, Y_TRAIN)
    scores = detector.decision_function(TEST)
    loaded = pickle.loads(pickle.dumps(detector))
    np.testing.assert_array_equal(loaded.decision_function(TEST), scores)
    again = clone(detector).fit(TRAIN, Y_TRAIN)
    np.testing.assert_array_equal(again.decision_function(TEST), scores)
    # No pixels travel with a model.
    assert len(pickle.dumps(detector)) < 200_000 < sum(image.nbytes for image in TRAIN)


def test_a_row_depends_on_its_own_image_only():
    detector = bag_of_words().fit(TRAIN, Y_TRAIN)
    scores = detector.decision_function(TEST)
    np.testing.assert_allclose(detector.decision_function(TEST[7:9]), scores[7:9], atol=1e-5)
    assert detector.decision_function([]).shape == (0, 3)


def test_unjudged_annotations_are_not_negatives():
    images, Y = TRAIN, Y_TRAIN.copy()
    # Positives turned unjudged must not push the concept's scores down.
    hidden = np.flatnonzero(Y[:, 0] == 1)[:7]
    unjudged, negative = Y.copy(), Y.copy()
    unjudged[hidden, 0], negative[hidden, 0] = -1, 0
    positives = [TEST[i] for i in np.flatnonzero(Y_TEST[:, 0] == 1)]
    scores = bag_of_words().fit(images, unjudged).decision_function(positives)[:, 0]
    misled = bag_of_words().fit(images, negative).decision_function(positives)[:, 0]
    assert scores.mean() > 0
    assert scores.mean() > misled.mean() + 0.3


def test_degenerate_images_are_scored():
    detector = bag_of_words().fit(TRAIN, Y_TRAIN)
    odd = [np.zeros(shape, np.uint8) for shape in ((1, 1, 3), (3, 500, 3), (80, 80, 3))]
    scores = detector.decision_function(odd)
    assert np.isfinite(scores).all()


class Recorder:
    """Stages that record what is asked of them and who asks for which images."""

    def __init__(self):
        self.calls = []

    def rows(self, stage, components, X, compute, fitted_on=None):
        self.calls.append((stage, [type(c).__name__ for c in components], X, fitted_on))
        self.components = components
        # Computing in parts must not matter.
        return np.concatenate([compute(X[:4]), compute(X[4:])])

    def value(self, stage, components, compute, fitted_on):
        self.calls.append((stage, [type(c).__name__ for c in components], None, fitted_on))
        return pickle.loads(pickle.dumps(compute()))

    @contextmanager
    def timed(self, stage, images):
        self.calls.append((stage, images))
        yield


def test_stages_see_every_expensive_step_with_its_key():
    stages = Recorder()
    detector = bag_of_words(stages=stages).fit(TRAIN, Y_TRAIN)
    scores = detector.decision_function(TEST)
    # The seed of the sample of local vectors is part of what a vocabulary depends on.
    parts = ["DenseSIFT", "BagOfWords", "int"]
    assert stages.calls == [
        ("vocabulary", parts, None, TRAIN),
        ("encode", parts, TRAIN, TRAIN),
        ("optimization", 30),
        ("classifier", 30),
        ("encode", parts, TEST, TRAIN),
        ("scoring", 30),
    ]
    # What makes the key is the unfitted component, its seed included.
    assert stages.components[1].get_params()["random_state"] == 0
    assert not hasattr(stages.components[1], "vocabulary_")
    plain = bag_of_words().fit(TRAIN, Y_TRAIN).decision_function(TEST)
    np.testing.assert_allclose(scores, plain, atol=1e-6)


def test_stages_of_a_global_descriptor():
    stages = Recorder()
    EngineeredDetector(LBP(), LinearSVM(), stages=stages).fit(TRAIN, Y_TRAIN)
    assert stages.calls == [("extract", ["LBP"], TRAIN, None), ("classifier", 30)]


class Tap(BaseEstimator):
    """A local descriptor that gives away which images it has seen."""

    def __init__(self, seen=None):
        self.seen = seen

    def __sklearn_clone__(self):
        return self

    def extract(self, image):
        self.seen.append(image[0, 0, 0])
        count = image.shape[1]
        vectors = np.repeat(image[0, :, :1], 4, axis=1).astype(np.float32) + np.eye(4)[0]
        return vectors, np.zeros((count, 3), np.float32)


class SampleRecorder(BagOfWords):
    """Notes when the vocabulary is fitted, and on what."""

    def fit(self, vectors, y=None):
        self.sample_ = vectors
        return super().fit(vectors)


@pytest.mark.parametrize(("max_images", "expected"), [(100, 20), (6, 6)])
def test_the_vocabulary_sees_each_training_image_once_and_few_vectors_of_it(max_images, expected):
    images = [np.full((4, 50, 3), i, np.uint8) for i in range(20)]
    Y = (np.arange(20) % 2)[:, None]
    tap = Tap([])
    aggregator = SampleRecorder(5, max_vectors=60, max_images=max_images)
    detector = EngineeredDetector(tap, LinearSVM(), aggregator, random_state=0).fit(images, Y)
    # Twenty images are encoded afterwards; what came before was sampled.
    sampled = tap.seen[:-20]
    assert len(sampled) == len(set(sampled)) == expected
    assert sampled == sorted(sampled)
    values, counts = np.unique(detector.aggregator_.sample_[:, 1], return_counts=True)
    np.testing.assert_array_equal(values, sampled)
    assert (counts == 60 // expected).all()
    tap.seen.clear()
    detector.decision_function(images[:3])
    assert len(tap.seen) == 3


class MeanColour:
    """A plug-in as users write it: a plain class with one method."""

    def transform(self, X):
        return np.stack([image.mean(axis=(0, 1)) for image in X]) / 255


def test_a_plain_class_serves_as_descriptor():
    scores = EngineeredDetector(MeanColour(), LinearSVM(C=100)).fit(TRAIN, Y_TRAIN)
    assert ((scores.decision_function(TEST) > 0) == Y_TEST)[:, 2].mean() > 0.9


class Broken:
    def __init__(self, rows):
        self.answer = rows

    def transform(self, X):
        return self.answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.zeros((29, 2)), r"Broken.transform must return one row an image, \(30, d\)"),
        (np.zeros(30), "one row an image"),
        (np.full((30, 2), np.nan), "Broken.transform returned NaN .* for 30 images"),
    ],
)
def test_what_a_descriptor_does_wrong_is_named(answer, message):
    with pytest.raises(ValueError, match=message):
        EngineeredDetector(Broken(answer), LinearSVM()).fit(TRAIN, Y_TRAIN)


def test_local_and_global_are_not_confused():
    with pytest.raises(ValueError, match="give an aggregator"):
        EngineeredDetector(DenseSIFT(), LinearSVM()).fit(TRAIN, Y_TRAIN)
    with pytest.raises(ValueError, match="leave the aggregator out"):
        EngineeredDetector(LBP(), LinearSVM(), BagOfWords()).fit(TRAIN, Y_TRAIN)


def test_a_concept_without_positives_stops_before_extraction():
    tap = Tap([])
    Y = Y_TRAIN.copy()
    Y[:, 1] = np.where(Y[:, 1] == 1, -1, 0)
    with pytest.raises(ValueError, match="concept 1 has no positive"):
        EngineeredDetector(tap, LinearSVM(), BagOfWords()).fit(TRAIN, Y)
    assert tap.seen == []


def test_warm_up_reaches_every_component():
    bag_of_words().warm_up()


def fisher(**parameters):
    return EngineeredDetector(
        DenseSIFT(step=8, sizes=(4, 6)),
        aggregator=FisherVector(6, pca=12, grids=((1, 1), (1, 2))),
        **{"classifier": LinearSVM(C=10), "random_state": 0, **parameters},
    )


class Whole(LinearSVM):
    """The same classifier, but one that does not say that inner products are enough."""

    inner_products_only = False


def test_long_rows_go_by_their_inner_products_and_nothing_changes_but_memory():
    spanned = fisher().fit(TRAIN, Y_TRAIN)
    assert spanned.span_.shape == (30, 31)
    plain = fisher(classifier=Whole(C=10)).fit(TRAIN, Y_TRAIN)
    assert plain.span_ is None
    assert plain.folded_bytes(3) == 0
    # Weights of 3 regions x 6 Gaussians x 12 values x 2 orders, instead of 30 rows of 31 values.
    assert spanned.folded_bytes(3) == 4 * (3 * 6 * 12 * 2 * 3 - 30 * 31)
    np.testing.assert_allclose(
        spanned.decision_function(TEST), plain.decision_function(TEST), atol=2e-2
    )
    # A power law before the kernel is part of the rows; a PCA needs the rows themselves.
    assert fisher(optimization=DescriptorOptimization()).fit(TRAIN, Y_TRAIN).span_ is not None
    reduced = fisher(optimization=DescriptorOptimization(pca=5)).fit(TRAIN, Y_TRAIN)
    assert reduced.span_ is None
    assert reduced.rows(TEST).shape == (30, 5)


def test_a_spanned_detector_is_complete_after_pickling():
    fitted = fisher().fit(TRAIN, Y_TRAIN)
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.decision_function(TEST), fitted.decision_function(TEST))


@pytest.mark.parametrize("make", [bag_of_words, fisher])
def test_threads_change_nothing(make):
    stages = Stages()
    stages.threads = 3
    many = make(stages=stages).fit(TRAIN, Y_TRAIN).decision_function(TEST)
    np.testing.assert_array_equal(many, make().fit(TRAIN, Y_TRAIN).decision_function(TEST))


@pytest.mark.parametrize("make", [bag_of_words, fisher])
def test_held_out_scores_know_nothing_of_held_out_annotations(make):
    detector = make().fit(TRAIN, Y_TRAIN)
    half = np.arange(30) % 10 < 5
    folds = [
        (np.flatnonzero(half), np.flatnonzero(~half)),
        (np.flatnonzero(~half), np.flatnonzero(half)),
    ]
    scores = detector.held_out_scores(TRAIN, Y_TRAIN, folds)
    assert ((scores > 0) == Y_TRAIN)[:, :2].mean() > 0.85
    flipped = Y_TRAIN.copy()
    flipped[~half] = 1 - flipped[~half]
    again = detector.held_out_scores(TRAIN, flipped, folds[:1])
    np.testing.assert_array_equal(again[~half], scores[~half])


def test_no_test_image_reaches_what_is_fitted():
    # Everything that is learned is learned in `fit`; scoring other images changes nothing.
    detector = fisher(optimization=DescriptorOptimization(pca=5)).fit(TRAIN, Y_TRAIN)
    before = pickle.dumps((detector.aggregator_, detector.optimization_, detector.classifier_))
    detector.decision_function(TEST)
    after = pickle.dumps((detector.aggregator_, detector.optimization_, detector.classifier_))
    assert before == after
    alone = np.stack([detector.decision_function([image])[0] for image in TEST[:3]])
    np.testing.assert_allclose(alone, detector.decision_function(TEST)[:3], atol=1e-4)
