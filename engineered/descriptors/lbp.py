"""Local binary patterns."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.lbp_kernel import MOST_POINTS, binary_codes, circle, uniform_patterns
from engineered.descriptors.region_histograms import count_values, region_lines
from engineered.descriptors.shrink import shrink
from engineered.parameters import check_flag, check_number, check_whole


class LBP(GlobalDescriptor):
    """Histogram of uniform local binary patterns over a spatial pyramid.

    Neighbours outside the image count as black.

    Parameters
    ----------
    points : int or sequence of int, default=8
        Number of neighbours on the circle, 3 to 31; one for all circles or one each.
    radius : float or sequence of float, default=(1.0, 2.0)
        Radius of the circle, in pixels of the (rescaled) image, or of several circles
        described beside each other.
    rotation_invariant : bool, default=False
        Count uniform patterns by their number of ones alone: points + 2 bins
        instead of points * (points - 1) + 3.
    grids : sequence of (int, int), default=((1, 1), (2, 2), (4, 4))
        Spatial pyramid, as rows and columns of each grid.
    max_side : int or None, default=150
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    References
    ----------
    T. Ojala, M. Pietikäinen, T. Mäenpää: Multiresolution gray-scale and rotation
    invariant texture classification with local binary patterns. PAMI 2002.
    """

    def __init__(
        self,
        points: int | Sequence[int] = 8,
        radius: float | Sequence[float] = (1.0, 2.0),
        rotation_invariant: bool = False,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2), (4, 4)),
        max_side: int | None = 150,
    ) -> None:
        self.points = points
        self.radius = radius
        self.rotation_invariant = rotation_invariant
        self.grids = grids
        self.max_side = max_side

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        patterns = sum(self._patterns(points) for points, _ in self._circles())
        return SpatialPyramid(self.grids).regions * patterns

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        for radius in self.radius if isinstance(self.radius, Sequence) else [self.radius]:
            check_number("radius", radius, above=0)
        for points in self.points if isinstance(self.points, Sequence) else [self.points]:
            check_whole("points", points, least=3, most=MOST_POINTS)
        self._circles()
        check_flag("rotation_invariant", self.rotation_invariant)
        SpatialPyramid(self.grids)
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
            Circle by circle, then region by region; sums to 1.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        circles = self._circles()
        grey = cv2.cvtColor(shrink(image, self.max_side), cv2.COLOR_RGB2GRAY)
        pyramid = SpatialPyramid(self.grids)
        rows, columns = region_lines(pyramid, *grey.shape)
        histograms = []
        for points, radius in circles:
            counts = np.zeros((pyramid.regions, self._patterns(points)), np.int64)
            count_values(
                patterns(grey, points, radius, self.rotation_invariant), rows, columns, counts
            )
            histograms.append(counts.ravel())
        row = np.concatenate(histograms)
        return (row / row.sum()).astype(np.float32)

    def _patterns(self, points: int) -> int:
        """Return the number of patterns of one circle."""
        return points + 2 if self.rotation_invariant else points * (points - 1) + 3

    def _circles(self) -> list[tuple[int, float]]:
        """Return number of neighbours and radius of each circle."""
        radii = np.atleast_1d(self.radius)
        counts = np.atleast_1d(self.points)
        if len(counts) == 1:
            counts = np.repeat(counts, len(radii))
        if len(counts) != len(radii):
            raise ValueError(
                f"points must be one number or one for each radius, got {self.points} "
                f"for radius {self.radius}"
            )
        if len(radii) == 0:
            raise ValueError(f"radius must be a number or a list of numbers, got {self.radius}")
        return [(int(n), float(radius)) for n, radius in zip(counts, radii)]


def patterns(grey: np.ndarray, points: int, radius: float, rotation_invariant: bool) -> np.ndarray:
    """Return the uniform pattern of each pixel.

    Parameters
    ----------
    grey : ndarray of shape (height, width), uint8
        Grey levels.
    points : int
        Number of neighbours, 3 to 31.
    radius : float
        Radius of their circle, in pixels.
    rotation_invariant : bool
        Number uniform patterns by their ones alone.

    Returns
    -------
    ndarray of shape (height, width), uint32
        scikit-image's "uniform" or "nri_uniform" numbers.
    """
    margin = int(np.ceil(radius)) + 1
    padded = cv2.copyMakeBorder(
        grey.astype(np.float32), margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0
    )
    codes = np.empty(grey.shape, np.uint32)
    binary_codes(padded, margin, *circle(points, radius), codes)
    uniform_patterns(codes, points, rotation_invariant)
    return codes
