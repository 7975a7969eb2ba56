import numpy as np
import pytest
import skimage.color
import skimage.data

from engineered.descriptors.colour_histogram import ColourHistogram

ASTRONAUT = skimage.data.astronaut()[::4, ::4]


def test_joint_bins_equal_numpy():
    expected, _ = np.histogramdd(ASTRONAUT.reshape(-1, 3), bins=4, range=[(0, 256)] * 3)
    row = ColourHistogram(bins=4).transform([ASTRONAUT])[0]
    np.testing.assert_allclose(row, expected.ravel() / expected.sum(), atol=1e-7)


def test_marginal_bins_equal_numpy():
    expected = [np.histogram(ASTRONAUT[..., k], bins=10, range=(0, 256))[0] for k in range(3)]
    row = ColourHistogram(bins=10, joint=False).transform([ASTRONAUT])[0]
    np.testing.assert_allclose(row, np.concatenate(expected) / np.sum(expected), atol=1e-7)


def test_hsv_equals_scikit_image():
    hue = (skimage.color.rgb2hsv(ASTRONAUT)[..., 0] * 4).astype(int) % 4
    row = ColourHistogram("hsv", bins=4, joint=False).transform([ASTRONAUT])[0]
    # OpenCV rounds the hue to one of 256 levels.
    np.testing.assert_allclose(row[:4] * 3, np.bincount(hue.ravel()) / hue.size, atol=0.02)


def test_lab_of_grey_has_neutral_chroma():
    image = np.full((5, 5, 3), 200, np.uint8)
    row = ColourHistogram("lab", bins=2, joint=False).transform([image])[0]
    np.testing.assert_allclose(row, [0, 1 / 3, 0, 1 / 3, 0, 1 / 3], atol=1e-7)


def test_regions_are_histograms_of_the_crops():
    image = ASTRONAUT[:100, :120]
    row = ColourHistogram(grids=((1, 1), (2, 3))).transform([image])[0].reshape(7, 64)
    crops = [image] + [image[y : y + 50, x : x + 40] for y in (0, 50) for x in (0, 40, 80)]
    shares = [1 / 2] + [1 / 12] * 6
    for region, crop, share in zip(row, crops, shares, strict=True):
        expected = ColourHistogram().transform([crop])[0]
        np.testing.assert_allclose(region, share * expected, atol=1e-6)


@pytest.mark.parametrize("space", ["rgb", "hsv", "lab"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (40, 40)])
@pytest.mark.parametrize("joint", [True, False])
def test_rows_sum_to_one_at_any_size(space, shape, joint):
    descriptor = ColourHistogram(space, bins=5, joint=joint, grids=((1, 1), (2, 2)))
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    rows = descriptor.transform([image, np.zeros_like(image)])
    assert rows.shape == (2, descriptor.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("parameters", [{"space": "luv"}, {"bins": 0}, {"bins": 257}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        ColourHistogram(**parameters).transform([ASTRONAUT])
