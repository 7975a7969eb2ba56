from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.base import clone
from sklearn.datasets import load_sample_image

from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.sift_kernel import smooth

PHOTOGRAPHS = {
    "china": lambda: load_sample_image("china.jpg"),
    "flower": lambda: load_sample_image("flower.jpg"),
    "astronaut": skimage.data.astronaut,
}


@pytest.fixture(params=PHOTOGRAPHS)
def photograph(request):
    return np.ascontiguousarray(PHOTOGRAPHS[request.param]()[:240, :320])


@pytest.mark.parametrize("size", [6, 9])
def test_agrees_with_opencv_at_the_same_points(photograph, size):
    # OpenCV's first layer is smoothed by 1.6, and its cells are 1.5 times the keypoint's size.
    ours = DenseSIFT(
        step=8, sizes=(size,), root=False, contrast_threshold=0, magnification=size / 1.6
    )
    ours.max_side = None
    vectors, frames = ours.extract(photograph)
    x, y = frames[:, 0], frames[:, 1]
    inside = (x > 40) & (x < 280) & (y > 40) & (y < 200)
    keypoints = [cv2.KeyPoint(float(a), float(b), size / 1.5, 0.0) for a, b in frames[inside, :2]]
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    theirs = cv2.SIFT_create().compute(grey, keypoints)[1]
    assert len(theirs) == inside.sum() > 300
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    cosines = (vectors[inside] * theirs).sum(axis=1)
    assert cosines.mean() > 0.99
    assert cosines.min() > 0.9


@pytest.mark.parametrize("size", [4, 7])
def test_agrees_with_vlfeats_fast_mode_at_the_same_points(photograph, size):
    vlfeat = pytest.importorskip("cyvlfeat.sift", reason="needs VLFeat: the extra `speed`")
    sift = DenseSIFT(step=6, sizes=(size,), root=False, contrast_threshold=0, max_side=None)
    vectors, frames = sift.extract(photograph)
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY) / np.float32(255)
    left, top = (frames[:, :2].min(axis=0) - 1.5 * size).astype(int)
    places, theirs = vlfeat.dsift(
        smooth(grey, size / sift.magnification),
        step=6,
        size=size,
        fast=True,
        float_descriptors=True,
        bounds=np.array([top, left, grey.shape[0] - 1, grey.shape[1] - 1]),
    )
    order = np.lexsort(places.T[::-1])
    np.testing.assert_allclose(places[order, ::-1], frames[:, :2], atol=1e-3)
    # VLFeat counts angles the other way round.
    theirs = theirs[order].reshape(-1, 16, 8)[:, :, -np.arange(8)].reshape(-1, 128)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    cosines = (vectors * theirs).sum(axis=1)
    assert cosines.mean() > 0.99
    # At the border VLFeat repeats the last gradients, and we add none.
    x, y = frames[:, 0], frames[:, 1]
    reach = 2.5 * size + 1
    inside = (x > reach) & (x < 319 - reach) & (y > reach) & (y < 239 - reach)
    assert cosines[inside].mean() > 0.998
    assert cosines[inside].min() > 0.9


def test_moving_the_image_by_the_step_permutes_the_vectors(photograph):
    sift = DenseSIFT(step=4, sizes=(4, 7), max_side=None)
    here, frames = sift.extract(photograph[:200, :300])
    there, moved_frames = sift.extract(photograph[4:204, 8:308])
    place = {tuple(frame): i for i, frame in enumerate(frames)}
    pairs = []
    for j, (x, y, scale) in enumerate(moved_frames):
        # Away from the border: the smoothing sees other pixels there.
        if 50 < x < 240 and 50 < y < 140:
            pairs.append((place[x + 8, y + 4, scale], j))
    i, j = np.array(pairs).T
    assert len(pairs) > 1000
    np.testing.assert_allclose(here[i], there[j], atol=1e-4)


def test_vectors_have_unit_length_and_root_is_the_hellinger_map(photograph):
    plain, frames = DenseSIFT(root=False).extract(photograph)
    rooted, same_frames = DenseSIFT(root=True).extract(photograph)
    np.testing.assert_array_equal(frames, same_frames)
    described = plain.any(axis=1)
    np.testing.assert_array_equal(described, rooted.any(axis=1))
    assert described.mean() > 0.5
    np.testing.assert_allclose(np.linalg.norm(plain[described], axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rooted[described], axis=1), 1, atol=1e-5)
    mass = plain[described].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(rooted[described] ** 2, plain[described] / mass, atol=1e-6)


