"""Square windows that slide over the maps of an image: gathered, and scattered back."""

from __future__ import annotations

import numpy as np


def positions(length: int, size: int, stride: int, padding: int = 0) -> int:
    """Count the places of a window along one side.

    Parameters
    ----------
    length : int
        Of the side, in pixels.
    size, stride : int
        Of the window and of its steps, in pixels; what is left over at the end is not seen.
    padding : int
        Zeros at either end.

    Returns
    -------
    int
        ``floor((length + 2 padding - size) / stride) + 1``.

    Raises
    ------
    ValueError
        The window does not fit.
    """
    room = length + 2 * padding - size
    if room < 0:
        raise ValueError(
            f"a window of {size} pixels does not fit in a side of {length} with padding {padding}"
        )
    return room // stride + 1


def gather(x: np.ndarray, size: int, stride: int, padding: int = 0) -> np.ndarray:
    """Lay the windows of all images out beside each other.

    Parameters
    ----------
    x : (n, maps, h, w)
    size, stride, padding : int
        As for `positions`.

    Returns
    -------
    (maps, size, size, n, h', w')
        Contiguous: seen as ``(maps * size**2, n * h' * w')``, each window is a column.
    """
    n, maps, height, width = x.shape
    rows = positions(height, size, stride, padding)
    columns = positions(width, size, stride, padding)
    x = x.swapaxes(0, 1)
    if padding:
        x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.empty((maps, size, size, n, rows, columns), x.dtype)
    # Few and long copies: one for each place in the window, not one for each window.
    for i in range(size):
        for j in range(size):
            windows[:, i, j] = x[:, :, i::stride, j::stride][:, :, :rows, :columns]
    return windows


def scatter(
    windows: np.ndarray, shape: tuple[int, ...], stride: int, padding: int = 0
) -> np.ndarray:
    """Add windows up where they came from: the transpose of `gather`.

    Parameters
    ----------
    windows : (maps, size, size, n, h', w')
    shape : (n, maps, h, w)
        Of what was gathered.
    stride, padding : int
        As for `positions`.

    Returns
    -------
    (n, maps, h, w)
        At each pixel, the sum of all the values that it was copied to.
    """
    maps, size, _, n, rows, columns = windows.shape
    height, width = shape[2:]
    padded = np.zeros((maps, n, height + 2 * padding, width + 2 * padding), windows.dtype)
    for i in range(size):
        for j in range(size):
            padded[:, :, i::stride, j::stride][:, :, :rows, :columns] += windows[:, i, j]
    return padded[:, :, padding : padding + height, padding : padding + width].swapaxes(0, 1)
