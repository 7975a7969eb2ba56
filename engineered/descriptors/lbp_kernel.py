"""The arithmetic of local binary patterns: neighbours on a circle, codes, uniform patterns."""

from __future__ import annotations

from functools import lru_cache

import numba
import numpy as np

# Codes are whole numbers of 32 bits.
MOST_POINTS = 31


@lru_cache(maxsize=64)
def circle(points: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where the neighbours lie.

    Parameters
    ----------
    points : int
        Number of neighbours.
    radius : float
        Radius of the circle, in pixels.

    Returns
    -------
    offsets : ndarray of shape (points, 2), int64
        Whole pixels downwards and to the right, rounded towards the top left.
    shares : ndarray of shape (points, 2), float32
        What is missing, 0 to 1.
    """
    turn = 2 * np.pi * np.arange(points) / points
    # Rounded as scikit-image does, so that neighbours on pixels are taken as they are.
    places = np.round(np.stack((-radius * np.sin(turn), radius * np.cos(turn)), axis=1), 5)
    offsets = np.floor(places)
    return offsets.astype(np.int64), (places - offsets).astype(np.float32)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def binary_codes(padded, margin, offsets, shares, codes):
    """Compare each pixel with its neighbours.

    Parameters
    ----------
    padded : ndarray of shape (height + 2 * margin, width + 2 * margin), float32
        Grey levels, with zeros around the image.
    margin : int
        Width of the zeros: at least the radius, rounded up, and 1.
    offsets, shares : ndarray
        As `circle` returns them.
    codes : ndarray of shape (height, width), uint32
        Written here: bit k is set if the k-th neighbour, interpolated bilinearly, is not
        darker than the pixel.
    """
    height, width = codes.shape
    for y in range(height):
        line = codes[y]
        centre = padded[y + margin, margin : margin + width]
        line[:] = 0
        for k in range(len(offsets)):
            row = y + margin + offsets[k, 0]
            column = margin + offsets[k, 1]
            down, right = shares[k, 0], shares[k, 1]
            bit = np.uint32(1) << np.uint32(k)
            above = padded[row, column : column + width + 1]
            below = padded[row + 1, column : column + width + 1]
            # Level + share * difference: on flat ground that is the level itself.
            if down == 0 and right == 0:
                for x in range(width):
                    line[x] |= bit if above[x] >= centre[x] else np.uint32(0)
            else:
                for x in range(width):
                    top = above[x] + right * (above[x + 1] - above[x])
                    bottom = below[x] + right * (below[x + 1] - below[x])
                    value = top + down * (bottom - top)
                    line[x] |= bit if value >= centre[x] else np.uint32(0)


@numba.njit(cache=True, nogil=True, inline="always")
def _ones(code):
    """Count the bits set in a code of 32 bits."""
    code = code - ((code >> np.uint32(1)) & np.uint32(0x55555555))
    code = (code & np.uint32(0x33333333)) + ((code >> np.uint32(2)) & np.uint32(0x33333333))
    code = (code + (code >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.uint32(code * np.uint32(0x01010101)) >> np.uint32(24)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def uniform_patterns(codes, points, invariant):
    """Replace codes by their uniform patterns, in place.

    A code is uniform if, around the circle, its bits change at most twice. The numbers
    are scikit-image's.

    Parameters
    ----------
    codes : ndarray of shape (height, width), uint32
        As `binary_codes` writes them.
    points : int
        Number of neighbours.
    invariant : bool
        Number uniform codes by their ones alone, 0 to points; others are
        points + 1. If not: 0 for no one, then points numbers for each number
        of ones by where these start, then all ones, and others last.
    """
    count = np.uint32(points)
    one = np.uint32(1)
    last = np.uint32(points - 1)
    everything = np.uint32((np.int64(1) << points) - 1)
    flat = codes.ravel()
    for i in range(len(flat)):
        code = flat[i]
        turned = ((code << one) | (code >> last)) & everything
        changes = _ones(code ^ turned)
        ones = _ones(code)
        if invariant:
            flat[i] = ones if changes <= 2 else count + one
        elif changes > 2:
            flat[i] = count * last + np.uint32(2)
        elif ones == 0:
            flat[i] = np.uint32(0)
        elif ones == count:
            flat[i] = count * last + one
        else:
            # The one bit that is set where its predecessor is not: there the ones start.
            start = _ones((code & ~turned) - one)
            turn = np.uint32(0) if start == 0 else count - start
            flat[i] = one + (ones - one) * count + turn
