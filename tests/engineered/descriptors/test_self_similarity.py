import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from engineered.descriptors.self_similarity import SelfSimilarity

IMAGE = np.ascontiguousarray(skimage.data.astronaut()[100:146, 180:240])


def bin_of(descriptor, dy, dx):
    """Ring and sector of a displacement, in exact steps where it matters; None if in none."""
    distance = np.hypot(dy, dx)
    if not descriptor.inner <= distance <= descriptor.radius:
        return None
    edges = np.geomspace(descriptor.inner, descriptor.radius, descriptor.radii + 1)
    ring = max(k for k in range(descriptor.radii) if distance >= edges[k] - 1e-6)
    degrees = np.degrees(np.arctan2(-dy, dx)) % 360
    width = 360 / descriptor.angles
    sector = int((degrees + width / 2 + 1e-6) // width) % descriptor.angles
    return ring, sector


def reference(descriptor, image):
    """The definition, one point and one displacement after the other."""
    if descriptor.colour:
        pixels = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(float)
    else:
        pixels = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)[:, :, None]
    half, reach = descriptor.patch // 2, descriptor.radius
    moves = {
        (dy, dx): bin_of(descriptor, dy, dx)
        for dy in range(-reach, reach + 1)
        for dx in range(-reach, reach + 1)
    }
    order = sorted({where for where in moves.values() if where is not None})

    def patch(y, x):
        return pixels[y - half : y + half + 1, x - half : x + half + 1]

    vectors, frames = [], []
    starts = []
    for length in pixels.shape[:2]:
        room = length - 1 - 2 * (half + reach)
        first = half + reach + room % descriptor.step // 2
        starts.append(range(first, half + reach + room + 1, descriptor.step))
    for y in starts[0]:
        for x in starts[1]:
            frames.append((x, y, (2 * (half + reach) + 1) / 4))
            around = [
                ((patch(y, x) - patch(y + a, x + b)) ** 2).sum()
                for a, b in ((0, 1), (0, -1), (1, 0), (-1, 0))
            ]
            noise = descriptor.noise**2 * pixels.shape[2] * descriptor.patch**2
            best = dict.fromkeys(order, 0.0)
            for (dy, dx), where in moves.items():
                if where is not None:
                    ssd = ((patch(y, x) - patch(y + dy, x + dx)) ** 2).sum()
                    best[where] = max(best[where], np.exp(-ssd / max(noise, *around)))
            s = np.array([best[where] for where in order])
            if np.ptp(s) < descriptor.contrast_threshold:
                vectors.append(np.zeros(len(s)))
                continue
            v = (s - s.min()) / np.ptp(s)
            vectors.append(np.sqrt(v / v.sum()) if descriptor.root else v)
    return np.array(vectors), np.array(frames)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"step": 3, "patch": 7, "radius": 6, "angles": 8, "radii": 2},
        {"step": 5, "colour": True},
        {"step": 4, "colour": True, "patch": 9, "radius": 5, "noise": 20},
        {"step": 1, "patch": 1, "radius": 9, "inner": 1, "root": False},
        {"step": 40, "patch": 3, "angles": 20, "radii": 4, "contrast_threshold": 0.5},
        {"step": 7, "radius": 2, "inner": 1.0, "radii": 1, "angles": 5},
    ],
)
def test_vectors_are_those_of_the_definition(parameters):
    descriptor = SelfSimilarity(max_side=None, **parameters)
    image = IMAGE if descriptor.step > 3 else IMAGE[:30, :35]
    vectors, frames = descriptor.extract(image)
    expected, places = reference(descriptor, image)
    np.testing.assert_array_equal(frames, places)
    assert vectors.shape == expected.shape == (len(frames), descriptor.dimension)
    np.testing.assert_allclose(vectors, expected, atol=2e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 9), st.integers(2, 8), st.booleans())
