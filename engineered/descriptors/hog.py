"""Histograms of oriented gradients."""

from __future__ import annotations

import cv2
import numpy as np
from skimage.feature import hog

from engineered.descriptors.base import GlobalDescriptor
from engineered.parameters import check_whole

# Cells along each side of a block that are normalised together (Dalal 2005).
BLOCK = 2


class HOG(GlobalDescriptor):
    """One HOG template of the whole image, squeezed into a square.

    Parameters
    ----------
    image_size : int, default=64
        Side of the square that every image is resized to, in pixels.
    cell_size : int, default=8
        Side of a cell, in pixels; at least two cells must fit a side.
    orientations : int, default=9
        Number of orientations, over 180 degrees.

    References
    ----------
    N. Dalal, B. Triggs: Histograms of oriented gradients for human detection. CVPR 2005.
    """

    def __init__(self, image_size: int = 64, cell_size: int = 8, orientations: int = 9) -> None:
        self.image_size = image_size
        self.cell_size = cell_size
        self.orientations = orientations

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        blocks = self.image_size // self.cell_size - BLOCK + 1
        return blocks**2 * BLOCK**2 * self.orientations

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        for name in ("image_size", "cell_size", "orientations"):
            check_whole(name, getattr(self, name))
        if self.image_size < BLOCK * self.cell_size:
            raise ValueError(
                f"image_size {self.image_size} has no room for {BLOCK} cells of "
                f"{self.cell_size} pixels a side"
            )

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the template of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Block by block, each clipped to 0.2 and of L2 norm 1, or 0 where flat.

        Raises
        ------
        ValueError
            If a number is not positive or no block fits into the square.
        """
        self.check()
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        side = (self.image_size, self.image_size)
        # Averaging when shrinking avoids aliasing; it would only copy pixels when growing.
        shrinks = grey.shape[0] > self.image_size or grey.shape[1] > self.image_size
        grey = cv2.resize(grey, side, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        # The square root evens out illumination, as in the paper.
        return hog(
            np.sqrt(grey.astype(np.float32) / 255),
            orientations=self.orientations,
            pixels_per_cell=(self.cell_size, self.cell_size),
            cells_per_block=(BLOCK, BLOCK),
            block_norm="L2-Hys",
        ).astype(np.float32)
