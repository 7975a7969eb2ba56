import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engineered.descriptors.orientation_windows import orientation_windows

ANGLES = np.arange(8) * np.pi / 4


def parts_of_gradients(plane):
    """Each pixel's gradient as the sum of vectors along its two neighbouring orientations."""
    padded = np.pad(plane.astype(float), 1, mode="edge")
    dx = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    dy = (padded[:-2, 1:-1] - padded[2:, 1:-1]) / 2
    parts = np.zeros((*plane.shape, 8))
    for place in np.ndindex(plane.shape):
        angle = np.arctan2(dy[place], dx[place]) % (2 * np.pi)
        low = int(angle // (np.pi / 4)) % 8
        pair = [low, (low + 1) % 8]
        directions = np.stack([np.cos(ANGLES[pair]), np.sin(ANGLES[pair])])
        parts[(*place, pair)] += np.linalg.solve(directions, [dx[place], dy[place]])
    return parts


def window(centres, size, length, flat):
    """Weights of all pixels of an axis in each window."""
    away = np.abs(np.arange(length)[None, :] - np.asarray(centres)[:, None])
    if flat:
        return np.where(away < size / 2, 1, np.where(away == size / 2, 0.5, 0)) / size
    return np.maximum(0, size - away) / size**2


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 10, 13])
def test_windows_are_weighted_sums_of_the_gradients_parts(size, flat):
    plane = np.random.default_rng(size).random((23, 31)).astype(np.float32)
    rows, columns = np.array([0, 1, 5, 12, 22]), np.array([0, 3, 4, 17, 29, 30])
    ours = orientation_windows(plane, rows, columns, size, flat)
    down, across = window(rows, size, 23, flat), window(columns, size, 31, flat)
    reference = np.einsum("iy,jx,yxo->ijo", down, across, parts_of_gradients(plane))
    np.testing.assert_allclose(ours, reference, atol=2e-6)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_windows_may_be_larger_than_the_image(shape, flat):
    plane = np.random.default_rng(0).random(shape).astype(np.float32)
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    ours = orientation_windows(plane, rows, columns, 6, flat)
    down, across = window(rows, 6, shape[0], flat), window(columns, 6, shape[1], flat)
    reference = np.einsum("iy,jx,yxo->ijo", down, across, parts_of_gradients(plane))
    np.testing.assert_allclose(ours, reference, atol=2e-6)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("size", [1, 2, 16, 100])
def test_the_strongest_gradients_do_not_run_over(size, flat):
    # Falling by 2.5 a pixel pair along one diagonal: beyond what any image can hold for long.
    y, x = np.mgrid[:60, :60]
    plane = (1.25 * (x - y)).astype(np.float32)
    ours = orientation_windows(plane, np.array([30]), np.array([30]), size, flat)
    # Beyond the edge there is no gradient; at the edge itself it is halved across it.
    reference = np.einsum(
        "y,x,yxo->o",
        window([30], size, 60, flat)[0],
        window([30], size, 60, flat)[0],
        parts_of_gradients(plane),
    )
    np.testing.assert_allclose(ours[0, 0], reference, rtol=1e-5, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.booleans(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 99))
def test_values_do_not_depend_on_where_in_the_image_a_cell_lies(size, flat, down, across, seed):
    patch = np.random.default_rng(seed).random((20, 20)).astype(np.float32)
    plane = np.full((70, 70), np.float32(0.25))
    plane[20:40, 20:40] = patch
    moved = np.roll(plane, (down, across), (0, 1))
    rows, columns = np.array([22, 30, 35]), np.array([21, 28, 39])
    here = orientation_windows(plane, rows, columns, size, flat)
    there = orientation_windows(moved, rows + down, columns + across, size, flat)
    np.testing.assert_array_equal(here, there)
    # And ground without contrast is exactly that, however much lies above and left of it.
    far = orientation_windows(plane, np.array([55, 60]), np.array([10, 55, 60]), size, flat)
    assert not far.any()
