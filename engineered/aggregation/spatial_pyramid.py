"""Regions of an image on which local vectors are aggregated apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from engineered.parameters import is_whole


class SpatialPyramid:
    """The cells of several grids laid over an image.

    Parameters
    ----------
    grids : sequence of (int, int)
        Rows and columns of each grid; (1, 1) is the whole image. Each grid
        covers the image, so every place lies in one region of each grid.

    References
    ----------
    S. Lazebnik, C. Schmid, J. Ponce: Beyond bags of features: spatial pyramid
    matching for recognizing natural scene categories. CVPR 2006.
    """

    def __init__(self, grids: Sequence[tuple[int, int]]) -> None:
        self.grids = [tuple(grid) for grid in grids] if _are_grids(grids) else []
        if not self.grids:
            raise ValueError(
                "grids must be a list of (rows, columns) of whole numbers above 0, "
                f"such as [(1, 1), (2, 2)]; got {grids!r}"
            )

    @property
    def regions(self) -> int:
        """Number of regions of all grids."""
        return sum(rows * columns for rows, columns in self.grids)

    def assign(self, x: np.ndarray, y: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
        """Return the region of each place in each grid.

        Parameters
        ----------
        x, y : ndarray of shape (m,)
            Places in pixels; 0 is the centre of the first pixel.
        image_shape : sequence of int
            Height and width of the image, in pixels; further entries are ignored.

        Returns
        -------
        ndarray of shape (len(grids), m), intp
            Region numbers: grids in their order, each row by row.
        """
        height, width = image_shape[:2]
        regions = np.empty((len(self.grids), len(x)), np.intp)
        first = 0
        for i, (rows, columns) in enumerate(self.grids):
            row = _cell(y, height, rows)
            column = _cell(x, width, columns)
            regions[i] = first + row * columns + column
            first += rows * columns
        return regions

    def atoms(
        self, x: np.ndarray, y: np.ndarray, image_shape: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the atom of each place: the places of an atom share their region in every grid.

        What is summed over places can be summed over atoms first, each place once,
        whatever the number of grids.

        Parameters
        ----------
        x, y, image_shape : as for `assign`

        Returns
        -------
        atoms : ndarray of shape (m,), intp
            Atom numbers.
        membership : ndarray of shape (regions, n_atoms), float64
            1 where the region holds the atom, else 0.
        """
        height, width = image_shape[:2]
        row, row_regions = _atoms_along(y, height, [rows for rows, _ in self.grids])
        column, column_regions = _atoms_along(x, width, [columns for _, columns in self.grids])
        n_rows, n_columns = len(row_regions[0]), len(column_regions[0])
        membership = np.zeros((self.regions, n_rows, n_columns))
        first = 0
        for i, (rows, columns) in enumerate(self.grids):
            regions = first + row_regions[i][:, None] * columns + column_regions[i]
            membership[regions, np.arange(n_rows)[:, None], np.arange(n_columns)] = 1
            first += rows * columns
        return row * n_columns + column, membership.reshape(self.regions, -1)

    def assign_pixels(self, height: int, width: int) -> np.ndarray:
        """Return the region of each pixel of an image in each grid.

        Parameters
        ----------
        height, width : int
            Size of the image, in pixels.

        Returns
        -------
        ndarray of shape (len(grids), height * width), intp
            Region numbers, the pixels row by row.
        """
        regions = np.empty((len(self.grids), height, width), np.intp)
        first = 0
        for i, (rows, columns) in enumerate(self.grids):
            row = _cell(np.arange(height), height, rows)
            column = _cell(np.arange(width), width, columns)
            regions[i] = first + row[:, None] * columns + column
            first += rows * columns
        return regions.reshape(len(self.grids), -1)


def _are_grids(grids: Any) -> bool:
    """Whether it is a sequence of pairs of whole numbers above 0."""
    sequences = (Sequence, np.ndarray)
    return isinstance(grids, sequences) and all(
        isinstance(grid, sequences)
        and len(grid) == 2
        and all(is_whole(side) and side >= 1 for side in grid)
        for grid in grids
    )


def _atoms_along(
    position: np.ndarray, length: int, divisions: Sequence[int]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cut one axis wherever one of its divisions does.

    Returns the piece of each position, and for each division the cell of each piece.
    """
    cells = np.stack([_cell(position, length, cells) for cells in divisions])
    # Cells only grow along the axis: their sum numbers the pieces in order, and one end of
    # each piece tells its cells. Fractions are exact: no cut is met twice.
    cuts = sorted({Fraction(i, cells) for cells in divisions for i in range(cells)})
    of_piece = [np.array([int(cut * division) for cut in cuts], np.intp) for division in divisions]
    total = sum(of_piece)
    return np.searchsorted(total, cells.sum(axis=0)), of_piece


def _cell(position: np.ndarray, length: int, cells: int) -> np.ndarray:
    # A pixel spans half a unit to each side of its centre.
    cell = np.floor((np.asarray(position) + 0.5) * (cells / length)).astype(np.intp)
    return np.clip(cell, 0, cells - 1)
