"""Gabor texture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.descriptors.band_filters import Band, bands_of, cell_means, magnitudes
from engineered.descriptors.base import GlobalDescriptor
from engineered.parameters import check_whole

# Centre frequencies of the coarsest and the finest scale, in cycles a pixel, as in the paper.
LOWEST, HIGHEST = 0.05, 0.4
# Reflected around the image on each side, as a share of its longest side.
MARGIN = 0.125


class Gabor(GlobalDescriptor):
    """Mean and standard deviation of the magnitude of Gabor filters' responses.

    A filter of frequency W and direction t passes exp(-((u' - W)^2 / a^2 + v'^2 / b^2) / 2),
    u' and v' being the frequencies along and across t. Frequencies grow by a
    constant factor from 0.05 to 0.4 cycles a pixel, and neighbouring filters touch where they
    pass half of what they pass at best.

    Parameters
    ----------
    scales : int, default=5
        Number of frequencies, at least 2.
    orientations : int, default=8
        Number of directions over 180 degrees, at least 2; the first is to the right.
    grids : sequence of (int, int), default=((1, 1), (2, 2), (4, 4))
        Spatial pyramid, as rows and columns of each grid.
    image_size : int, default=128
        Longest side that every image is resized to, in pixels, its aspect kept.

    References
    ----------
    B. S. Manjunath, W. Y. Ma: Texture features for browsing and retrieval of image
    data. PAMI 1996.
    """

    def __init__(
        self,
        scales: int = 5,
        orientations: int = 8,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2), (4, 4)),
        image_size: int = 128,
    ) -> None:
        self.scales = scales
        self.orientations = orientations
        self.grids = grids
        self.image_size = image_size

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return SpatialPyramid(self.grids).regions * self.scales * self.orientations * 2

    def warm_up(self) -> None:
        """Build the filters, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the texture of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Region by region; in each, the filters from the coarsest scale to the
            finest, their directions counter-clockwise, mean and standard deviation of each.
            Not negative; in grey levels of 0 to 1.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        canvas, margin, height, width = self._prepare(image)
        side = len(canvas)
        pyramid = SpatialPyramid(self.grids)
        bands = _bank(side, self.scales, self.orientations)
        values = np.empty((pyramid.regions, len(bands), 2), np.float32)
        for i, response in enumerate(magnitudes(canvas, bands)):
            both = np.stack((response, response * response))
            first = 0
            for rows, columns in pyramid.grids:
                down = cell_means(response.shape[0], side, margin, height, rows)
                across = cell_means(response.shape[1], side, margin, width, columns)
                last = first + rows * columns
                values[first:last, i] = (down @ both @ across.T).reshape(2, -1).T
                first = last
        variance = values[:, :, 1] - values[:, :, 0] ** 2
        # Rounding must not make a constant response vary.
        variance[variance < 1e-6 * values[:, :, 1]] = 0
        values[:, :, 1] = np.sqrt(variance)
        return values.ravel()

    def _prepare(self, image: np.ndarray) -> tuple[np.ndarray, int, int, int]:
        """Return the canvas, where the image starts on it, and the image's height and width."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        factor = self.image_size / max(grey.shape)
        size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
        # Averaging when shrinking avoids aliasing; it would only copy pixels when growing.
        grey = cv2.resize(
            grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        )
        margin = round(MARGIN * self.image_size)
        side = self.image_size + 2 * margin
        height, width = grey.shape
        canvas = cv2.copyMakeBorder(
            grey.astype(np.float32) / np.float32(255),
            margin,
            side - margin - height,
            margin,
            side - margin - width,
            cv2.BORDER_REFLECT,
        )
        # What filters pass of a blank image is nothing, exactly.
        return canvas - canvas.mean(dtype=np.float64).astype(np.float32), margin, height, width

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("scales", self.scales, least=2)
        check_whole("orientations", self.orientations, least=2)
        check_whole("image_size", self.image_size, least=16)
        SpatialPyramid(self.grids)


def transfer_functions(side: int, scales: int, orientations: int) -> np.ndarray:
    """Return the filters of the bank.

    Parameters
    ----------
    side : int
        Side of the canvas, in pixels.
    scales, orientations : int
        Numbers of frequencies and of directions.

    Returns
    -------
    ndarray of shape (scales * orientations, side, side), float64
        Transfer functions, frequency 0 first; 1 at best.
    """
    factor = (HIGHEST / LOWEST) ** (1 / (scales - 1))
    half = np.sqrt(2 * np.log(2))
    # Touching at half height, along the direction and across it.
    finest_along = (factor - 1) * HIGHEST / ((factor + 1) * half)
    finest_across = np.tan(np.pi / (2 * orientations)) * np.sqrt(
        (HIGHEST / half) ** 2 - finest_along**2
    )
    frequency = np.fft.fftfreq(side)
    u, v = frequency[None, :], -frequency[:, None]
    transfers = np.empty((scales, orientations, side, side))
    for scale in range(scales):
        centre = LOWEST * factor**scale
        along, across = (s * centre / HIGHEST for s in (finest_along, finest_across))
        for k in range(orientations):
            turn = np.pi * k / orientations
            # The spectrum of samples repeats: so does the part of a filter beyond its border.
            total = np.zeros((side, side))
            for shift_u in (-1, 0, 1):
                for shift_v in (-1, 0, 1):
                    x, y = u + shift_u, v + shift_v
                    forward = x * np.cos(turn) + y * np.sin(turn)
                    sideways = y * np.cos(turn) - x * np.sin(turn)
                    total += np.exp(
                        -(((forward - centre) / along) ** 2 + (sideways / across) ** 2) / 2
                    )
            transfers[scale, k] = total
    return transfers.reshape(-1, side, side)


@lru_cache(maxsize=8)
def _bank(side: int, scales: int, orientations: int) -> tuple[Band, ...]:
    return bands_of(transfer_functions(side, scales, orientations))
