"""Local binary patterns."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from skimage.feature import local_binary_pattern

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor


class LBP(GlobalDescriptor):
    """Histogram of uniform local binary patterns over a spatial pyramid.

    Parameters
    ----------
    points : int, default=8
        Number of neighbours on the circle, at least 3.
    radius : float, default=1.0
        Radius of the circle, in pixels.
    rotation_invariant : bool, default=False
        Count uniform patterns by their number of ones alone: points + 2 bins
        instead of points * (points - 1) + 3.
    grids : sequence of (int, int), default=((1, 1), (2, 2))
        Spatial pyramid, as rows and columns of each grid.

    References
    ----------
    T. Ojala, M. Pietikäinen, T. Mäenpää: Multiresolution gray-scale and rotation
    invariant texture classification with local binary patterns. PAMI 2002.
    """

    def __init__(
        self,
        points: int = 8,
        radius: float = 1.0,
        rotation_invariant: bool = False,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2)),
    ) -> None:
        self.points = points
        self.radius = radius
        self.rotation_invariant = rotation_invariant
        self.grids = grids

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * self._patterns

    @property
    def _patterns(self) -> int:
        if self.rotation_invariant:
            return self.points + 2
        return self.points * (self.points - 1) + 3

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the histogram of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Region by region; sums to 1.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        if self.points < 3 or int(self.points) != self.points:
            raise ValueError(f"points must be a whole number above 2, got {self.points}")
        if not self.radius > 0:
            raise ValueError(f"radius must be above 0, got {self.radius}")
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        method = "uniform" if self.rotation_invariant else "nri_uniform"
        patterns = local_binary_pattern(grey, self.points, self.radius, method)
        patterns = patterns.astype(np.intp).ravel()
        counts = np.zeros(self.dimension)
        for regions in SpatialPyramid(self.grids).assign_pixels(*grey.shape):
            counts += np.bincount(regions * self._patterns + patterns, minlength=len(counts))
        return (counts / counts.sum()).astype(np.float32)
