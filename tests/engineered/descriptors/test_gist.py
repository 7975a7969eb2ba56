import numpy as np
import pytest
import skimage.data

from engineered.descriptors.gist import GIST, even_out, transfer_functions

ASTRONAUT = skimage.data.astronaut()[:128, 100:228].copy()


def reference_prefilter(image):
    """The authors' `prefilt`, from its description, on one or more channels last."""
    padded = np.pad(np.log(image + 1), ((5, 5), (5, 5), (0, 0)), mode="symmetric")
    n = len(padded)
    f = np.arange(n) - n // 2
    width = 4 / np.sqrt(np.log(2))
    low = np.fft.fftshift(np.exp(-(f[:, None] ** 2 + f**2) / width**2))[..., None]
    padded = padded - np.fft.ifft2(np.fft.fft2(padded, axes=(0, 1)) * low, axes=(0, 1)).real
    power = padded.mean(axis=2, keepdims=True) ** 2
    deviation = np.sqrt(np.abs(np.fft.ifft2(np.fft.fft2(power, axes=(0, 1)) * low, axes=(0, 1))))
    return (padded / (0.2 + deviation))[5:-5, 5:-5]


def reference_gist(channel, orientations, cells):
    """The authors' `gistGabor`, from its description: whole transforms, plain loops."""
    n = 128 + 64
    padded = np.pad(channel, 32, mode="symmetric")
    f = np.arange(n) - n / 2
    x, y = np.meshgrid(f, f)
    radius = np.fft.fftshift(np.hypot(x, y)) / n
    angle = np.fft.fftshift(np.angle(x + 1j * y))
    values = []
    for scale, count in enumerate(orientations):
        for k in range(count):
            turned = angle + np.pi / count * k
            turned = turned + 2 * np.pi * (turned < -np.pi) - 2 * np.pi * (turned > np.pi)
            transfer = np.exp(
                -10 * 0.35 * (radius / (0.3 / 1.85**scale) - 1) ** 2
                - 2 * 16 * count**2 / 32**2 * np.pi * turned**2
            )
            response = np.abs(np.fft.ifft2(np.fft.fft2(padded) * transfer))[32:-32, 32:-32]
            size = 128 // cells
            values += [
                response[i * size : (i + 1) * size, j * size : (j + 1) * size].mean()
                for i in range(cells)
                for j in range(cells)
            ]
    return np.array(values)


def test_prefilter_equals_the_reference():
    image = ASTRONAUT.astype(np.float32)
    ours = even_out(np.ascontiguousarray(image.transpose(2, 0, 1)))
    np.testing.assert_allclose(ours.transpose(1, 2, 0), reference_prefilter(image), atol=2e-3)


@pytest.mark.parametrize("orientations", [(8, 8, 8, 8), (8, 6, 4)])
def test_gist_equals_the_reference(orientations):
    grey = ASTRONAUT.astype(np.float64).mean(axis=2, keepdims=True)
    expected = reference_gist(reference_prefilter(grey)[..., 0], orientations, 4)
    row = GIST(orientations=orientations).describe(ASTRONAUT)
    # Cells of coarse scales are averaged over fewer samples than pixels.
    error = np.abs(row - expected)
    assert error.max() < 0.15 * expected.mean()
    assert error.mean() < 0.015 * expected.mean()
    assert np.corrcoef(row, expected)[0, 1] > 0.998


def test_colour_describes_three_channels_and_grey_images_alike_in_each():
    grey = np.repeat(ASTRONAUT[..., :1], 3, axis=2)
    row = GIST(colour=True).describe(grey).reshape(3, -1)
    np.testing.assert_allclose(row[1:], row[:1].repeat(2, 0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(row[0], GIST().describe(grey), rtol=1e-4, atol=1e-6)


def test_blank_ground_has_no_energy():
    for level in (0, 90, 255):
        row = GIST().describe(np.full((50, 80, 3), level, np.uint8))
        np.testing.assert_allclose(row, 0, atol=1e-4)


def test_stripes_answer_across_them_and_in_their_cells():
    image = np.full((128, 128, 3), 128, np.uint8)
    x = np.arange(64)
    image[:64, :64] = (128 + 100 * np.cos(2 * np.pi * 0.16 * x))[:, None]
    row = GIST().describe(image).reshape(4, 8, 4, 4)
    best = np.unravel_index(row[..., :2, :2].mean(axis=(2, 3)).argmax(), (4, 8))
    # 0.3 / 1.85 cycles a pixel is the second scale; the first direction is to the right.
    assert best == (1, 0)
    assert row[1, 0, :2, :2].min() > 3 * row[1, 0, 2:, 2:].max()


def test_transfer_functions_turn_with_their_direction():
    bank = transfer_functions(96, (8, 8)).reshape(2, 8, 96, 96)
    for scale, centre in enumerate((0.3, 0.3 / 1.85)):
        # A quarter turn: from the right to straight up, as rows count downwards.
        assert bank[scale, 0, 0].argmax() == pytest.approx(centre * 96, abs=1)
        assert 96 - bank[scale, 4, :, 0].argmax() == pytest.approx(centre * 96, abs=1)


@pytest.mark.parametrize(
    "parameters",
    [{"image_size": 16}, {"orientations": ()}, {"orientations": (8, 0)}, {"grid": 0}],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        GIST(**parameters).describe(ASTRONAUT)
