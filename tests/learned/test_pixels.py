from itertools import chain

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from learned.pixels import Normalization, channel_statistics, resize, squares, stack


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_shrinking_averages_the_pixels_of_each_cell():
    image = noise(12, 8)
    cells = image.reshape(4, 3, 4, 2, 3).mean(axis=(1, 3))
    assert np.abs(resize(image, 4) - cells).max() <= 1.0


def test_growing_interpolates_linearly():
    image = noise(5, 7)
    assert np.array_equal(resize(image, 16), cv2.resize(image, (16, 16)))


def test_an_image_of_the_right_size_is_unchanged():
    image = noise(9, 9)
    assert np.array_equal(resize(image, 9), image)


def test_the_side_that_shrinks_is_averaged_though_the_other_grows():
    # Columns alternate between black and white: sampling them would alias.
    image = np.zeros((2, 400, 3), np.uint8)
    image[:, ::2] = 255
    assert np.abs(resize(image, 20).astype(int) - 127).max() <= 2


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 40), st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_a_flat_image_stays_flat_at_any_size(height, width, size, value):
    resized = resize(np.full((height, width, 3), value, np.uint8), size)
    assert resized.shape == (size, size, 3)
    assert (resized == value).all()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_not_an_rgb_image_is_refused_with_its_position(image):
    with pytest.raises(ValueError, match=r"image 1: .*uint8"):
        stack(iter([noise(4, 4), image]), 2, 4)
    for threads in (1, 3):
        with pytest.raises(ValueError, match=r"image 2: .*uint8"):
            list(squares([noise(4, 4)] * 2 + [image] * 9, 4, threads=threads))


def test_stack_takes_what_it_is_asked_for_and_leaves_the_rest():
    images = iter([noise(5, 6, seed) for seed in range(3)])
    assert stack(images, 2, 4).shape == (2, 4, 4, 3)
    assert len(list(images)) == 1


def test_a_sequence_that_ends_early_is_an_error():
    with pytest.raises(ValueError, match="expected 3 images, the sequence ended after 1"):
        stack(iter([noise(4, 4)]), 3, 4)


@given(st.integers(0, 12), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**12 - 1))
@settings(max_examples=30, deadline=None)
def test_squares_are_those_of_the_chosen_images_on_any_number_of_threads(n, chunk, threads, bits):
    images = [noise(5 + i, 9, i) for i in range(n)]
    chosen = np.array([bits >> i & 1 for i in range(n)], dtype=bool)
    parts = list(squares(images, 4, chosen=chosen, threads=threads, chunk=chunk))
    assert [len(part) for part in parts[:-1]] == [chunk] * (len(parts) - 1)
    expected = [resize(image, 4) for image, wanted in zip(images, chosen) if wanted]
    assert sum(map(len, parts)) == len(expected)
    assert all(np.array_equal(a, b) for a, b in zip(chain(*parts), expected))


def test_threads_fetch_only_what_was_chosen():
    fetched = []

    class Collection:
        def __len__(self):
            return 6

        def __getitem__(self, i):
            fetched.append(i)
            return noise(4, 4, i)

    chosen = np.array([True, False, True, False, False, True])
    (pixels,) = squares(Collection(), 4, chosen=chosen, threads=2)
    assert sorted(fetched) == [0, 2, 5]
    assert np.array_equal(pixels[2], noise(4, 4, 5))


def test_an_error_in_a_thread_passes_through_as_it_is():
    class Broken:
        def __len__(self):
            return 3

        def __getitem__(self, i):
            raise OSError(f"image {i} is damaged")

    with pytest.raises(OSError, match="image 0 is damaged"):
        list(squares(Broken(), 4, threads=2))


def test_statistics_are_those_of_numpy():
    pixels = np.stack([noise(6, 6, seed) // (seed + 1) for seed in range(4)])
    mean, deviation = channel_statistics(pixels)
    assert mean == pytest.approx(pixels.mean(axis=(0, 1, 2)), rel=1e-6)
    assert deviation == pytest.approx(pixels.std(axis=(0, 1, 2)), rel=1e-6)


def test_a_constant_channel_divides_by_one():
    pixels = np.full((2, 4, 4, 3), 7, np.uint8)
    assert channel_statistics(pixels)[1].tolist() == [1, 1, 1]


def test_normalization_gives_zero_mean_and_unit_deviation_channels_first():
    pixels = np.stack([noise(6, 6, seed) for seed in range(4)])
    normalize = Normalization(*channel_statistics(pixels), torch.device("cpu"))
    batch = normalize(torch.from_numpy(pixels))
    assert batch.shape == (4, 3, 6, 6)
    assert batch.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    assert batch.std(dim=(0, 2, 3), correction=0) == pytest.approx(1, abs=1e-5)
    # Pixel for pixel, and the bytes untouched.
    assert batch[1, 2, 3, 4] == pytest.approx(
        (pixels[1, 3, 4, 2] - pixels[..., 2].mean()) / pixels[..., 2].std(), abs=1e-5
    )
