import cv2
import numpy as np
import pytest
import skimage.data
from scipy.signal import fftconvolve
from skimage.filters import gabor_kernel

from engineered.descriptors.gabor import Gabor, transfer_functions

GREY = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)[:160, 100:260]
SCALES, ORIENTATIONS = 4, 6


def kernels():
    """The bank by scikit-image, from the paper's widths at half height."""
    half = np.sqrt(2 * np.log(2))
    for frequency in (0.05, 0.1, 0.2, 0.4):
        along = frequency / (3 * half)
        across = np.tan(np.pi / 12) * np.sqrt((frequency / half) ** 2 - along**2)
        for k in range(ORIENTATIONS):
            # Rows count downwards there.
            yield gabor_kernel(
                frequency,
                -np.pi * k / ORIENTATIONS,
                sigma_x=1 / (2 * np.pi * along),
                sigma_y=1 / (2 * np.pi * across),
                n_stds=6,
            )


def test_filters_are_the_transforms_of_scikit_images_kernels():
    side = 256
    for transfer, kernel in zip(
        transfer_functions(side, SCALES, ORIENTATIONS), kernels(), strict=True
    ):
        field = np.zeros((side, side), complex)
        height, width = kernel.shape
        field[:height, :width] = kernel
        field = np.roll(field, (-(height // 2), -(width // 2)), (0, 1))
        np.testing.assert_allclose(np.fft.fft2(field), transfer, atol=0.01)


def test_neighbours_touch_at_half_height():
    side = 240
    bank = transfer_functions(side, SCALES, 2).reshape(SCALES, 2, side, side)
    # To the right: 0.05, 0.1, 0.2 touch where 0.0667 and 0.1333 cycles a pixel are.
    for fine, frequency in ((1, 1 / 15), (2, 2 / 15)):
        column = frequency * side
        for scale in (fine - 1, fine):
            value = np.interp(column, np.arange(side // 2), bank[scale, 0, 0, : side // 2])
            assert value == pytest.approx(0.5, abs=0.02)


def test_moments_are_those_of_plain_convolution():
    descriptor = Gabor(SCALES, ORIENTATIONS, grids=((1, 1), (2, 2)), image_size=160)
    row = descriptor.describe(np.repeat(GREY[..., None], 3, 2)).reshape(5, 24, 2)
    reflected = np.pad(GREY / 255, 100, mode="symmetric")
    reflected -= reflected.mean()
    for i, kernel in enumerate(kernels()):
        response = np.abs(fftconvolve(reflected, kernel, mode="same"))[100:-100, 100:-100]
        for region, crop in ((0, response), (1, response[:80, :80]), (4, response[80:, 80:])):
            # Ours looks at some pixels only, and reflects less.
            assert row[region, i, 0] == pytest.approx(crop.mean(), rel=0.12, abs=5e-4)
            assert row[region, i, 1] == pytest.approx(crop.std(), rel=0.2, abs=1e-3)
        assert row[0, i, 0] == pytest.approx(response.mean(), rel=0.05, abs=5e-4)


@pytest.mark.parametrize("direction", range(ORIENTATIONS))
@pytest.mark.parametrize("scale", range(SCALES))
def test_a_wave_answers_in_its_own_filter(scale, direction):
    frequency, turn = 0.05 * 2**scale, np.pi * direction / ORIENTATIONS
    y, x = np.mgrid[:160, :160]
    phase = 2 * np.pi * frequency * (x * np.cos(turn) - y * np.sin(turn))
    wave = np.rint(127.5 + 127 * np.cos(phase)).astype(np.uint8)
    descriptor = Gabor(SCALES, ORIENTATIONS, grids=((3, 3),), image_size=160)
    # The middle of the image: at its border the wave is broken by its reflection.
    row = descriptor.describe(np.repeat(wave[..., None], 3, 2)).reshape(9, -1, 2)[4]
    assert row[:, 0].argmax() == scale * ORIENTATIONS + direction
    # A one-sided filter passes half of a real wave's amplitude.
    assert row[:, 0].max() == pytest.approx(127 / 255 / 2, rel=0.1)


def test_blank_ground_has_no_texture_and_contrast_scales_it():
    flat = Gabor().describe(np.full((50, 80, 3), 90, np.uint8))
    np.testing.assert_allclose(flat, 0, atol=1e-6)
    image = np.repeat((GREY // 2 * 2)[..., None], 3, 2)
    # At the size that it has, for resizing rounds.
    descriptor = Gabor(image_size=160)
    np.testing.assert_allclose(
        descriptor.describe(image // 2), descriptor.describe(image) / 2, rtol=1e-3, atol=1e-6
    )


@pytest.mark.parametrize(
    "parameters", [{"scales": 1}, {"orientations": 1}, {"image_size": 8}, {"grids": ()}]
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        Gabor(**parameters).describe(np.zeros((50, 50, 3), np.uint8))
