"""Pyramid of histograms of oriented gradients."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.edges import canny, gradient
from engineered.descriptors.region_histograms import add_orientations, region_lines
from engineered.descriptors.shrink import shrink
from engineered.parameters import check_choice, check_flag, check_number, check_whole


class HOGPyramid(GlobalDescriptor):
    """Histograms of gradient directions, weighted by magnitude, over a spatial pyramid.

    A pixel's magnitude is split linearly between the two bins nearest to its direction.

    Parameters
    ----------
    bins : int, default=24
        Number of directions; the first is centred on a gradient to the right.
    signed : bool, default=True
        Tell dark-to-bright from bright-to-dark: directions over 360 degrees, not 180.
    grids : sequence of (int, int), default=((1, 1), (2, 2), (4, 4), (8, 8))
        Spatial pyramid, as rows and columns of each grid.
    edges_only : bool, default=True
        Only pixels on Canny's edges count, as in the paper.
    norm : {"l1", "l2"}, default="l1"
        Norm of the whole vector that is made 1.
    edge_share : float, default=0.3
        Share of the pixels whose gradient Canny calls strong, between 0 and 1; read
        with `edges_only`.
    max_side : int or None, default=150
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    References
    ----------
    A. Bosch, A. Zisserman, X. Muñoz: Representing shape with a spatial pyramid
    kernel. CIVR 2007.
    """

    def __init__(
        self,
        bins: int = 24,
        signed: bool = True,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2), (4, 4), (8, 8)),
        edges_only: bool = True,
        norm: str = "l1",
        edge_share: float = 0.3,
        max_side: int | None = 150,
    ) -> None:
        self.bins = bins
        self.signed = signed
        self.grids = grids
        self.edges_only = edges_only
        self.norm = norm
        self.edge_share = edge_share
        self.max_side = max_side

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * self.bins

    def warm_up(self) -> None:
        """Load or compile the kernel, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("bins", self.bins)
        check_flag("signed", self.signed)
        SpatialPyramid(self.grids)
        check_flag("edges_only", self.edges_only)
        check_choice("norm", self.norm, ("l1", "l2"))
        check_number("edge_share", self.edge_share, above=0, below=1)
        check_whole("max_side", self.max_side, or_none=True)

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the histograms of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Region by region, directions counter-clockwise; norm 1, or all zeros
            for an image without gradients or edges.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        dx, dy = gradient(cv2.cvtColor(shrink(image, self.max_side), cv2.COLOR_RGB2GRAY))
        magnitude, angle = cv2.cartToPolar(dx, dy, angleInDegrees=True)
        if self.edges_only:
            magnitude *= canny(dx, dy, self.edge_share)
        pyramid = SpatialPyramid(self.grids)
        rows, columns = region_lines(pyramid, *magnitude.shape)
        period = np.float32(360 if self.signed else 180)
        sums = np.zeros((pyramid.regions, self.bins), np.float32)
        add_orientations(angle, magnitude, rows, columns, period, self.bins, sums)
        row = sums.ravel()
        norm = np.abs(row).sum() if self.norm == "l1" else np.linalg.norm(row)
        return row / norm if norm > 0 else row