def test_points_lie_in_the_middle_with_room_for_all_they_look_at(
    height, width, step, radius, colour
):
    image = np.random.default_rng(height).integers(0, 256, (height, width, 3)).astype(np.uint8)
    descriptor = SelfSimilarity(step=step, radius=radius, inner=1, radii=1, colour=colour)
    vectors, frames = descriptor.extract(image)
    margin = radius + 2
    for column, length in ((0, width), (1, height)):
        assert len(np.unique(frames[:, column])) in {
            0,
            max(0, (length - 1 - 2 * margin)) // step + 1,
        }
        if len(frames):
            before = frames[:, column].min() - margin
            after = length - 1 - margin - frames[:, column].max()
            assert 0 <= before <= after <= before + 1
    assert len(vectors) == len(frames)
    assert (len(frames) > 0) == (min(height, width) > 2 * margin)
    norms = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(norms[norms > 0], 1, atol=1e-5)


def test_defaults_have_a_bin_for_every_ring_and_sector():
    assert SelfSimilarity().dimension == 36
    # Too near the centre for so many sectors: what is left out is not described.
    assert SelfSimilarity(angles=20, radii=4).dimension < 80
    # The paper's: 80 bins of a radius of 40.
    assert SelfSimilarity(radius=40, angles=20, radii=4, inner=4).dimension == 80


def test_moving_the_image_by_the_step_permutes_the_vectors():
    image = skimage.data.coffee()[:160, :200]
    descriptor = SelfSimilarity(step=3, max_side=None)
    here, frames = descriptor.extract(np.ascontiguousarray(image[:150, :180]))
    there, moved = descriptor.extract(np.ascontiguousarray(image[3:153, 6:186]))
    place = {tuple(frame): i for i, frame in enumerate(frames)}
    pairs = [
        (place[x + 6, y + 3, scale], j)
        for j, (x, y, scale) in enumerate(moved)
        if (x + 6, y + 3, scale) in place
    ]
    assert len(pairs) > 1500
    first, second = np.array(pairs).T
    # Sums are exact, so this holds to the last bit.
    np.testing.assert_array_equal(here[first], there[second])


def test_a_brighter_image_has_the_same_vectors():
    image = (skimage.data.coffee()[100:200, 200:340] // 2).astype(np.uint8)
    vectors, _ = SelfSimilarity(max_side=None).extract(image)
    brighter, _ = SelfSimilarity(max_side=None).extract(image + np.uint8(90))
    np.testing.assert_array_equal(brighter, vectors)
    negative, _ = SelfSimilarity(max_side=None).extract(255 - image[:, :, :1].repeat(3, axis=2))
    positive, _ = SelfSimilarity(max_side=None).extract(image[:, :, :1].repeat(3, axis=2))
    np.testing.assert_array_equal(negative, positive)


def test_a_quarter_turn_turns_the_sectors():
    image = skimage.data.astronaut()[60:115, 180:241]
    descriptor = SelfSimilarity(step=2, max_side=None)
    vectors, _ = descriptor.extract(np.ascontiguousarray(image))
    turned, _ = descriptor.extract(np.ascontiguousarray(np.rot90(image)))
    rows, columns = (55 - 25) // 2 + 1, (61 - 25) // 2 + 1
    bins = vectors.reshape(rows, columns, 3, 12)
    expected = np.roll(np.rot90(bins), 3, axis=3)
    np.testing.assert_allclose(turned.reshape(columns, rows, 3, 12), expected, atol=1e-6)


def test_an_edge_resembles_itself_along_and_not_across():
    image = np.zeros((60, 80, 3), np.uint8)
    image[:, 40:] = 200
    vectors, frames = SelfSimilarity(root=False).extract(image)
    on_edge = frames[:, 0] == 40
    assert on_edge.any()
    bins = vectors[on_edge].reshape(-1, 3, 12)
    np.testing.assert_array_equal(bins[:, :, [3, 9]], 1)
    # Of its five columns two are dark and three light. A move by one pixel changes one,
    # so a patch that is all light is at exp(-2), and one that is all dark at exp(-3).
    right, left = np.exp(-2), np.exp(-3)
    np.testing.assert_allclose(bins[:, 1:, 0], (right - left) / (1 - left), rtol=1e-5)
    np.testing.assert_array_equal(bins[:, 1:, 6], 0)


@pytest.mark.parametrize("colour", [False, True])
def test_flat_ground_and_lone_points_are_all_zeros(colour):
    flat = np.full((60, 70, 3), (10, 128, 251), np.uint8)
    faint = flat + np.random.default_rng(0).integers(0, 3, flat.shape).astype(np.uint8)
    noise = np.random.default_rng(0).integers(0, 2, flat.shape).astype(np.uint8) * 255
    for image in (flat, faint):
        vectors, frames = SelfSimilarity(colour=colour).extract(image)
        assert len(frames) > 100
        assert not vectors.any()
    # Nothing resembles anything: what is left of the similarities is below the threshold.
    vectors, _ = SelfSimilarity(colour=colour, patch=9, contrast_threshold=0.9).extract(noise)
    assert not vectors.any()
    # Not even without a threshold is flat ground stretched.
    assert not SelfSimilarity(colour=colour, contrast_threshold=0).extract(flat)[0].any()


def test_colour_tells_apart_what_grey_does_not():
    image = np.empty((60, 80, 3), np.uint8)
    image[:, :40] = (200, 40, 60)
    level = cv2.cvtColor(image[:, :40], cv2.COLOR_RGB2GRAY)[0, 0]
    image[:, 40:] = level
    assert not SelfSimilarity().extract(image)[0].any()
    assert SelfSimilarity(colour=True).extract(image)[0].any()


def test_frames_are_in_pixels_of_the_image_as_given():
    image = cv2.resize(IMAGE, (400, 300), interpolation=cv2.INTER_CUBIC)
    vectors, frames = SelfSimilarity(max_side=100).extract(image)
    small = cv2.resize(
        cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (100, 75), interpolation=cv2.INTER_AREA
    )
    same, places = SelfSimilarity(max_side=None).extract(np.dstack([small] * 3))
    np.testing.assert_array_equal(vectors, same)
    np.testing.assert_allclose(frames[:, :2], (places[:, :2] + 0.5) * 4 - 0.5)
    np.testing.assert_allclose(frames[:, 2], 25)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("max_side", [None, 150])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3), (24, 90), (25, 25), (25, 150)])
