"""Histogram of the directions of edges."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.edges import canny, gradient
from engineered.descriptors.region_histograms import add_orientations, region_lines
from engineered.descriptors.shrink import shrink
from engineered.parameters import check_flag, check_number, check_whole


class EdgeOrientation(GlobalDescriptor):
    """How many of a region's pixels lie on edges, and which way these run.

    Edges are Canny's; each counts for the two bins nearest to the direction of
    its gradient. A last bin counts the pixels on no edge.

    Parameters
    ----------
    bins : int, default=24
        Number of directions; the first is centred on a gradient to the right.
    signed : bool, default=True
        Tell dark-to-bright from bright-to-dark: directions over 360 degrees, not 180.
    grids : sequence of (int, int), default=((1, 1), (2, 2), (4, 4), (8, 8))
        Spatial pyramid, as rows and columns of each grid.
    edge_share : float, default=0.3
        Share of the pixels whose gradient is called strong, between 0 and 1.
    max_side : int or None, default=150
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    References
    ----------
    A. K. Jain, A. Vailaya: Image retrieval using color and shape. Pattern Recognition 1996.
    A. Vailaya, A. Jain, H. J. Zhang: On image classification: city images vs.
    landscapes. Pattern Recognition 1998.
    """

    def __init__(
        self,
        bins: int = 24,
        signed: bool = True,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2), (4, 4), (8, 8)),
        edge_share: float = 0.3,
        max_side: int | None = 150,
    ) -> None:
        self.bins = bins
        self.signed = signed
        self.grids = grids
        self.edge_share = edge_share
        self.max_side = max_side

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * (self.bins + 1)

    def warm_up(self) -> None:
        """Load or compile the kernel, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("bins", self.bins)
        check_flag("signed", self.signed)
        SpatialPyramid(self.grids)
        check_number("edge_share", self.edge_share, above=0, below=1)
        check_whole("max_side", self.max_side, or_none=True)

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the histogram of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Region by region, directions counter-clockwise, then no edge; sums to 1.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        dx, dy = gradient(cv2.cvtColor(shrink(image, self.max_side), cv2.COLOR_RGB2GRAY))
        edges = canny(dx, dy, self.edge_share).astype(np.float32)
        _, angle = cv2.cartToPolar(dx, dy, angleInDegrees=True)
        pyramid = SpatialPyramid(self.grids)
        rows, columns = region_lines(pyramid, *edges.shape)
        period = np.float32(360 if self.signed else 180)
        sums = np.zeros((pyramid.regions, self.bins + 1), np.float32)
        add_orientations(angle, edges, rows, columns, period, self.bins, sums)
        sums[:, -1] = _areas(pyramid, rows, columns) - sums.sum(axis=1)
        return np.maximum(sums, 0).ravel() / np.float32(edges.size * len(rows))


def _areas(pyramid: SpatialPyramid, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the number of pixels of each region."""
    areas = np.zeros(pyramid.regions)
    for row, column in zip(rows, columns, strict=True):
        starts, heights = np.unique(row, return_counts=True)
        shifts, widths = np.unique(column, return_counts=True)
        areas[starts[:, None] + shifts] = np.outer(heights, widths)
    return areas
