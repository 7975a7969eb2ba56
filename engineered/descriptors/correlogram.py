"""How colours keep company with themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engineered.descriptors.base import GlobalDescriptor
from engineered.descriptors.colour_spaces import CONVERSIONS, to_space
from engineered.descriptors.shrink import shrink
from engineered.parameters import check_choice, check_list, check_whole


class AutoCorrelogram(GlobalDescriptor):
    """Probability that a pixel's neighbour at some distance has the same colour.

    For colour c and distance k it is the share, among all pairs of a pixel of
    colour c and a pixel of the image at Chebyshev distance k from it, of those whose
    second pixel has colour c, too. Pairs that would leave the image do not
    count, where the paper counts them as unlike.

    Parameters
    ----------
    space : {"rgb", "hsv", "lab"}, default="rgb"
        Colour space.
    bins : (int, int, int), default=(4, 4, 4)
        Number of levels of each channel, 1 to 256; their product is the number of colours.
    distances : sequence of int, default=(1, 3, 5, 7)
        Distances, in pixels of the (rescaled) image.
    max_side : int or None, default=150
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    References
    ----------
    J. Huang, S. R. Kumar, M. Mitra, W.-J. Zhu, R. Zabih: Image indexing using
    color correlograms. CVPR 1997.
    """

    def __init__(
        self,
        space: str = "rgb",
        bins: tuple[int, int, int] = (4, 4, 4),
        distances: Sequence[int] = (1, 3, 5, 7),
        max_side: int | None = 150,
    ) -> None:
        self.space = space
        self.bins = bins
        self.distances = distances
        self.max_side = max_side

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return int(np.prod(self.bins)) * len(self.distances)

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the correlogram of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Distance by distance, a probability for each colour; 0 for a colour
            that does not occur.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        colours = self._quantise(to_space(shrink(image, self.max_side), self.space))
        height, width = colours.shape
        flat = colours.ravel()
        n_colours = int(np.prod(self.bins))
        row = np.zeros((len(self.distances), n_colours))
        for i, distance in enumerate(self.distances):
            # Each pair of equals is met once, and is two pairs of a pixel and its neighbour.
            alike = 2 * np.bincount(flat, _equal_neighbours(colours, distance).ravel(), n_colours)
            pairs = np.bincount(flat, _neighbours(height, width, distance).ravel(), n_colours)
            np.divide(alike, pairs, out=row[i], where=pairs > 0)
        return row.ravel().astype(np.float32)

    def _quantise(self, image: np.ndarray) -> np.ndarray:
        """Return the colour of each pixel as one number."""
        colours = np.zeros(image.shape[:2], np.int64)
        for channel, bins in enumerate(self.bins):
            table = np.arange(256) * bins // 256
            colours = colours * bins + table[image[:, :, channel]]
        return colours

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_choice("space", self.space, CONVERSIONS)
        check_list("bins", self.bins)
        if len(self.bins) != 3:
            raise ValueError(f"bins must be three numbers, one a channel, got {self.bins!r}")
        for count in self.bins:
            check_whole("bins", count, most=256)
        check_list("distances", self.distances)
        for distance in self.distances:
            check_whole("distances", distance)
        check_whole("max_side", self.max_side, or_none=True)


def _equal_neighbours(colours: np.ndarray, distance: int) -> np.ndarray:
    """Count, for each pixel, the equals on the half of its square ring that comes after it."""
    height, width = colours.shape
    # Small numbers keep the many passes over the image short.
    small = colours.astype(np.min_scalar_type(int(colours.max())))
    equals = np.zeros((height, width), np.min_scalar_type(4 * distance))
    shifts = [(dy, distance) for dy in range(distance + 1)]
    shifts += [(dy, -distance) for dy in range(1, distance + 1)]
    shifts += [(distance, dx) for dx in range(1 - distance, distance)]
    for dy, dx in shifts:
        if dy >= height or abs(dx) >= width:
            continue
        here = (slice(0, height - dy), slice(max(0, -dx), width - max(0, dx)))
        there = (slice(dy, height), slice(max(0, dx), width - max(0, -dx)))
        equals[here] += small[here] == small[there]
    return equals


def _neighbours(height: int, width: int, distance: int) -> np.ndarray:
    """Count, for each pixel, the pixels of the image on its square ring."""

    def inside(length: int, reach: int) -> np.ndarray:
        place = np.arange(length)
        return np.minimum(place, reach) + np.minimum(length - 1 - place, reach) + 1

    square = np.outer(inside(height, distance), inside(width, distance))
    return square - np.outer(inside(height, distance - 1), inside(width, distance - 1))