def test_every_image_has_defined_vectors(shape, max_side, colour):
    descriptor = SelfSimilarity(max_side=max_side, colour=colour, noise=0.01)
    random = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    for image in (random, np.zeros_like(random), np.where(random < 128, 0, 255).astype(np.uint8)):
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            vectors, frames = descriptor.extract(image)
        assert vectors.shape == (len(frames), 36)
        assert frames.shape[1] == 3
        assert (len(vectors) > 0) == (min(shape) > 24)
        assert vectors.dtype == frames.dtype == np.float32
        assert np.isfinite(vectors).all()
        assert not len(vectors) or (vectors.min() >= 0 and vectors.max() <= 1)


def test_threads_do_not_disturb_each_other():
    images = [
        np.ascontiguousarray(skimage.data.coffee()[k : k + 90, k : k + 120]) for k in range(8)
    ]
    descriptor = SelfSimilarity()
    expected = [descriptor.extract(image)[0] for image in images]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda image: descriptor.extract(image)[0], images))
    for vectors, same in zip(expected, results):
        np.testing.assert_array_equal(vectors, same)


def test_clones_and_pickles_are_the_same():
    descriptor = SelfSimilarity(step=6.0, radius=8.0, patch=3, max_side=70, colour=True)
    descriptor.warm_up()
    expected, _ = descriptor.extract(IMAGE)
    for same in (clone(descriptor), pickle.loads(pickle.dumps(descriptor))):
        np.testing.assert_array_equal(same.extract(IMAGE)[0], expected)


@pytest.mark.parametrize(
    "parameters",
    [
        {"step": 0},
        {"patch": 4},
        {"patch": 11},
        {"radius": 2.5},
        {"inner": 10},
        {"inner": 0.5},
        {"radii": 0},
        {"angles": 1.5},
        {"angles": 1, "radii": 1},
        {"max_side": 0},
        {"noise": 0},
        {"noise": float("nan")},
        {"contrast_threshold": -0.1},
        {"contrast_threshold": 1.5},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        SelfSimilarity(**parameters).extract(IMAGE)
    with pytest.raises(ValueError, match=next(iter(parameters))):
        _ = SelfSimilarity(**parameters).dimension


def test_an_image_that_is_not_rgb_is_refused():
    with pytest.raises(ValueError, match="RGB"):
        SelfSimilarity().extract(IMAGE[:, :, 0])
