import numpy as np
import pytest
import skimage.data

from engineered.aggregation.bag_of_words import BagOfWords
from engineered.aggregation.fisher_vector import FisherVector
from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.linear_svm import LinearSVM
from engineered.descriptors.colour_histogram import ColourHistogram
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.lbp import LBP
from engineered.optimization import DescriptorOptimization
from engineered.pipeline import EngineeredDetector
from fusion.early import EarlyFusion


def crops(seed, count=10):
    """Two textures in two colours: neither descriptor alone tells all concepts."""
    random = np.random.default_rng(seed)
    images, Y = [], []
    for texture in range(2):
        source = (skimage.data.brick, skimage.data.gravel)[texture]()
        for i in range(count):
            y, x = random.integers(0, 512 - 64, 2)
            image = np.repeat(source[y : y + 64, x : x + 64, None], 3, axis=2).astype(int)
            image[..., i % 2] += 50
            images.append(np.clip(image, 0, 255).astype(np.uint8))
            red = i % 2 == 0
            Y.append([texture == 0, red, (texture == 0) == red])
    return images, np.array(Y, np.int8)


TRAIN, Y_TRAIN = crops(0, 14)
TEST, Y_TEST = crops(1)


class Signed(ColourHistogram):
    """Rows that hold negative values, which nothing tells of beforehand."""

    def describe(self, image):
        return super().describe(image) - np.float32(0.5)


def members():
    texture = EngineeredDetector(LBP(), LinearSVM(C=10), None, DescriptorOptimization())
    colour = EngineeredDetector(ColourHistogram(), KernelSVM())
    return [texture, colour]


def accuracy(detector):
    return ((detector.decision_function(TEST) > 0) == Y_TEST)[:, :2].mean()


@pytest.mark.parametrize("method", ["kernel-sum", "concatenation"])
@pytest.mark.parametrize("weights", ["search", "equal", [1.0, 2.0]])
def test_both_members_are_heard(method, weights):
    fused = EarlyFusion(members(), LinearSVM(C=10), method=method, weights=weights, random_state=0)
    fused.fit(TRAIN, Y_TRAIN)
    scores = fused.decision_function(TEST)
    assert scores.dtype == np.float32
    assert scores.shape == Y_TEST.shape
    assert accuracy(fused) > 0.95
    assert fused.weights_.sum() == pytest.approx(1)


def test_concatenation_equals_the_sum_of_linear_kernels():
    linear = [
        EngineeredDetector(LBP(), LinearSVM(), None, DescriptorOptimization()),
        EngineeredDetector(ColourHistogram(), LinearSVM(), None, DescriptorOptimization()),
    ]
    both = [
        EarlyFusion(linear, LinearSVM(tol=1e-5), method=m, weights=[1.0, 3.0]).fit(TRAIN, Y_TRAIN)
        for m in ("kernel-sum", "concatenation")
    ]
    first, second = (detector.decision_function(TEST) for detector in both)
    np.testing.assert_allclose(first, second, atol=2e-2)


def test_a_weight_of_zero_leaves_a_member_out():
    fused = EarlyFusion(members(), LinearSVM(), weights=[1.0, 0.0]).fit(TRAIN, Y_TRAIN)
    scores = fused.decision_function(TEST)
    grey = [np.repeat(image[..., 2:], 3, axis=2) for image in TEST]
    # Only brightness is left to differ, which LBP does not see but by rounding.
    assert np.abs(scores - fused.decision_function(grey))[:, 0].mean() < 0.5
    assert ((fused.decision_function(TEST) > 0) == Y_TEST)[:, 1].mean() < 0.9


def test_long_rows_of_members_go_by_their_inner_products():
    fisher = EngineeredDetector(
        DenseSIFT(step=8, sizes=(4, 6)), LinearSVM(), FisherVector(8, pca=16, random_state=0)
    )
    words = EngineeredDetector(
        DenseSIFT(step=8, sizes=(4,)), LinearSVM(), BagOfWords(20), DescriptorOptimization()
    )
    fused = EarlyFusion([fisher, words], LinearSVM(C=10), random_state=0).fit(TRAIN, Y_TRAIN)
    assert fused.members_[0].span_ is not None
    assert ((fused.decision_function(TEST) > 0) == Y_TEST)[:, 0].mean() > 0.9


def test_held_out_scores_come_from_classifiers_that_did_not_see_the_image():
    fused = EarlyFusion(members(), LinearSVM(C=10), random_state=0).fit(TRAIN, Y_TRAIN)
    half = np.arange(len(TRAIN)) % 4 < 2
    folds = [(np.flatnonzero(half), np.flatnonzero(~half))]
    scores = fused.held_out_scores(TRAIN, Y_TRAIN, folds)
    assert (scores[half] == 0).all()
    changed = Y_TRAIN.copy()
    changed[~half] = 1 - changed[~half]
    np.testing.assert_array_equal(fused.held_out_scores(TRAIN, changed, folds), scores)


def test_what_is_wrong_is_said_before_images_are_read():
    for parameters, message in (
        ({"method": "sum"}, "method must be one of concatenation, kernel-sum, got 'sum'"),
        ({"weights": "best"}, 'weights must be "search"'),
        ({"weights": [1.0]}, "weights must be 2 numbers"),
        ({"weights": [1.0, -1.0]}, "weights must be a finite number of at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            EarlyFusion(members(), LinearSVM(), **parameters).fit(None, Y_TRAIN)
    with pytest.raises(ValueError, match="two members at least"):
        EarlyFusion(members()[:1], LinearSVM()).fit(None, Y_TRAIN)


@pytest.mark.parametrize("members_of", ["kernel-sum", "concatenation"])
def test_a_classifier_of_histograms_is_refused_where_rows_are_negative(members_of):
    signed = [*members()[:1], EngineeredDetector(Signed(), LinearSVM())]
    message = {
        "kernel-sum": "KernelSVM compares histograms, .* kernel-sum gives it rows with negative",
        "concatenation": r"KernelSVM compares histograms, but rows of member 2 \(Signed\) hold",
    }[members_of]
    with pytest.raises(ValueError, match=message):
        EarlyFusion(signed, KernelSVM(), method=members_of, weights="equal").fit(TRAIN, Y_TRAIN)
    chosen = EarlyFusion(signed, KernelSVM(kernel="rbf"), method=members_of, weights="equal")
    chosen.fit(TRAIN, Y_TRAIN)
