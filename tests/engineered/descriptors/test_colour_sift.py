import warnings

import numpy as np
import pytest
import skimage.color
import skimage.data
from sklearn.base import clone

from engineered.descriptors.colour_planes import SPACES, colour_planes
from engineered.descriptors.colour_sift import DenseColourSIFT
from engineered.descriptors.dense_sift import DenseSIFT


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(skimage.data.astronaut()[:200, 100:340])


@pytest.fixture(scope="module")
def colours():
    """Every combination of some levels, the darkest and the greys among them."""
    levels = np.array([0, 1, 2, 77, 254, 255], np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(12, 18, 3)


def test_opponent_planes_are_a_rotation_of_the_colours(colours):
    planes = np.stack(colour_planes(colours, "opponent"), axis=-1)
    rotation = np.array([[1, -1, 0], [1, 1, -2], [1, 1, 1]]) / np.sqrt([[2], [6], [3]])
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(planes, colours / 255 @ rotation.T, atol=1e-6)


def test_c_planes_are_ratios_and_black_has_none(colours):
    first, second, third = colour_planes(colours, "c")
    red_green, yellow_blue, intensity = colour_planes(colours, "opponent")
    black = ~colours.any(axis=-1)
    assert black.any()
    np.testing.assert_array_equal(third, intensity)
    for ratio, numerator in ((first, red_green), (second, yellow_blue)):
        assert not ratio[black].any()
        np.testing.assert_allclose(
            ratio[~black], numerator[~black] / intensity[~black], rtol=1e-5, atol=1e-7
        )


def test_hsv_planes_are_those_of_scikit_image(colours):
    hue, saturation, value = np.moveaxis(skimage.color.rgb2hsv(colours), -1, 0)
    angle = 2 * np.pi * hue
    reference = [saturation * np.cos(angle), saturation * np.sin(angle), value]
    np.testing.assert_allclose(colour_planes(colours, "hsv"), reference, atol=2e-4)


@pytest.mark.parametrize("space", SPACES)
def test_planes_span_what_the_kernel_can_hold(colours, space):
    for plane in colour_planes(colours, space):
        assert plane.dtype == np.float32
        assert np.isfinite(plane).all()
        assert np.ptp(plane) <= 2.5


@pytest.mark.parametrize("space", ["opponent", "hsv", "c"])
def test_an_image_without_colour_has_zeros_in_chroma_and_sift_in_brightness(space, photograph):
    grey = np.repeat(photograph[:, :, 1:2], 3, axis=2)
    # The threshold in each plane's units: intensity is sqrt(3) times the grey level.
    unit = 1 if space == "hsv" else np.sqrt(3)
    vectors, _ = DenseColourSIFT(space=space, contrast_threshold=0.005 * unit).extract(grey)
    assert not vectors[:, :256].any()
    reference, _ = DenseSIFT().extract(grey)
    np.testing.assert_allclose(vectors[:, 256:], reference, atol=2e-3)
    chroma, _ = DenseColourSIFT(space=space, chroma_only=True, contrast_threshold=0).extract(grey)
    assert chroma.shape == (len(vectors), 256)
    assert not chroma.any()


def test_rgb_is_the_sift_of_each_channel(photograph):
    vectors, frames = DenseColourSIFT(space="rgb", root=False).extract(photograph)
    for channel in range(3):
        alone = np.repeat(photograph[:, :, channel : channel + 1], 3, axis=2)
        reference, places = DenseSIFT(root=False).extract(alone)
        np.testing.assert_array_equal(frames, places)
        part = vectors[:, 128 * channel : 128 * (channel + 1)]
        np.testing.assert_allclose(part, reference, atol=1e-4)


@pytest.mark.parametrize("space", SPACES)
def test_each_plane_has_unit_length_or_nothing(space, photograph):
    vectors, _ = DenseColourSIFT(space=space, step=8).extract(photograph)
    norms = np.linalg.norm(vectors.reshape(len(vectors), -1, 128), axis=2)
    described = norms > 0
    assert described.any(axis=0).all()
    np.testing.assert_allclose(norms[described], 1, atol=1e-5)


@pytest.mark.parametrize("space", ["opponent", "hsv", "c"])
def test_chroma_only_leaves_the_rest_as_it_is(space, photograph):
    whole, frames = DenseColourSIFT(space=space, step=8).extract(photograph)
    descriptor = clone(DenseColourSIFT(space=space, step=8, chroma_only=True))
    chroma, places = descriptor.extract(photograph)
    assert chroma.shape[1] == descriptor.dimension == 256
    np.testing.assert_array_equal(chroma, whole[:, :256])
    np.testing.assert_array_equal(frames, places)


def test_brightness_leaves_opponent_chroma_and_light_leaves_c(photograph):
    # Within what can be darkened and lightened without clipping or rounding.
    image = (photograph // 8) * 4 + 20
    for space, changed in (("opponent", image + 60), ("c", image * 2 // 4 * 4)):
        base = image if space == "opponent" else changed // 2
        descriptor = DenseColourSIFT(space=space, chroma_only=True, step=8)
        np.testing.assert_allclose(
            descriptor.extract(base)[0], descriptor.extract(changed)[0], atol=1e-3
        )


def test_hue_does_not_jump_where_its_circle_closes():
    # From reddish violet to reddish orange: in degrees, hue goes from 359 to 0 in the middle.
    ramp = np.zeros((64, 64, 3), np.uint8)
    ramp[:, :, 0] = 200
    ramp[:, :32, 2] = np.arange(62, -2, -2)
    ramp[:, 32:, 1] = np.arange(2, 66, 2)
    sine = colour_planes(ramp, "hsv")[1]
    assert (np.diff(sine, axis=1) > 0).all()
    assert np.diff(sine, axis=1).max() < 0.02


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (12, 12), (14, 30)])
def test_every_image_has_defined_vectors(space, shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for pixels in (image, np.zeros_like(image), np.full_like(image, 255)):
            vectors, frames = DenseColourSIFT(space=space, max_side=None).extract(pixels)
            assert vectors.shape == (len(frames), 384)
            assert (len(vectors) > 0) == (min(shape) > 12)
            assert np.isfinite(vectors).all()
            assert pixels is image or not vectors.any()


def test_moving_the_image_by_the_step_permutes_the_vectors(photograph):
    descriptor = DenseColourSIFT(step=4, sizes=(5,), max_side=None)
    here, frames = descriptor.extract(photograph[:180, :220])
    there, moved = descriptor.extract(photograph[4:184, 8:228])
    place = {tuple(frame): i for i, frame in enumerate(frames)}
    pairs = np.array(
        [
            (place[x + 8, y + 4, scale], j)
            for j, (x, y, scale) in enumerate(moved)
            if 50 < x < 160 and 50 < y < 120
        ]
    )
    assert len(pairs) > 200
    # A plane may stand right at its threshold.
    close = np.isclose(here[pairs[:, 0]], there[pairs[:, 1]], atol=1e-3)
    assert close.mean() > 0.999


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"space": "lab"}, "space must be one of opponent, rgb, hsv, c"),
        ({"space": "rgb", "chroma_only": True}, "has none"),
        ({"step": 0}, "step"),
        ({"window": "round"}, "window"),
    ],
)
def test_wrong_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        DenseColourSIFT(**parameters).extract(np.zeros((50, 50, 3), np.uint8))
