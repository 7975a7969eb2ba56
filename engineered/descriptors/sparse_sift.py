"""SIFT at keypoints."""

from __future__ import annotations

import cv2
import numpy as np
from sklearn.base import BaseEstimator

from engineered.descriptors.keypoints import check_limits, detect, grey_pixels
from engineered.parameters import check_flag, check_number


class SparseSIFT(BaseEstimator):
    """SIFT at the extrema of differences of Gaussians, by OpenCV.

    Keypoints are found at all scales and described relative to their own
    orientation; one with several orientations is described several times. An
    image without keypoints yields an empty set.

    Parameters
    ----------
    n_features : int or None, default=None
        Keep so many of the strongest keypoints; None keeps all.
    root : bool, default=True
        RootSIFT: square root of the vector divided by its L1 norm.
    contrast_threshold : float, default=0.04
        Weakest extremum, in grey levels of 0 to 1. As OpenCV takes it: an octave has
        three layers, each of which is held to a third of it.
    edge_threshold : float, default=10.0
        Largest ratio of principal curvatures; above it a keypoint lies on an edge.
    max_side : int or None, default=600
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.

    Attributes
    ----------
    dimension : int
        128.

    References
    ----------
    D. Lowe: Distinctive image features from scale-invariant keypoints. IJCV 2004.
    R. Arandjelović, A. Zisserman: Three things everyone should know to improve
    object retrieval. CVPR 2012.
    """

    dimension = 128

    def __init__(
        self,
        n_features: int | None = None,
        root: bool = True,
        contrast_threshold: float = 0.04,
        edge_threshold: float = 10.0,
        max_side: int | None = 600,
    ) -> None:
        self.n_features = n_features
        self.root = root
        self.contrast_threshold = contrast_threshold
        self.edge_threshold = edge_threshold
        self.max_side = max_side

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_limits(self.n_features, self.max_side)
        check_flag("root", self.root)
        check_number("contrast_threshold", self.contrast_threshold, least=0)
        check_number("edge_threshold", self.edge_threshold, above=0)

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, 128), float32
            Unit L2 norm, in OpenCV's order of cells and orientations.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is the size of one of the 4 x 4 cells.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        self.check()
        grey = grey_pixels(image, self.max_side)
        detector = cv2.SIFT.create(
            nfeatures=self.n_features or 0,
            contrastThreshold=self.contrast_threshold,
            edgeThreshold=self.edge_threshold,
        )
        # A cell is 1.5 times the keypoint's size, which is a diameter.
        raw, frames = detect(detector, grey, image.shape, self.n_features, side=4 * 1.5)
        if raw is None:
            return np.empty((0, self.dimension), np.float32), frames
        vectors = raw.astype(np.float32)
        order = 1 if self.root else 2
        norms = np.linalg.norm(vectors, ord=order, axis=1, keepdims=True)
        vectors /= np.maximum(norms, np.finfo(np.float32).tiny)
        return (np.sqrt(vectors) if self.root else vectors), frames