def test_brightness_does_not_matter_and_contrast_only_for_the_threshold(photograph):
    sift = DenseSIFT(contrast_threshold=0, root=False)
    darker = (photograph // 4) * 2
    brighter = darker + 100
    reference, _ = sift.extract((photograph // 4) * 2)
    vectors, _ = sift.extract(brighter)
    np.testing.assert_allclose(vectors, reference, atol=2e-3)
    lower, _ = sift.extract(photograph // 4)
    cosines = (lower * reference).sum(axis=1)[reference.any(axis=1)]
    assert np.median(cosines) > 0.97


def test_a_ramp_fills_one_orientation():
    ramp = np.repeat(np.arange(0, 128, 2, dtype=np.uint8)[None, :, None], 64, axis=0)
    vectors, _ = DenseSIFT(sizes=(8,), root=False).extract(np.repeat(ramp, 3, axis=2))
    cells = vectors.reshape(-1, 16, 8)
    # Brighter to the right: direction 0. Brighter upwards: direction 90 degrees, bin 2.
    assert cells[:, :, 0].min() > 0
    np.testing.assert_allclose(cells[:, :, 1:], 0, atol=1e-6)
    upwards = np.ascontiguousarray(np.repeat(ramp, 3, axis=2).transpose(1, 0, 2)[::-1])
    cells = DenseSIFT(sizes=(8,), root=False).extract(upwards)[0].reshape(-1, 16, 8)
    assert cells[:, :, 2].min() > 0
    np.testing.assert_allclose(np.delete(cells, 2, axis=2), 0, atol=1e-6)


def test_flat_ground_gives_zeros_beside_texture():
    image = np.full((100, 200, 3), 128, np.uint8)
    image[:, 120:] = np.random.default_rng(0).integers(0, 256, (100, 80, 1))
    vectors, frames = DenseSIFT(sizes=(4,)).extract(image)
    flat, textured = frames[:, 0] < 100, frames[:, 0] > 140
    assert flat.any()
    assert textured.any()
    assert not vectors[flat].any()
    assert vectors[textured].any(axis=1).all()


def test_the_threshold_is_the_norm_of_the_mean_histogram():
    # A ramp of 2 grey levels a pixel: each cell's mean gradient is 2 / 255, and the cells
    # are weighted by the Gaussian over the patch.
    ramp = np.repeat(np.arange(0, 200, 2, dtype=np.uint8)[None, :, None], 100, axis=0)
    image = np.repeat(ramp, 3, axis=2)
    offsets = np.array([-1.5, -0.5, 0.5, 1.5])
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / 8)
    norm = 2 / 255 * np.linalg.norm(weights)
    for share, described in ((0.98, True), (1.02, False)):
        sift = DenseSIFT(sizes=(4,), contrast_threshold=share * norm)
        vectors, frames = sift.extract(image)
        middle = (np.abs(frames[:, 0] - 50) < 20) & (np.abs(frames[:, 1] - 50) < 20)
        assert middle.any()
        assert (vectors[middle].any(axis=1) == described).all()


def naive_vectors(image, frames, size, flat, gaussian, sigma):
    """SIFT patch by patch, cell by cell, by its definition."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float) / 255
    blur = np.sqrt(sigma**2 - 0.25)
    grey = cv2.GaussianBlur(grey, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    padded = np.pad(grey, 1, mode="edge")
    dx = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    dy = (padded[:-2, 1:-1] - padded[2:, 1:-1]) / 2
    # A part along one of the two neighbouring orientations, at 45 degrees to the other.
    away = np.arctan2(dy, dx)[..., None] - np.arange(8) * np.pi / 4
    away = np.abs((away + np.pi) % (2 * np.pi) - np.pi)
    share = np.where(away < np.pi / 4, np.sin(np.pi / 4 - away) / np.sin(np.pi / 4), 0)
    parts = np.hypot(dx, dy)[..., None] * share
    rows, columns = np.arange(grey.shape[0]), np.arange(grey.shape[1])
    vectors = []
    for x, y, _ in frames:
        cells = []
        for r in np.arange(4) - 1.5:
            for c in np.arange(4) - 1.5:
                weights = []
                for line, centre in ((rows, y + r * size), (columns, x + c * size)):
                    off = np.abs(line - centre)
                    box = np.where(off < size / 2, 1, np.where(off == size / 2, 0.5, 0))
                    weights.append(box if flat else np.maximum(0, size - off))
                cell = np.einsum("y,x,yxo->o", *weights, parts)
                cells.append(cell * (np.exp(-(r**2 + c**2) / 8) if gaussian else 1))
        vector = np.concatenate(cells)
        vector = np.minimum(vector, 0.2 * np.linalg.norm(vector))
        vectors.append(vector / np.linalg.norm(vector))
    return np.array(vectors)


@pytest.mark.parametrize("gaussian", [True, False])
@pytest.mark.parametrize("window", ["triangular", "flat"])
@pytest.mark.parametrize("size", [4, 5])
def test_vectors_are_those_of_the_definition(size, window, gaussian):
    image = np.ascontiguousarray(skimage.data.astronaut()[60:100, 180:232])
    sift = DenseSIFT(
        step=7,
        sizes=(size,),
        root=False,
        contrast_threshold=0,
        window=window,
        gaussian=gaussian,
        magnification=size / 1.2,
    )
    vectors, frames = sift.extract(image)
    assert len(vectors) > 10
    reference = naive_vectors(image, frames, size, window == "flat", gaussian, 1.2)
    np.testing.assert_allclose(vectors, reference, atol=2e-4)


def test_threads_give_what_one_gives(photograph):
    sift = DenseSIFT(step=8)
    images = [np.ascontiguousarray(photograph[k:, 2 * k :]) for k in range(12)]
    alone = [sift.extract(image)[0] for image in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda image: sift.extract(image)[0], images))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (12, 12), (1, 40), (40, 13)])
def test_images_smaller_than_a_patch_have_no_vectors(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    vectors, frames = DenseSIFT(sizes=(4, 10), max_side=None).extract(image)
    fits = min(shape) > 3 * 4
    assert (len(vectors) > 0) == fits
    assert vectors.shape == (len(frames), 128)
    assert frames.shape[1:] == (3,)
    assert vectors.dtype == frames.dtype == np.float32
    assert np.isfinite(vectors).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3)])
def test_shrinking_never_loses_a_side(shape):
    vectors, _ = DenseSIFT(max_side=100).extract(np.zeros((*shape, 3), np.uint8))
    assert vectors.shape == (0, 128)


def test_a_blank_image_has_frames_and_zeros():
    vectors, frames = DenseSIFT().extract(np.full((100, 100, 3), 77, np.uint8))
    assert len(frames) > 100
    assert not vectors.any()
    # Not even with no threshold at all is there a direction to report.
    vectors, _ = DenseSIFT(contrast_threshold=0).extract(np.full((100, 100, 3), 77, np.uint8))
    assert not vectors.any()


def test_frames_are_centred_inside_the_image_and_in_its_own_pixels(photograph):
    _, frames = DenseSIFT(step=4, sizes=(4, 6)).extract(photograph)
    height, width = photograph.shape[:2]
    for size in (4, 6):
        zoom = width / 300
        mine = frames[np.isclose(frames[:, 2], size * zoom, rtol=0.01)]
        assert len(mine)
        for axis, length in ((0, width), (1, height)):
            left, right = mine[:, axis].min(), length - 1 - mine[:, axis].max()
            assert 1.5 * size * zoom - 1 <= left
            assert abs(left - right) <= 4 * zoom


def test_shrinking_keeps_places_and_scales(photograph):
    shrunk = cv2.resize(photograph, (160, 120), interpolation=cv2.INTER_AREA)
    reference, small = DenseSIFT(max_side=None).extract(shrunk)
    vectors, frames = DenseSIFT(max_side=160).extract(photograph)
    np.testing.assert_allclose(frames[:, :2] + 0.5, 2 * (small[:, :2] + 0.5), rtol=1e-5)
    np.testing.assert_allclose(frames[:, 2], 2 * small[:, 2])
    assert (vectors * reference).sum(axis=1)[reference.any(axis=1)].mean() > 0.95


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((50, 50), np.uint8),
        np.zeros((50, 50, 3), np.float32),
        np.zeros((0, 50, 3), np.uint8),
    ],
)
def test_what_is_not_an_image_is_refused(image):
    with pytest.raises(ValueError, match="uint8 RGB"):
        DenseSIFT().extract(image)


@pytest.mark.parametrize(
    "parameters",
    [
        {"step": 0},
        {"step": 1.5},
        {"sizes": ()},
        {"sizes": (4, 0)},
        {"magnification": 0},
        {"contrast_threshold": -1},
        {"max_side": 0},
        {"sizes": (4, 257)},
        {"contrast_threshold": float("nan")},
        {"window": "round"},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        clone(DenseSIFT(**parameters)).extract(np.zeros((50, 50, 3), np.uint8))
