"""Local colour statistics on a regular grid at several scales."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.descriptors.grid import Grid, GridDescriptor
from engineered.descriptors.local_colour_kernel import DIMENSION, describe_colours


class LocalColourStatistics(GridDescriptor):
    """Mean and standard deviation of R, G and B in each of a patch's 4 x 4 cells.

    The patches are those of `DenseSIFT` with equal `step`, `sizes` and
    `max_side`. A cell is a box of `size` x `size` pixels around its centre, cut
    at the image's edge; where `size` is even, the pixels on its border count by
    half, so that neighbouring cells share them. For the pixels x of a channel with
    the weights w of a cell:

        mean = sum(w x) / sum(w)
        deviation = sqrt(sum(w x^2) / sum(w) - mean^2)

    Flat ground is described, as its colour is its content. All zeros, which an
    aggregator takes for a place with nothing to see, means that all is black.

    Parameters
    ----------
    step : int, default=4
        Distance between grid points, in pixels of the (rescaled) image.
    sizes : sequence of int, default=(4, 6, 8, 10)
        Cell sizes, in pixels of the (rescaled) image; one scale each.
    max_side : int or None, default=300
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    Attributes
    ----------
    dimension : int
        96: cells in rows from the top left; in each the means of R, G and B (0 to
        1), then their standard deviations (0 to 0.5).

    References
    ----------
    S. Clinchant, G. Csurka, F. Perronnin, J.-M. Renders: XRCE's participation to
    ImagEval. ImagEval workshop at CIVR 2007.
    F. Perronnin, J. Sánchez, T. Mensink: Improving the Fisher kernel for
    large-scale image classification. ECCV 2010.
    """

    def __init__(
        self,
        step: int = 4,
        sizes: Sequence[int] = (4, 6, 8, 10),
        max_side: int | None = 300,
    ) -> None:
        self.step = step
        self.sizes = sizes
        self.max_side = max_side

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    def _prepare(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # Double precision holds these whole numbers exactly.
        sums, squares = cv2.integral2(pixels, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
        return sums, squares

    def _describe(
        self, prepared: tuple[np.ndarray, np.ndarray], grid: Grid, vectors: np.ndarray
    ) -> None:
        sums, squares = prepared
        describe_colours(sums, squares, grid, vectors)
