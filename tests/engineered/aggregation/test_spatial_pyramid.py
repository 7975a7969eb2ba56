import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engineered.aggregation.spatial_pyramid import SpatialPyramid

SIDES = st.integers(1, 40)
GRIDS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=3)


def test_quarters():
    pyramid = SpatialPyramid([(1, 1), (2, 2)])
    x, y = np.array([0, 9, 0, 9, 4, 5]), np.array([0, 0, 5, 5, 2, 3])
    regions = pyramid.assign(x, y, (6, 10))
    np.testing.assert_array_equal(regions, [[0] * 6, [1, 2, 3, 4, 1, 4]])


@given(GRIDS, SIDES, SIDES)
def test_pixels_are_places(grids, height, width):
    pyramid = SpatialPyramid(grids)
    y, x = np.indices((height, width)).reshape(2, -1)
    pixels = pyramid.assign_pixels(height, width)
    np.testing.assert_array_equal(pixels, pyramid.assign(x, y, (height, width)))
    assert pixels.min() >= 0
    assert pixels.max() < pyramid.regions


@given(GRIDS, st.integers(1, 6))
def test_divisible_images_are_cut_evenly(grids, scale):
    for grid, regions in zip(
        grids, SpatialPyramid(grids).assign_pixels(60 * scale, 60 * scale), strict=True
    ):
        counts = np.bincount(regions)[regions.min() :]
        assert (counts == (60 * scale) ** 2 // (grid[0] * grid[1])).all()


def test_places_outside_fall_into_the_nearest_region():
    pyramid = SpatialPyramid([(2, 2)])
    x, y = np.array([-3.0, 30.0]), np.array([-1.0, 99.0])
    np.testing.assert_array_equal(pyramid.assign(x, y, (10, 10)), [[0, 3]])


@pytest.mark.parametrize("grids", [[], [(0, 1)], [(1, 1, 1)], [(1.5, 2)]])
def test_wrong_grids_are_refused(grids):
    with pytest.raises(ValueError, match="grids"):
        SpatialPyramid(grids)
