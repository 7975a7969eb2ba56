import warnings

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.base import clone

from engineered.descriptors.orb import ORB


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(skimage.data.astronaut()[:300, 100:420])


def test_vectors_are_opencvs_bits_and_distances_hamming_distances(photograph):
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    keypoints, raw = cv2.ORB.create(500).detectAndCompute(grey, None)
    vectors, frames = ORB().extract(photograph)
    assert 100 < len(vectors) <= 500
    # OpenCV's own limit lets ties through.
    found = {tuple(row) for row in raw}
    packed = np.packbits(vectors.astype(bool), axis=1, bitorder="little")
    assert all(tuple(row) in found for row in packed)
    assert set(np.unique(vectors)) == {0, 1}
    assert vectors.dtype == frames.dtype == np.float32
    for i, j in ((0, 1), (5, 90), (17, 40)):
        hamming = cv2.norm(packed[i], packed[j], cv2.NORM_HAMMING)
        assert ((vectors[i] - vectors[j]) ** 2).sum() == hamming
    places = {(np.float32(k.pt[0]), np.float32(k.pt[1])) for k in keypoints}
    assert all((x, y) in places for x, y in frames[:, :2])
    # The patch of the first level is 31 pixels wide.
    assert frames[:, 2].min() == pytest.approx(31 / 4)


@pytest.mark.parametrize("count", [1, 20, 100])
def test_never_more_than_wanted(photograph, count):
    vectors, frames = clone(ORB(n_features=count)).extract(photograph)
    assert len(vectors) == len(frames) == count


def test_frames_of_a_shrunk_image_are_in_the_pixels_of_the_image_as_given(photograph):
    _, frames = ORB(max_side=160).extract(photograph)
    assert len(frames) > 20
    assert frames[:, 0].max() > 200
    assert frames[:, 2].min() == pytest.approx(2 * 31 / 4)


def test_a_higher_threshold_leaves_fewer(photograph):
    many, few = (
        len(ORB(n_features=5000, fast_threshold=threshold).extract(photograph)[0])
        for threshold in (10, 60)
    )
    assert many > few > 0


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (3, 5000), (5000, 3), (31, 31), (62, 90), (63, 63), (90, 90)]
)
def test_images_without_corners_have_no_vectors(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors, frames = ORB().extract(np.full((*shape, 3), 90, np.uint8))
        assert vectors.shape == (0, 256)
        assert frames.shape == (0, 3)
        assert vectors.dtype == frames.dtype == np.float32
        noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
        for max_side in (None, 100):
            vectors, frames = ORB(max_side=max_side).extract(noise)
            assert vectors.shape == (len(frames), 256)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_features": 0},
        {"n_features": None},
        {"fast_threshold": 0},
        {"fast_threshold": 255},
        {"max_side": 0},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        ORB(**parameters).extract(np.zeros((90, 90, 3), np.uint8))
