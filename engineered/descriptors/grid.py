"""Where the patches of a dense descriptor lie, for all descriptors on a grid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from engineered.descriptors.shrink import shrink
from engineered.images import check_image
from engineered.parameters import check_list, check_whole

CELLS = 4


@dataclass(frozen=True)
class Grid:
    """The patches of one scale: 4 x 4 cells each, at every crossing of rows and columns.

    Attributes
    ----------
    size : int
        Side of a cell, and so the distance between neighbouring cells' centres, in pixels.
    rows, columns : ndarray of shape (n_rows,) and (n_columns,), int64
        Pixels on which the centres of the patches' first cells lie.
    """

    size: int
    rows: np.ndarray
    columns: np.ndarray

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    @classmethod
    def centred(cls, height: int, width: int, size: int, step: int) -> Grid:
        """Return the largest grid whose cells' centres all lie in the image, in its middle."""
        lines = []
        for length in (height, width):
            room = length - 1 - (CELLS - 1) * size
            offset = (room % step) // 2 if room >= 0 else 0
            lines.append(np.arange(offset, room + 1, step, dtype=np.int64))
        return cls(size, lines[0], lines[1])


class GridDescriptor(BaseEstimator, ABC):
    """A local descriptor of patches on a regular grid at several scales.

    A patch is 4 x 4 cells of `size` pixels; a grid point is placed wherever the
    centres of all its cells lie inside the image, and the grid is centred. So
    two descriptors with equal `step`, `sizes` and `max_side` describe the same
    patches in the same order. An image with no room for a single patch at a
    scale has no vectors there: a tiny image yields an empty set.
    """

    step: int
    sizes: Sequence[int]
    max_side: int | None

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of a vector."""

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        self.check()
        side = (CELLS - 1) * int(min(self.sizes)) + 2
        self.extract(np.zeros((side, side, 3), np.uint8))

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, dimension), float32
            Scale by scale, row by row of the grid.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is the cell size.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        self.check()
        image = check_image(image)
        pixels = shrink(self._select(image), self.max_side)
        height, width = pixels.shape[:2]
        zoom_x, zoom_y = image.shape[1] / width, image.shape[0] / height

        grids = [Grid.centred(height, width, int(size), int(self.step)) for size in self.sizes]
        total = sum(len(grid) for grid in grids)
        vectors = np.empty((total, self.dimension), np.float32)
        frames = np.empty((total, 3), np.float32)
        if total == 0:
            return vectors, frames
        prepared = self._prepare(pixels)
        start = 0
        for grid in grids:
            stop = start + len(grid)
            if stop > start:
                self._describe(prepared, grid, vectors[start:stop])
                _fill_frames(frames[start:stop], grid, zoom_x, zoom_y)
            start = stop
        return vectors, frames

    def _select(self, image: np.ndarray) -> np.ndarray:
        """Return what of the image is needed, before it is shrunk: cheap where that is little."""
        return image

    @abstractmethod
    def _prepare(self, pixels: np.ndarray) -> Any:
        """Return what all scales share, from uint8 pixels."""

    @abstractmethod
    def _describe(self, prepared: Any, grid: Grid, vectors: np.ndarray) -> None:
        """Write the vectors of one scale, row by row of the grid, which is not empty."""

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("step", self.step)
        check_list("sizes", self.sizes)
        for size in self.sizes:
            check_whole("sizes", size)
        check_whole("max_side", self.max_side, or_none=True)


def _fill_frames(frames: np.ndarray, grid: Grid, zoom_x: float, zoom_y: float) -> None:
    # From the centre of the first cell to the centre of the patch.
    to_centre = (CELLS - 1) * grid.size / 2
    block = frames.reshape(len(grid.rows), len(grid.columns), 3)
    block[:, :, 0] = (grid.columns[None, :] + to_centre + 0.5) * zoom_x - 0.5
    block[:, :, 1] = (grid.rows[:, None] + to_centre + 0.5) * zoom_y - 0.5
    block[:, :, 2] = grid.size * np.sqrt(zoom_x * zoom_y)
