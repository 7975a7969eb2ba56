"""SIFT on a regular grid at several scales."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from sklearn.base import BaseEstimator

from engineered.descriptors.sift_kernel import (
    CELLS,
    DIMENSION,
    describe_grid,
    gradient_maps,
)
from engineered.images import check_image


class DenseSIFT(BaseEstimator):
    """Upright SIFT on a grid, computed from orientation maps shared by all grid points.

    A patch is 4 x 4 cells of `size` pixels; a grid point is placed wherever the
    centres of all its cells lie inside the image, and the grid is centred. An
    image with no room for a single patch at a scale has no vectors there, so a
    tiny image yields an empty set. A vector with less contrast than the
    threshold is all zeros: it keeps its frame, so that an aggregator can tell
    flat ground from no ground.

    Parameters
    ----------
    step : int, default=4
        Distance between grid points, in pixels of the (rescaled) image.
    sizes : sequence of int, default=(4, 6, 8, 10)
        Cell sizes, in pixels of the (rescaled) image; one scale each.
    root : bool, default=True
        RootSIFT: square root of the vector divided by its L1 norm.
    contrast_threshold : float, default=0.005
        Smallest norm of the raw histogram, in grey levels of 0 to 1 a pixel.
    magnification : float, default=6.0
        Cell size over the standard deviation of the smoothing before the
        gradient; larger is sharper. 3 is the ratio of the sparse SIFT.
    max_side : int or None, default=300
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    Attributes
    ----------
    dimension : int
        128.

    References
    ----------
    D. Lowe: Distinctive image features from scale-invariant keypoints. IJCV 2004.
    A. Bosch, A. Zisserman, X. Muñoz: Image classification using random forests
    and ferns. ICCV 2007.
    R. Arandjelović, A. Zisserman: Three things everyone should know to improve
    object retrieval. CVPR 2012.
    """

    dimension = DIMENSION

    def __init__(
        self,
        step: int = 4,
        sizes: Sequence[int] = (4, 6, 8, 10),
        root: bool = True,
        contrast_threshold: float = 0.005,
        magnification: float = 6.0,
        max_side: int | None = 300,
    ) -> None:
        self.step = step
        self.sizes = sizes
        self.root = root
        self.contrast_threshold = contrast_threshold
        self.magnification = magnification
        self.max_side = max_side

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        self.extract(np.zeros((64, 64, 3), np.uint8))

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, 128), float32
            Unit L2 norm or all zeros; cells in rows from the top left, eight
            orientations each, counter-clockwise from the right.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is the cell size.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        self._check_parameters()
        image = check_image(image)
        grey, zoom_x, zoom_y = self._prepare(image)
        height, width = grey.shape

        grids = [_centred_grid(height, width, size, self.step) for size in self.sizes]
        total = sum(len(rows) * len(columns) for rows, columns in grids)
        vectors = np.empty((total, DIMENSION), np.float32)
        frames = np.empty((total, 3), np.float32)
        start = 0
        for size, (rows, columns) in zip(self.sizes, grids, strict=True):
            count = len(rows) * len(columns)
            if count == 0:
                continue
            stop = start + count
            magnitude, angle = gradient_maps(grey, size / self.magnification)
            describe_grid(
                magnitude,
                angle,
                rows,
                columns,
                size,
                np.float32(self.contrast_threshold),
                self.root,
                vectors[start:stop],
            )
            # From the centre of the first cell to the centre of the patch.
            to_centre = (CELLS - 1) * size / 2
            block = frames[start:stop].reshape(len(rows), len(columns), 3)
            block[:, :, 0] = (columns[None, :] + to_centre + 0.5) * zoom_x - 0.5
            block[:, :, 1] = (rows[:, None] + to_centre + 0.5) * zoom_y - 0.5
            block[:, :, 2] = size * np.sqrt(zoom_x * zoom_y)
            start = stop
        return vectors, frames

    def _check_parameters(self) -> None:
        if self.step < 1 or int(self.step) != self.step:
            raise ValueError(f"step must be a whole number of pixels above 0, got {self.step}")
        if len(self.sizes) == 0 or any(size < 1 or int(size) != size for size in self.sizes):
            raise ValueError(f"sizes must be whole numbers of pixels above 0, got {self.sizes}")
        if not self.magnification > 0:
            raise ValueError(f"magnification must be above 0, got {self.magnification}")
        if self.contrast_threshold < 0:
            raise ValueError(f"contrast_threshold must not be negative: {self.contrast_threshold}")
        if self.max_side is not None and self.max_side < 1:
            raise ValueError(f"max_side must be above 0 or None, got {self.max_side}")

    def _prepare(self, image: np.ndarray) -> tuple[np.ndarray, float, float]:
        """Return the grey image in 0 to 1 and original pixels per new pixel in x and y."""
        height, width = image.shape[:2]
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if self.max_side is not None and max(height, width) > self.max_side:
            factor = self.max_side / max(height, width)
            new_size = (max(1, round(width * factor)), max(1, round(height * factor)))
            grey = cv2.resize(grey, new_size, interpolation=cv2.INTER_AREA)
        zoom_x, zoom_y = width / grey.shape[1], height / grey.shape[0]
        return grey.astype(np.float32) / np.float32(255), zoom_x, zoom_y


def _centred_grid(height: int, width: int, size: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the centres of the patches' first cells."""
    lines = []
    for length in (height, width):
        room = length - 1 - (CELLS - 1) * size
        offset = (room % step) // 2 if room >= 0 else 0
        lines.append(np.arange(offset, room + 1, step, dtype=np.int64))
    return lines[0], lines[1]
