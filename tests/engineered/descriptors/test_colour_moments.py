import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engineered.descriptors.colour_moments import ColourMoments

ASTRONAUT = skimage.data.astronaut()[::4, ::4]


def moments(pixels):
    """Mean, deviation and third root of one region's RGB pixels, by definition."""
    levels = pixels.reshape(-1, 3) / 255
    third = ((levels - levels.mean(axis=0)) ** 3).mean(axis=0)
    return np.concatenate((levels.mean(axis=0), levels.std(axis=0), np.cbrt(third)))


def test_equals_the_definition_region_by_region():
    image = ASTRONAUT[:100, :120]
    row = ColourMoments("rgb", grids=((1, 1), (2, 3))).transform([image])[0].reshape(7, 9)
    crops = [image] + [image[y : y + 50, x : x + 40] for y in (0, 50) for x in (0, 40, 80)]
    np.testing.assert_allclose(row, [moments(crop) for crop in crops], atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
)
def test_any_image_equals_the_definition_and_its_mirror(image):
    descriptor = ColourMoments("rgb", grids=((1, 1),))
    row = descriptor.describe(image)
    np.testing.assert_allclose(row, moments(image), atol=2e-5)
    np.testing.assert_array_equal(descriptor.describe(np.ascontiguousarray(image[:, ::-1])), row)


def test_two_levels_by_hand():
    # A quarter white on black: mean 1/4, variance 3/16, third moment 3/32.
    image = np.zeros((4, 4, 3), np.uint8)
    image[0] = 255
    row = ColourMoments("rgb", grids=((1, 1),)).describe(image)
    expected = np.repeat([1 / 4, np.sqrt(3) / 4, np.cbrt(3 / 32)], 3)
    np.testing.assert_allclose(row, expected, atol=1e-6)


def test_a_blank_image_has_no_spread_and_lab_splits_light_from_colour():
    row = ColourMoments("lab", grids=((1, 1),)).describe(np.full((5, 5, 3), 255, np.uint8))
    np.testing.assert_allclose(row[:3], [1, 128 / 255, 128 / 255], atol=1e-6)
    np.testing.assert_allclose(row[3:], 0, atol=1e-6)


def test_a_region_without_pixels_is_zero():
    row = ColourMoments("rgb", grids=((2, 2),)).describe(np.full((1, 1, 3), 9, np.uint8))
    assert (row.reshape(4, 9)[:, 0] > 0).sum() == 1


@pytest.mark.parametrize("parameters", [{"space": "luv"}, {"grids": ()}, {"grids": ((0, 1),)}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        ColourMoments(**parameters).describe(ASTRONAUT)
