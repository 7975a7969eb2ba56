"""Bag of words: how often each word of a visual vocabulary occurs, region by region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.aggregation.kmeans import KMeans, nearest_centres
from engineered.aggregation.spatial_pyramid import SpatialPyramid


class BagOfWords(BaseEstimator):
    """Histogram of visual words over a spatial pyramid.

    Words are the centres of k-means over a sample of local vectors; every
    vector counts for its nearest word. Vectors that are all zeros come from
    ground too flat to describe: they take no part in the vocabulary and are not
    counted as words, but they do count in the total by which the histogram is
    divided. So the histogram of an image that is half flat sums to one half,
    and an image without any vector has the zero histogram.

    Parameters
    ----------
    words : int, default=512
        Size of the vocabulary.
    grids : sequence of (int, int), default=((1, 1), (2, 2))
        Spatial pyramid, as rows and columns of each grid.
    max_vectors : int, default=100_000
        Largest number of vectors that the vocabulary is learned from.
    max_images : int, default=1_000
        Largest number of training images that the vectors are sampled from.
    max_iter : int, default=30
        Largest number of iterations of k-means.
    random_state : int, RandomState or None, default=None
        Seed of the sample and of k-means.

    Attributes
    ----------
    vocabulary_ : ndarray of shape (words, d), float32
        The words.
    dimension : int
        Length of the encoded vector: words times regions.

    References
    ----------
    J. Sivic, A. Zisserman: Video Google. ICCV 2003.
    G. Csurka et al.: Visual categorization with bags of keypoints. ECCV workshop 2004.
    """

    def __init__(
        self,
        words: int = 512,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2)),
        max_vectors: int = 100_000,
        max_images: int = 1_000,
        max_iter: int = 30,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.words = words
        self.grids = grids
        self.max_vectors = max_vectors
        self.max_images = max_images
        self.max_iter = max_iter
        self.random_state = random_state

    @property
    def dimension(self) -> int:
        """Length of the encoded vector."""
        return self.words * SpatialPyramid(self.grids).regions

    def fit(self, vectors: np.ndarray, y: None = None) -> BagOfWords:
        """Learn the vocabulary.

        Parameters
        ----------
        vectors : ndarray of shape (m, d), float32
            A sample of local vectors of training images; all-zero rows are left out.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If fewer vectors than words are left, or `grids` is not a list of grids.
        """
        SpatialPyramid(self.grids)
        vectors = np.asarray(vectors, dtype=np.float32)
        described = vectors[vectors.any(axis=1)]
        if len(described) < self.words:
            raise ValueError(
                f"a vocabulary of {self.words} words needs at least as many local vectors, got "
                f"{len(described)} ({len(vectors) - len(described)} without contrast left out): "
                "ask for fewer words, or give more or larger training images"
            )
        if len(described) > self.max_vectors:
            random = np.random.default_rng(_seed_of(self.random_state))
            keep = random.choice(len(described), self.max_vectors, replace=False)
            described = described[np.sort(keep)]
        kmeans = KMeans(self.words, max_iter=self.max_iter, random_state=self.random_state)
        self.vocabulary_ = kmeans.fit(described).cluster_centers_
        return self

    def encode(
        self, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> np.ndarray:
        """Return the histogram of one image.

        Parameters
        ----------
        vectors : ndarray of shape (m, d), float32
            All local vectors of the image; m may be 0.
        frames : ndarray of shape (m, 3), float32
            Columns x, y, scale in pixels.
        image_shape : sequence of int
            Height and width of the image in pixels.

        Returns
        -------
        ndarray of shape (words * regions,), float32
            Region by region, the share of the image's vectors; every grid of
            the pyramid sums to at most 1.
        """
        check_is_fitted(self, "vocabulary_")
        pyramid = SpatialPyramid(self.grids)
        histogram = np.zeros((pyramid.regions, self.words), np.float32)
        described = vectors.any(axis=1)
        if described.any():
            total = len(vectors)
            if not described.all():
                vectors, frames = vectors[described], frames[described]
            labels, _ = nearest_centres(vectors, self.vocabulary_)
            for regions in pyramid.assign(frames[:, 0], frames[:, 1], image_shape):
                places = regions * self.words + labels
                histogram += np.bincount(places, minlength=histogram.size).reshape(histogram.shape)
            histogram /= total
        return histogram.ravel()


def _seed_of(random_state: int | np.random.RandomState | None) -> int | None:
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    return random_state
