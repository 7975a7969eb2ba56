"""Moments of the colours of regions."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.colour_spaces import CONVERSIONS, to_space
from engineered.descriptors.region_histograms import count_values, region_lines
from engineered.parameters import check_choice

LEVELS = 256
CHANNELS = 3
MOMENTS = 3


class ColourMoments(GlobalDescriptor):
    """Mean, spread and skewness of each colour channel over a spatial pyramid.

    For the levels p_i of a channel in a region of N pixels:
    E = 1/N sum p_i, s = (1/N sum (p_i - E)^2)^(1/2), t = (1/N sum (p_i - E)^3)^(1/3),
    all in units of the channel's range. Hue is taken as a number, as in the
    paper: reds lie at both ends.

    Parameters
    ----------
    space : {"lab", "rgb", "hsv"}, default="lab"
        Colour space.
    grids : sequence of (int, int), default=((1, 1), (2, 2), (4, 4))
        Spatial pyramid, as rows and columns of each grid.

    References
    ----------
    M. Stricker, M. Orengo: Similarity of color images. Storage and Retrieval for
    Image and Video Databases, SPIE 1995.
    """

    def __init__(
        self,
        space: str = "lab",
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2), (4, 4)),
    ) -> None:
        self.space = space
        self.grids = grids

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * CHANNELS * MOMENTS

    def warm_up(self) -> None:
        """Load or compile the kernel, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_choice("space", self.space, CONVERSIONS)
        SpatialPyramid(self.grids)

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the moments of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Region by region; in each the means of the three channels, 0 to 1, their
            standard deviations, 0 to 0.5, and their third roots, -0.5 to 0.5. A
            region without a pixel, in an image smaller than the grid, is all zeros.

        Raises
        ------
        ValueError
            For an unknown colour space or wrong grids.
        """
        self.check()
        image = to_space(image, self.space)
        pyramid = SpatialPyramid(self.grids)
        rows, columns = region_lines(pyramid, *image.shape[:2])
        # With 8 bits, the counts of the levels hold all that the moments need.
        counts = np.zeros((CHANNELS, pyramid.regions, LEVELS), np.int64)
        for channel, values in enumerate(cv2.split(image)):
            count_values(values, rows, columns, counts[channel])
        shares = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
        levels = np.arange(LEVELS) / (LEVELS - 1)
        mean = shares @ levels
        away = levels - mean[:, :, None]
        spread = np.sqrt((shares * away**2).sum(axis=2))
        skewness = np.cbrt((shares * away**3).sum(axis=2))
        return np.stack((mean, spread, skewness)).transpose(2, 0, 1).ravel().astype(np.float32)
