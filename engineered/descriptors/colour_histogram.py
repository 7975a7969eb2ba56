"""Histogram of colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.colour_spaces import CONVERSIONS, to_space
from engineered.parameters import check_choice, check_flag, check_whole


class ColourHistogram(GlobalDescriptor):
    """How the pixels of an image, or of its regions, are distributed over colours.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab"}, default="rgb"
        Colour space.
    bins : int, default=4
        Number of bins a channel, 1 to 256.
    joint : bool, default=True
        Bin the three channels together (bins ** 3 values) instead of one by one
        (3 * bins values).
    grids : sequence of (int, int), default=((1, 1),)
        Spatial pyramid, as rows and columns of each grid.

    References
    ----------
    M. Swain, D. Ballard: Color indexing. IJCV 1991.
    """

    def __init__(
        self,
        space: str = "rgb",
        bins: int = 4,
        joint: bool = True,
        grids: Sequence[tuple[int, int]] = ((1, 1),),
    ) -> None:
        self.space = space
        self.bins = bins
        self.joint = joint
        self.grids = grids

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * self._colours

    @property
    def _colours(self) -> int:
        return self.bins**3 if self.joint else 3 * self.bins

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_choice("space", self.space, CONVERSIONS)
        check_whole("bins", self.bins, most=256)
        check_flag("joint", self.joint)
        SpatialPyramid(self.grids)

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
            For an unknown colour space or number of bins.
        """
        self.check()
        image = to_space(image, self.space)
        # A table of all 256 levels is cheaper than arithmetic on every pixel.
        level = (np.arange(256) * self.bins // 256).astype(np.intp)
        channels = level[image.reshape(-1, 3)]
        colour: tuple[np.ndarray, ...]
        if self.joint:
            colour = ((channels[:, 0] * self.bins + channels[:, 1]) * self.bins + channels[:, 2],)
        else:
            colour = tuple(channels[:, k] + k * self.bins for k in range(3))

        height, width = image.shape[:2]
        pyramid = SpatialPyramid(self.grids)
        counts = np.zeros(self.dimension)
        for regions in pyramid.assign_pixels(height, width):
            for values in colour:
                counts += np.bincount(regions * self._colours + values, minlength=len(counts))
        return (counts / counts.sum()).astype(np.float32)
