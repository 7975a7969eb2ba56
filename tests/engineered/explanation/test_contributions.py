import numpy as np
import pytest
import skimage.data
from sklearn.base import BaseEstimator

from engineered.aggregation.bag_of_words import BagOfWords
from engineered.aggregation.fisher_vector import FisherVector
from engineered.aggregation.vlad import VLAD
from engineered.classifiers.additive_svm import AdditiveSVM
from engineered.classifiers.kernel_ridge import KernelRidge
from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.logistic_regression import LogisticRegression
from engineered.classifiers.multi_learner import MultiLearner
from engineered.descriptors.colour_histogram import ColourHistogram
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.explanation.contributions import Contributions
from engineered.optimization import DescriptorOptimization
from engineered.pipeline import EngineeredDetector

PYRAMID = ((1, 1), (2, 2), (3, 1))


def crops(seed, count=6):
    """Crops of three textures, the left third of each flat; a concept is a texture."""
    random = np.random.default_rng(seed)
    images, Y = [], []
    for texture in range(3):
        source = (skimage.data.brick, skimage.data.grass, skimage.data.gravel)[texture]()
        for _ in range(count):
            y, x = random.integers(0, 512 - 80, 2)
            grey = source[y : y + 64, x : x + 80].copy()
            grey[:, :26] = 90
            images.append(np.repeat(grey[..., None], 3, axis=2))
            Y.append([texture == 0, texture == 1, texture == 2])
    return images, np.array(Y, np.int8)


TRAIN, Y_TRAIN = crops(0)
TEST, _ = crops(1, 1)


def fitted(aggregator, classifier=None, optimization=None, descriptor=None, **parameters):
    detector = EngineeredDetector(
        descriptor or DenseSIFT(step=8, sizes=(4, 6)),
        classifier or LinearSVM(),
        aggregator,
        optimization,
        random_state=0,
        **parameters,
    )
    return detector.fit(TRAIN, Y_TRAIN)


AGGREGATORS = {
    "histogram": BagOfWords(20, PYRAMID),
    "soft": BagOfWords(20, PYRAMID, assignment="soft"),
    "soft, maximum": BagOfWords(20, PYRAMID, assignment="soft", pooling="max"),
    "hard, maximum": BagOfWords(20, PYRAMID, pooling="max"),
    "linear codes": BagOfWords(20, PYRAMID, assignment="llc"),
    "linear codes, maximum": BagOfWords(20, PYRAMID, assignment="llc", pooling="max"),
    "VLAD": VLAD(6),
    "VLAD, all options": VLAD(6, PYRAMID, 16, True, 0.5, True),
    "VLAD, no intra": VLAD(6, PYRAMID, None, False, 0.3, False),
    "Fisher": FisherVector(6, pca=None),
    "Fisher, no power": FisherVector(6, pca=16, power=1.0),
    "Fisher, all options": FisherVector(6, 16, 1.0, PYRAMID, 0.5, True),
}
OPTIMIZATIONS = {
    "none": None,
    "power": DescriptorOptimization(0.5, "l2"),
    "l1": DescriptorOptimization(0.7, "l1"),
    "no norm": DescriptorOptimization(0.7, "none"),
    "PCA": DescriptorOptimization(1.0, "l2", pca=10),
    "whitening, second power": DescriptorOptimization(0.5, "l2", 10, 0.5, post_power=0.6),
}


@pytest.mark.parametrize("optimization", OPTIMIZATIONS)
@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_contributions_and_the_rest_add_up_to_the_score(aggregator, optimization):
    detector = fitted(AGGREGATORS[aggregator], optimization=OPTIMIZATIONS[optimization])
    scores = detector.decision_function(TEST)
    for image, row in zip(TEST, scores):
        for concept in range(3):
            told = detector.explain(image, concept)
            # Up to float32's rounding of sums whose terms may be large.
            near = 2e-5 + 2e-6 * np.abs(told.values).sum()
            assert told.score == pytest.approx(row[concept], abs=near)
            assert told.values.sum() + told.rest == pytest.approx(told.score, abs=near)
            assert told.values.shape == (len(told.frames),)


def test_without_centring_the_rest_is_the_bias():
    detector = fitted(VLAD(6, power=0.5), optimization=DescriptorOptimization(0.5))
    told = detector.explain(TEST[0], 1)
    assert told.rest == detector.classifier_.intercept_[1]
    centred = fitted(VLAD(6, power=0.5), optimization=DescriptorOptimization(0.5, pca=8))
    assert centred.explain(TEST[0], 1).rest != centred.classifier_.intercept_[1]


@pytest.mark.parametrize(
    "classifier", [LogisticRegression(), KernelRidge(), LinearSVM(C=[0.1, 1.0])]
)
def test_any_classifier_that_is_linear_in_the_vector_is_told(classifier):
    detector = fitted(FisherVector(4, pca=8), classifier)
    told = detector.explain(TEST[1], 2)
    assert told.values.sum() + told.rest == pytest.approx(told.score, abs=1e-5)


