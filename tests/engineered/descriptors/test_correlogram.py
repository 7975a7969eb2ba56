import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engineered.descriptors.correlogram import AutoCorrelogram

ASTRONAUT = skimage.data.astronaut()


def naive(colours, n_colours, distances):
    """The definition, pair by pair."""
    height, width = colours.shape
    rows = []
    for k in distances:
        alike, pairs = np.zeros(n_colours), np.zeros(n_colours)
        for y, x in np.ndindex(height, width):
            for dy in range(-k, k + 1):
                for dx in range(-k, k + 1):
                    inside = 0 <= y + dy < height and 0 <= x + dx < width
                    if max(abs(dy), abs(dx)) == k and inside:
                        pairs[colours[y, x]] += 1
                        alike[colours[y, x]] += colours[y, x] == colours[y + dy, x + dx]
        rows.append(alike / np.maximum(pairs, 1))
    return np.concatenate(rows)


@settings(max_examples=15, deadline=None)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 8), st.integers(1, 8), st.just(3)),
        elements=st.sampled_from([0, 100, 200]),
    )
)
def test_equals_the_naive_loop(image):
    bins, distances = (3, 2, 2), (1, 2, 5)
    colours = (image[..., 0] // 86 * 2 + image[..., 1] // 128) * 2 + image[..., 2] // 128
    row = AutoCorrelogram("rgb", bins, distances).describe(image)
    np.testing.assert_allclose(row, naive(colours, 12, distances), atol=1e-6)


def test_equals_the_naive_loop_on_a_photograph():
    image = cv2.resize(ASTRONAUT, (24, 20), interpolation=cv2.INTER_AREA)
    colours = (image // 64).astype(int) @ [16, 4, 1]
    row = AutoCorrelogram("rgb", (4, 4, 4)).describe(image)
    np.testing.assert_allclose(row, naive(colours, 64, (1, 3, 5, 7)), atol=1e-6)


def test_one_colour_is_always_its_own_neighbour():
    row = AutoCorrelogram("rgb", (2, 2, 2)).describe(np.full((9, 11, 3), 255, np.uint8))
    expected = np.zeros((4, 8))
    expected[:, 7] = 1
    np.testing.assert_array_equal(row.reshape(4, 8), expected)


def test_a_chessboard_by_hand():
    # At distance 1, diagonal neighbours are alike: half of the whole rings. The image is a torus
    # of squares in effect only far from its border, so the few pixels there are tolerated.
    board = (np.indices((60, 60)).sum(axis=0) % 2 * 255).astype(np.uint8)
    row = AutoCorrelogram("rgb", (2, 1, 1), (1, 2)).describe(np.repeat(board[..., None], 3, 2))
    np.testing.assert_allclose(row[:2], 1 / 2, atol=0.01)
    # At distance 2, 8 of 16.
    np.testing.assert_allclose(row[2:], 1 / 2, atol=0.01)


def test_turning_the_image_changes_nothing():
    image = ASTRONAUT[:64, :80]
    descriptor = AutoCorrelogram()
    turned = np.ascontiguousarray(np.rot90(image))
    np.testing.assert_allclose(descriptor.describe(turned), descriptor.describe(image), atol=1e-6)


def test_layout_matters_where_the_histogram_does_not():
    halves = np.zeros((32, 32, 3), np.uint8)
    halves[:16] = 255
    scattered = np.random.default_rng(0).permutation(halves.reshape(-1, 3)).reshape(halves.shape)
    descriptor = AutoCorrelogram("rgb", (2, 2, 2), (1,))
    assert descriptor.describe(halves)[7] > 0.9
    assert descriptor.describe(scattered)[7] == pytest.approx(0.5, abs=0.1)


def test_a_distance_beyond_the_image_and_counts_beyond_eight_bits():
    image = np.full((150, 150, 3), 10, np.uint8)
    row = AutoCorrelogram("rgb", (1, 1, 1), (100, 200)).describe(image)
    np.testing.assert_array_equal(row, [1, 0])


@pytest.mark.parametrize(
    "parameters",
    [
        {"space": "luv"},
        {"bins": (4, 4)},
        {"bins": (0, 4, 4)},
        {"distances": ()},
        {"distances": (0,)},
        {"max_side": 0},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        AutoCorrelogram(**parameters).describe(ASTRONAUT)
