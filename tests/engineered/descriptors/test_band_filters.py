import numpy as np
import pytest

from engineered.descriptors.band_filters import bands_of, cell_means, magnitudes


def gaussian_band(side, row, column, width):
    """A Gaussian around one frequency, the spectrum being a torus."""
    down = (np.arange(side)[:, None] - row + side // 2) % side - side // 2
    across = (np.arange(side) - column + side // 2) % side - side // 2
    return np.exp(-(down**2 + across**2) / (2 * width**2))


@pytest.mark.parametrize("centre", [(0, 10), (60, 3), (30, 32), (5, 59)])
def test_magnitudes_are_those_of_the_whole_transform(centre):
    side = 64
    transfer = gaussian_band(side, *centre, 2)
    canvas = np.random.default_rng(0).normal(size=(side, side)).astype(np.float32)
    whole = np.abs(np.fft.ifft2(np.fft.fft2(canvas) * transfer))
    (band,) = bands_of([transfer])
    (response,) = magnitudes(canvas, [band])
    # The samples that both have.
    assert response.shape[0] < side / 2
    step = np.lcm(side, response.shape[0]) // response.shape[0]
    common = np.arange(0, side, step)
    places = common * response.shape[0] // side
    assert len(common) >= 2
    np.testing.assert_allclose(
        response[np.ix_(places, places)], whole[np.ix_(common, common)], atol=0.01 * whole.max()
    )
    # Parseval: no energy is lost but what the filter hardly passes.
    assert (response**2).mean() == pytest.approx((whole**2).mean(), rel=1e-3)


def test_a_filter_that_passes_everything_is_the_identity():
    canvas = np.random.default_rng(0).normal(size=(30, 30)).astype(np.float32)
    (response,) = magnitudes(canvas, bands_of([np.ones((30, 30))]))
    np.testing.assert_allclose(response, np.abs(canvas), atol=1e-5)


def test_cells_average_what_samples_stand_for():
    # Samples at 0, 2, 4, ... stand for -1 to 1, 1 to 3, 3 to 5, ...; the image is 3.5 to 11.5.
    weights = cell_means(samples=8, side=16, margin=4, length=8, cells=2)
    expected = np.zeros((2, 8))
    expected[0, 2:5] = np.array([3, 4, 1]) / 8
    expected[1, 4:7] = np.array([3, 4, 1]) / 8
    np.testing.assert_allclose(weights, expected)


def test_a_sample_a_pixel_makes_plain_means():
    weights = cell_means(samples=20, side=20, margin=4, length=12, cells=3)
    image = np.arange(20.0)
    np.testing.assert_allclose(weights @ image, image[4:16].reshape(3, 4).mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize(("length", "cells"), [(1, 1), (1, 4), (3, 8), (200, 4)])
def test_every_cell_has_a_mean(length, cells):
    weights = cell_means(samples=20, side=240, margin=20, length=length, cells=cells)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)