def test_flat_ground_contributes_nothing_and_a_histogram_s_votes_are_its_weights():
    detector = fitted(BagOfWords(20, ((1, 1),)))
    told = detector.explain(TEST[0], 0)
    vectors, frames = detector.descriptor_.extract(TEST[0])
    flat = ~vectors.any(axis=1)
    assert flat.any()
    assert not told.values[flat].any()
    np.testing.assert_array_equal(told.frames, frames)
    # The definition: a vector's word's weight over the number of vectors.
    apart = ((vectors[:, None] - detector.aggregator_.vocabulary_) ** 2).sum(axis=2)
    expected = detector.classifier_.coef_[apart.argmin(axis=1), 0] / len(vectors)
    np.testing.assert_allclose(told.values[~flat], expected[~flat], rtol=1e-5)


def test_what_is_hidden_changes_a_linear_score_by_its_contributions():
    # Without power law, norms and regions the score is additive: leaving descriptors out is told.
    class Half(DenseSIFT):
        def extract(self, image):
            vectors, frames = super().extract(image)
            vectors[frames[:, 0] > 50] = 0
            return vectors, frames

    detector = fitted(BagOfWords(20, ((1, 1),)))
    told = detector.explain(TEST[2], 2)
    detector.descriptor_ = Half(step=8, sizes=(4, 6))
    kept = told.values[told.frames[:, 0] <= 50].sum()
    assert detector.decision_function([TEST[2]])[0, 2] - told.rest == pytest.approx(kept, abs=1e-5)


def test_the_largest_vote_takes_its_word_and_equals_share_it():
    class Two(BaseEstimator):
        def extract(self, image):
            # Three vectors: twice the same, and another.
            value = float(image[0, 0, 0])
            vectors = np.array([[1, value], [1, value], [-3, value]], np.float32)
            return vectors, np.array([[0, 0, 1], [5, 0, 1], [9, 9, 1]], np.float32)

    images = [np.full((10, 10, 3), 1 + i, np.uint8) for i in range(12)]
    Y = (np.arange(12) % 2)[:, None].astype(np.int8)
    detector = EngineeredDetector(
        Two(), LinearSVM(), BagOfWords(4, ((1, 1),), pooling="max"), random_state=0
    ).fit(images, Y)
    told = detector.explain(images[3], 0)
    assert told.values[0] == told.values[1]
    assert told.values.sum() + told.rest == pytest.approx(told.score, abs=1e-6)


def test_long_vectors_told_by_inner_products_are_unfolded():
    detector = fitted(FisherVector(6, 16, 0.0, PYRAMID), optimization=DescriptorOptimization(0.8))
    assert detector.span_ is not None
    scores = detector.decision_function(TEST)
    for image, row in zip(TEST, scores):
        told = detector.explain(image, 0)
        assert told.score == pytest.approx(row[0], abs=1e-4)
        assert told.values.sum() + told.rest == pytest.approx(row[0], abs=1e-3)
    detector.release()
    assert "training images" in detector.explain(TEST[0], 0)


class Scaled(BaseEstimator):
    """An optimisation that is not ours."""

    per_row = False

    def fit(self, F, Y=None):
        return self

    def transform(self, F):
        return F * np.float32(2)


class OwnWords(BagOfWords):
    """An aggregator that may encode as it likes."""


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"classifier": KernelSVM()}, "KernelSVM is not linear"),
        ({"classifier": AdditiveSVM()}, "AdditiveSVM is not linear"),
        ({"classifier": MultiLearner()}, "MultiLearner is not linear"),
        ({"classifier": KernelRidge(kernel="rbf")}, "KernelRidge is not linear"),
        ({"optimization": Scaled()}, "optimisation Scaled"),
        ({"aggregator": OwnWords(20)}, "aggregator OwnWords"),
        ({"aggregator": None, "descriptor": ColourHistogram()}, "ColourHistogram describes"),
    ],
)
def test_what_is_no_sum_over_places_says_so(parts, reason):
    found = fitted(**{"aggregator": BagOfWords(20), **parts}).explain(TEST[0], 0)
    assert isinstance(found, str)
    assert reason in found


def test_an_image_without_contrast_has_no_evidence():
    found = fitted(BagOfWords(20)).explain(np.full((64, 80, 3), 90, np.uint8), 0)
    assert "contrast" in found


def test_a_contribution_is_where_its_patch_is():
    # Brick on the right, a flat left: all evidence lies on the right.
    told = fitted(VLAD(6)).explain(TEST[0], 0)
    assert isinstance(told, Contributions)
    strong = np.abs(told.values) > 0.2 * np.abs(told.values).max()
    assert (told.frames[strong, 0] > 10).all()
