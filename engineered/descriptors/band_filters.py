"""Banks of band-pass filters, each evaluated on no more samples than its band needs.

A filter is given by its transfer function on the frequencies of a square canvas.
Where it passes nothing, nothing need be transformed back: the rectangle of
frequencies that it passes is cut out of the image's spectrum and transformed
alone. That moves the band to frequency 0 and samples the response more
coarsely, and neither changes its magnitude. For banks whose bands halve from scale to
scale, nearly all the cost is in the finest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

# A filter passes what it weakens to no less than this share of what it passes best.
NEGLIGIBLE = 1e-3
# Samples of a response are at most this far apart, in pixels: coarse scales cost little, and
# their means over small cells gain.
SPACING = 4


@dataclass(frozen=True)
class Band:
    """The frequencies that one filter passes.

    Attributes
    ----------
    row, column : int
        First vertical and first horizontal frequency, in cycles a canvas.
    transfer : ndarray of shape (rows, columns), float32
        The transfer function there, times the change of size.
    """

    row: int
    column: int
    transfer: np.ndarray


def bands_of(transfers: Iterable[np.ndarray]) -> tuple[Band, ...]:
    """Return the bands of filters.

    Parameters
    ----------
    transfers : iterable of ndarray of shape (side, side)
        Transfer functions, real, frequency 0 first as in an FFT.

    Returns
    -------
    tuple of Band
        One a filter.
    """
    bands = []
    for transfer in transfers:
        side = len(transfer)
        passes = np.abs(transfer) > NEGLIGIBLE * np.abs(transfer).max()
        row, n_rows = _shortest_arc(passes.any(axis=1))
        column, n_columns = _shortest_arc(passes.any(axis=0))
        rows = np.arange(row, row + n_rows) % side
        columns = np.arange(column, column + n_columns) % side
        scale = n_rows * n_columns / side**2
        bands.append(
            Band(row, column, (transfer[np.ix_(rows, columns)] * scale).astype(np.float32))
        )
    return tuple(bands)


def _shortest_arc(used: np.ndarray) -> tuple[int, int]:
    """Return start and length of the shortest arc of a circle that holds all used places."""
    side = len(used)
    places = np.flatnonzero(used)
    gaps = np.diff(places, append=places[0] + side)
    widest = int(gaps.argmax())
    length = side - int(gaps[widest]) + 1
    # Lengths with small factors transform faster.
    length = min(fft.next_fast_len(max(length, side // SPACING)), side)
    return int(places[(widest + 1) % len(places)]), length


def magnitudes(canvas: np.ndarray, bands: Iterable[Band]) -> Iterator[np.ndarray]:
    """Yield the magnitude of each filter's response.

    Parameters
    ----------
    canvas : ndarray of shape (side, side), float32
        Image; it is taken to repeat at its borders.
    bands : iterable of Band
        As `bands_of` returns them for the same side.

    Yields
    ------
    ndarray of shape (rows, columns), float32
        Magnitudes at ``i * side / rows`` and ``j * side / columns`` pixels.
    """
    # Laid out twice, any arc of frequencies is one slice.
    spectrum = np.tile(fft.fft2(canvas), (2, 2))
    for band in bands:
        n_rows, n_columns = band.transfer.shape
        cut = spectrum[band.row : band.row + n_rows, band.column : band.column + n_columns]
        yield np.abs(fft.ifft2(cut * band.transfer, overwrite_x=True))


@lru_cache(maxsize=4096)
def cell_means(samples: int, side: int, margin: int, length: int, cells: int) -> np.ndarray:
    """Return the matrix that averages samples along one axis over cells of an image.

    Parameters
    ----------
    samples : int
        Number of samples along the canvas.
    side : int
        Side of the canvas, in pixels.
    margin : int
        Where the image starts on the canvas, in pixels; as much is left after its end.
    length : int
        Length of the image, in pixels.
    cells : int
        Number of cells along the image.

    Returns
    -------
    ndarray of shape (cells, samples), float32
        Rows sum to 1. A sample stands for all places nearer to it than to its neighbours,
        and counts by how many of these lie in the cell.
    """
    reach = side / samples
    # A pixel spans half a unit to each side of its centre.
    first = np.arange(samples) * reach - reach / 2
    borders = margin - 0.5 + length * np.arange(cells + 1) / cells
    shared = np.minimum(first + reach, borders[1:, None]) - np.maximum(first, borders[:-1, None])
    weights = (np.maximum(shared, 0) * (cells / length)).astype(np.float32)
    weights.flags.writeable = False
    return weights
