import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.edges import canny, gradient
from engineered.descriptors.hog_pyramid import HOGPyramid
from engineered.descriptors.region_histograms import count_values, region_lines

CAMERA = skimage.data.camera()[::4, ::4].copy()


def colour(grey):
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("edges_only", [False, True])
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_equals_the_definition_by_numpy(signed, edges_only, norm):
    grids, bins = ((1, 1), (2, 2), (3, 5)), 9
    dx, dy = gradient(CAMERA)
    weight = np.hypot(dx, dy)
    if edges_only:
        weight = weight * canny(dx, dy, 0.3)
    period = 360 if signed else 180
    position = (np.degrees(np.arctan2(dy, dx)) % period / period * bins).ravel()
    low = np.floor(position).astype(int)
    share, weight = position - low, weight.ravel()
    expected = np.zeros((20, bins))
    for regions in SpatialPyramid(grids).assign_pixels(*CAMERA.shape):
        np.add.at(expected, (regions, low % bins), weight * (1 - share))
        np.add.at(expected, (regions, (low + 1) % bins), weight * share)
    expected /= expected.sum() if norm == "l1" else np.linalg.norm(expected)
    row = HOGPyramid(bins, signed, grids, edges_only, norm, max_side=None).describe(colour(CAMERA))
    # OpenCV's angles are good to a few thousandths of a degree.
    np.testing.assert_allclose(row, expected.ravel(), atol=1e-4)


def test_each_level_holds_the_whole():
    row = HOGPyramid(bins=8, max_side=None).describe(colour(CAMERA)).reshape(85, 8)
    levels = [row[:1], row[1:5], row[5:21], row[21:]]
    for level in levels:
        np.testing.assert_allclose(level.sum(axis=0), row[0], atol=1e-5)
    assert row[0].sum() == pytest.approx(1 / 4, rel=1e-5)


def test_contrast_does_not_matter_and_its_sign_only_if_signed():
    image = colour(CAMERA // 2 * 2)
    plain = HOGPyramid(edges_only=False, signed=False)
    np.testing.assert_allclose(plain.describe(image // 2), plain.describe(image), atol=1e-4)
    np.testing.assert_allclose(plain.describe(255 - image), plain.describe(image), atol=1e-4)
    signed = HOGPyramid(edges_only=False, signed=True)
    assert np.abs(signed.describe(255 - image) - signed.describe(image)).sum() > 0.1


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(
        np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(0, 6)
    ),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=3),
)
def test_region_counts_equal_those_of_the_pyramids_own_assignment(values, grids):
    pyramid = SpatialPyramid(grids)
    counts = np.zeros((pyramid.regions, 7), np.int64)
    count_values(values, *region_lines(pyramid, *values.shape), counts)
    expected = np.zeros_like(counts)
    for regions in pyramid.assign_pixels(*values.shape):
        np.add.at(expected, (regions, values.ravel()), 1)
    np.testing.assert_array_equal(counts, expected)


def test_blank_images_are_zero():
    np.testing.assert_array_equal(HOGPyramid().describe(np.full((50, 50, 3), 9, np.uint8)), 0)


@pytest.mark.parametrize(
    "parameters",
    [{"bins": 0}, {"norm": "l3"}, {"edge_share": 0}, {"grids": ()}, {"max_side": 0}],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        HOGPyramid(**{"edges_only": True, **parameters}).describe(colour(CAMERA))
