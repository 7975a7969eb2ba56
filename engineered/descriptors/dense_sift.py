"""SIFT on a regular grid at several scales."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engineered.descriptors.grid import Grid, GridDescriptor
from engineered.descriptors.sift_kernel import (
    DIMENSION,
    EQUAL_WEIGHTS,
    GAUSSIAN_WEIGHTS,
    describe_plane,
    smooth,
)
from engineered.parameters import check_choice, check_flag, check_number

# The sums of larger cells would leave too few bits to a weak gradient.
_LARGEST = 256


class DenseSIFT(GridDescriptor):
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
    window : {"triangular", "flat"}, default="triangular"
        How pixels are counted in a cell. Triangular: a pixel is shared between
        neighbouring cells by its distance to their centres (bilinear
        interpolation). Flat: it counts for the cell in which it lies.
    gaussian : bool, default=True
        Weight the cells by a Gaussian over the patch, with a standard deviation
        of half the patch, taken at each cell's centre. False: all alike.

    Notes
    -----
    The raw value of orientation o in a cell is the sum of w(x, y) g(x, y, o) over
    pixels, w being the window (its weights sum to 1, none are beyond the image's
    edge) and g the length of the gradient's part along o: the gradient is
    written as the sum of two vectors along its two neighbouring orientations.
    The raw vector is weighted, clipped at 0.2 of its L2 norm, and normalised.

    How the windows of others differ:

    - Sparse SIFT (Lowe, OpenCV) weights every pixel by the Gaussian over the
      patch, we every cell. OpenCV cuts the triangles at the patch's border
      and rounds to 8 bits. Both, and VLFeat, share a gradient between
      orientations in proportion to the angle: at most 8 % less of it.
    - VLFeat's default is as Lowe's. Its fast mode, which it calls a flat window
      for having no Gaussian over pixels, has our triangular cells, weighted by the
      mean of the Gaussian in a cell; it repeats the image's border pixels. It lays
      the grid from the first pixel on; ours is centred.

    References
    ----------
    D. Lowe: Distinctive image features from scale-invariant keypoints. IJCV 2004.
    A. Bosch, A. Zisserman, X. Muñoz: Image classification using random forests
    and ferns. ICCV 2007.
    A. Vedaldi, B. Fulkerson: VLFeat, an open and portable library of computer vision
    algorithms. ACM Multimedia 2010. https://www.vlfeat.org/api/dsift.html
    R. Arandjelović, A. Zisserman: Three things everyone should know to improve
    object retrieval. CVPR 2012.
    """

    def __init__(
        self,
        step: int = 4,
        sizes: Sequence[int] = (4, 6, 8, 10),
        root: bool = True,
        contrast_threshold: float = 0.005,
        magnification: float = 6.0,
        max_side: int | None = 300,
        window: str = "triangular",
        gaussian: bool = True,
    ) -> None:
        self.step = step
        self.sizes = sizes
        self.root = root
        self.contrast_threshold = contrast_threshold
        self.magnification = magnification
        self.max_side = max_side
        self.window = window
        self.gaussian = gaussian

    @property
    def dimension(self) -> int:
        """Length of a vector: 128."""
        return DIMENSION

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
        return super().extract(image)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        super().check()
        if max(self.sizes) > _LARGEST:
            raise ValueError(
                f"sizes must be at most {_LARGEST} pixels, got {self.sizes}: "
                "shrink the image instead, by max_side"
            )
        check_number("magnification", self.magnification, above=0)
        check_number("contrast_threshold", self.contrast_threshold, least=0)
        check_choice("window", self.window, ("triangular", "flat"))
        check_flag("root", self.root)
        check_flag("gaussian", self.gaussian)

    def _select(self, image: np.ndarray) -> np.ndarray:
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)

    def _prepare(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the planes to describe, one after the other in a vector."""
        return [pixels.astype(np.float32) / np.float32(255)]

    def _describe(self, prepared: list[np.ndarray], grid: Grid, vectors: np.ndarray) -> None:
        weights = GAUSSIAN_WEIGHTS if self.gaussian else EQUAL_WEIGHTS
        for number, plane in enumerate(prepared):
            describe_plane(
                smooth(plane, grid.size / self.magnification),
                grid,
                self.window == "flat",
                weights,
                self.contrast_threshold,
                bool(self.root),
                vectors,
                number * DIMENSION,
            )
