"""The gist of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from scipy import fft

from engineered.descriptors.band_filters import Band, bands_of, cell_means, magnitudes
from engineered.descriptors.base import GlobalDescriptor
from engineered.parameters import check_flag, check_list, check_whole

# All as in the authors' program. Frequencies that count as illumination, in cycles an image,
# and the contrast, in units of log grey, under which ground is called flat.
ILLUMINATION = 4.0
FLAT = 0.2
# Pixels reflected around the image before the contrast and before the filters.
CONTRAST_MARGIN = 5
FILTER_MARGIN = 32
# Centre frequency of the finest scale in cycles a pixel, and ratio between scales.
FINEST = 0.3
RATIO = 1.85


class GIST(GlobalDescriptor):
    """Energy of oriented filters over a coarse grid, after evening out illumination.

    Every image is squeezed into a square. The logarithm of its levels loses its low
    frequencies and is divided by 0.2 plus its local standard deviation; the magnitude of
    each filter's response is then averaged over the cells of a grid. A
    filter of frequency f and direction t passes
    exp(-3.5 (r / f - 1)^2 - 2 pi (n / 8)^2 (a - t)^2) of radius r and angle a, for n directions.

    Parameters
    ----------
    image_size : int, default=128
        Side of the square, in pixels, at least 32.
    orientations : sequence of int, default=(8, 8, 8, 8)
        Number of directions of each scale, from the finest on.
    grid : int, default=4
        Number of cells along each side.
    colour : bool, default=False
        Describe the red, the green and the blue channel, which share one local
        contrast, instead of their mean.

    References
    ----------
    A. Oliva, A. Torralba: Modeling the shape of the scene: a holistic
    representation of the spatial envelope. IJCV 2001.
    """

    def __init__(
        self,
        image_size: int = 128,
        orientations: Sequence[int] = (8, 8, 8, 8),
        grid: int = 4,
        colour: bool = False,
    ) -> None:
        self.image_size = image_size
        self.orientations = orientations
        self.grid = grid
        self.colour = colour

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return sum(self.orientations) * self.grid**2 * (3 if self.colour else 1)

    def warm_up(self) -> None:
        """Build the filters, so that no image's time includes it."""
        self.describe(np.zeros((8, 8, 3), np.uint8))

    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the gist of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,), float32
            Channel by channel, filter by filter from the finest scale on, cell by
            cell row-wise; not negative.

        Raises
        ------
        ValueError
            For parameters out of range.
        """
        self.check()
        side = self.image_size + 2 * FILTER_MARGIN
        bands = _bank(side, tuple(self.orientations))
        channels = even_out(self._square(image))
        values = np.empty((len(channels), len(bands), self.grid, self.grid), np.float32)
        margin = (FILTER_MARGIN,) * 4
        for channel, levels in zip(values, channels, strict=True):
            canvas = cv2.copyMakeBorder(levels, *margin, cv2.BORDER_REFLECT)
            for cells, response in zip(channel, magnitudes(canvas, bands), strict=True):
                down, across = (
                    cell_means(samples, side, FILTER_MARGIN, self.image_size, self.grid)
                    for samples in response.shape
                )
                cells[:] = down @ response @ across.T
        return values.ravel()

    def _square(self, image: np.ndarray) -> np.ndarray:
        """Return the channels, (1 or 3, image_size, image_size) float32, 0 to 255."""
        shrinks = max(image.shape[:2]) > self.image_size
        square = cv2.resize(
            image,
            (self.image_size, self.image_size),
            interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
        ).astype(np.float32)
        if self.colour:
            return np.ascontiguousarray(square.transpose(2, 0, 1))
        return square.mean(axis=2)[None]

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("image_size", self.image_size, least=32)
        check_list("orientations", self.orientations)
        for directions in self.orientations:
            check_whole("orientations", directions)
        check_whole("grid", self.grid, most=self.image_size)
        check_flag("colour", self.colour)


def even_out(channels: np.ndarray) -> np.ndarray:
    """Return log levels without illumination, in units of the local contrast.

    Parameters
    ----------
    channels : ndarray of shape (channels, side, side), float32
        Levels, 0 to 255.

    Returns
    -------
    ndarray of shape (channels, side, side), float32
        About -3 to 3; 0 on flat ground.
    """
    margin = CONTRAST_MARGIN
    levels = np.pad(
        np.log1p(channels), ((0, 0), (margin, margin), (margin, margin)), mode="symmetric"
    )
    side = levels.shape[1]
    # Half of an amplitude at the given frequency is called illumination.
    width = ILLUMINATION / np.sqrt(np.log(2))
    along, across = np.fft.fftfreq(side, 1 / side), np.fft.rfftfreq(side, 1 / side)
    low = np.exp(-(along[:, None] ** 2 + across**2) / width**2).astype(np.float32)

    def smooth(image: np.ndarray) -> np.ndarray:
        return fft.irfft2(fft.rfft2(image) * low, s=(side, side))

    # Without their mean, equal levels stay exactly equal.
    levels -= levels.mean(axis=(1, 2), keepdims=True)
    levels -= smooth(levels)
    contrast = np.sqrt(np.abs(smooth(levels.mean(axis=0) ** 2)))
    levels /= np.float32(FLAT) + contrast
    return np.ascontiguousarray(levels[:, margin:-margin, margin:-margin])


def transfer_functions(side: int, orientations: Sequence[int]) -> np.ndarray:
    """Return the filters of the bank.

    Parameters
    ----------
    side : int
        Side of the canvas, in pixels.
    orientations : sequence of int
        Number of directions of each scale, from the finest on.

    Returns
    -------
    ndarray of shape (sum(orientations), side, side), float64
        Transfer functions, frequency 0 first; at most 1.
    """
    frequency = np.fft.fftfreq(side)
    x, y = frequency[None, :], frequency[:, None]
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    transfers = []
    for scale, directions in enumerate(orientations):
        centre = FINEST / RATIO**scale
        sharpness = (directions / 8) ** 2
        for k in range(directions):
            turned = angle + np.pi * k / directions
            turned = np.where(turned > np.pi, turned - 2 * np.pi, turned)
            transfers.append(
                np.exp(-3.5 * (radius / centre - 1) ** 2 - 2 * np.pi * sharpness * turned**2)
            )
    return np.array(transfers)


@lru_cache(maxsize=8)
def _bank(side: int, orientations: tuple[int, ...]) -> tuple[Band, ...]:
    return bands_of(transfer_functions(side, orientations))
