import warnings

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.base import clone

from engineered.descriptors.sparse_sift import SparseSIFT


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(skimage.data.astronaut()[:240, 100:420])


def test_vectors_and_places_are_opencvs(photograph):
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    keypoints, raw = cv2.SIFT.create().detectAndCompute(grey, None)
    vectors, frames = SparseSIFT(root=False).extract(photograph)
    assert len(vectors) == len(keypoints) > 100
    assert vectors.dtype == frames.dtype == np.float32
    places = np.array([(*k.pt, 1.5 * k.size) for k in keypoints])
    np.testing.assert_allclose(frames, places, rtol=1e-5)
    np.testing.assert_allclose(vectors, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-6)


def test_root_is_the_hellinger_map(photograph):
    plain, _ = SparseSIFT(root=False).extract(photograph)
    rooted, _ = SparseSIFT(root=True).extract(photograph)
    np.testing.assert_allclose(np.linalg.norm(rooted, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rooted**2, plain / plain.sum(axis=1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("count", [1, 17, 100])
def test_the_strongest_are_kept_and_never_more(photograph, count):
    vectors, frames = clone(SparseSIFT(n_features=count)).extract(photograph)
    assert len(vectors) == len(frames) == count
    everything = {tuple(frame) for frame in SparseSIFT().extract(photograph)[1]}
    assert all(tuple(frame) in everything for frame in frames)


def test_a_higher_threshold_leaves_fewer(photograph):
    counts = [
        len(SparseSIFT(contrast_threshold=threshold).extract(photograph)[0])
        for threshold in (0.02, 0.04, 0.1, 10)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2]
    assert counts[-1] == 0


def test_frames_of_a_shrunk_image_are_in_the_pixels_of_the_image_as_given(photograph):
    shrunk = cv2.resize(photograph, (160, 120), interpolation=cv2.INTER_AREA)
    _, small = SparseSIFT(max_side=None).extract(shrunk)
    _, frames = SparseSIFT(max_side=160).extract(photograph)
    # Grey before or after shrinking differs by rounding, which moves few keypoints.
    moved = np.column_stack([2 * (small[:, :2] + 0.5) - 0.5, 2 * small[:, 2]])
    nearest = np.abs(frames[:, None] - moved[None]).max(axis=2).min(axis=1)
    assert np.median(nearest) < 0.1


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (3, 5000), (5000, 3), (12, 12), (80, 80)])
def test_images_without_keypoints_have_no_vectors(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors, frames = SparseSIFT().extract(np.full((*shape, 3), 90, np.uint8))
        assert vectors.shape == (0, 128)
        assert frames.shape == (0, 3)
        assert vectors.dtype == frames.dtype == np.float32
        noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
        for max_side in (None, 100):
            vectors, frames = SparseSIFT(max_side=max_side).extract(noise)
            assert vectors.shape == (len(frames), 128)
            assert np.isfinite(vectors).all()


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_features": 0},
        {"n_features": 1.5},
        {"contrast_threshold": -1},
        {"edge_threshold": 0},
        {"max_side": 0},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        SparseSIFT(**parameters).extract(np.zeros((50, 50, 3), np.uint8))
