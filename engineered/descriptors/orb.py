"""ORB at keypoints, as real vectors."""

from __future__ import annotations

import cv2
import numpy as np
from sklearn.base import BaseEstimator

from engineered.descriptors.keypoints import check_limits, detect, grey_pixels
from engineered.parameters import check_whole

# Side of the patch that is described, in pixels of its level of the image pyramid, and
# the least distance of its centre to the border.
_PATCH = 31


class ORB(BaseEstimator):
    """Oriented FAST corners and rotated BRIEF bits, by OpenCV, the bits as numbers.

    Each of the 256 values says whether the first of a pair of points in the patch is
    darker than the second, as 1 or 0. So the squared Euclidean distance of two vectors
    is their Hamming distance, and codebooks for real vectors serve; the centre
    of a cluster holds the share of ones. An image without corners yields an empty set,
    and so does one with a side of 62 pixels or less, as OpenCV looks for corners only
    where the patch has room.

    Parameters
    ----------
    n_features : int, default=500
        Keep so many of the strongest corners.
    fast_threshold : int, default=20
        Least difference between a corner's pixel and those around it, in grey levels
        of 0 to 255.
    max_side : int or None, default=600
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    Attributes
    ----------
    dimension : int
        256.

    References
    ----------
    E. Rublee, V. Rabaud, K. Konolige, G. Bradski: ORB, an efficient alternative to
    SIFT or SURF. ICCV 2011.
    """

    dimension = 256

    def __init__(
        self,
        n_features: int = 500,
        fast_threshold: int = 20,
        max_side: int | None = 600,
    ) -> None:
        self.n_features = n_features
        self.fast_threshold = fast_threshold
        self.max_side = max_side

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("n_features", self.n_features)
        check_limits(self.n_features, self.max_side)
        check_whole("fast_threshold", self.fast_threshold, most=254)

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, 256), float32
            0 or 1, in OpenCV's order: byte by byte, the lowest bit of each first.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is a quarter of the patch's side.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        self.check()
        grey = grey_pixels(image, self.max_side)
        # Nothing could be found there, and OpenCV fails on the smallest.
        if min(grey.shape) <= 2 * _PATCH:
            return np.empty((0, self.dimension), np.float32), np.empty((0, 3), np.float32)
        detector = cv2.ORB.create(
            nfeatures=self.n_features,
            edgeThreshold=_PATCH,
            patchSize=_PATCH,
            fastThreshold=self.fast_threshold,
        )
        raw, frames = detect(detector, grey, image.shape, self.n_features, side=1)
        if raw is None:
            return np.empty((0, self.dimension), np.float32), frames
        return np.unpackbits(raw, axis=1, bitorder="little").astype(np.float32), frames
