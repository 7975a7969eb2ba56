import numpy as np
import pytest
import skimage.data

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.edge_orientation import EdgeOrientation
from engineered.descriptors.edges import canny, gradient

CAMERA = skimage.data.camera()[::2, ::2].copy()


def colour(grey):
    return np.repeat(grey[..., None], 3, axis=2)


def test_equals_a_histogram_by_numpy():
    dx, dy = gradient(CAMERA)
    edges = canny(dx, dy, 0.3)
    position = np.degrees(np.arctan2(dy, dx)) % 180 / 180 * 6
    low = np.floor(position).astype(int)
    row = (
        EdgeOrientation(6, False, ((1, 1), (2, 3)), max_side=None)
        .describe(colour(CAMERA))
        .reshape(7, 7)
    )
    for regions in SpatialPyramid(((1, 1), (2, 3))).assign_pixels(*CAMERA.shape):
        regions = regions.reshape(CAMERA.shape)
        for region in np.unique(regions):
            mine = (regions == region) & edges
            share = position[mine] - low[mine]
            expected = np.bincount(low[mine] % 6, 1 - share, 6)
            expected += np.bincount((low[mine] + 1) % 6, share, 6)
            missing = ((regions == region) & ~edges).sum()
            np.testing.assert_allclose(
                row[region], np.append(expected, missing) / CAMERA.size / 2, atol=2e-6
            )


@pytest.mark.parametrize(("turns", "bin_"), [(0, 0), (1, 4), (2, 8), (3, 12)])
def test_an_edge_fills_the_bin_of_its_direction(turns, bin_):
    image = np.zeros((60, 60), np.uint8)
    image[:, 30:] = 200
    # Brighter to the right, then turned counter-clockwise.
    image = colour(np.ascontiguousarray(np.rot90(image, turns)))
    row = EdgeOrientation(16, signed=True, grids=((1, 1),)).describe(image)
    assert row[bin_] == pytest.approx(1 / 60, rel=0.01)
    assert row[-1] == pytest.approx(59 / 60, rel=1e-3)
    unsigned = EdgeOrientation(8, signed=False, grids=((1, 1),)).describe(image)
    assert unsigned[bin_ % 8] == pytest.approx(1 / 60, rel=0.01)


def test_rows_sum_to_one_and_a_blank_image_is_no_edge_at_all():
    descriptor = EdgeOrientation(grids=((1, 1), (2, 2)))
    rows = descriptor.transform([colour(CAMERA), np.full((40, 40, 3), 9, np.uint8)])
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
    blank = rows[1].reshape(5, -1)
    np.testing.assert_allclose(blank[:, -1], [1 / 2] + [1 / 8] * 4, rtol=1e-6)


@pytest.mark.parametrize(
    "parameters", [{"bins": 0}, {"edge_share": 1}, {"grids": ()}, {"max_side": 0}]
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        EdgeOrientation(**parameters).describe(colour(CAMERA))
