"""Bag of words: how often each word of a visual vocabulary occurs, region by region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.aggregation import coding, kmeans, nearest, pooling
from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.aggregation.vocabulary import contrasted, learn_words
from engineered.parameters import check_choice, check_number, check_whole

ASSIGNMENTS = ("hard", "soft", "llc")
POOLINGS = ("average", "max")


class BagOfWords(BaseEstimator):
    """Histogram of visual words over a spatial pyramid.

    Words are the centres of k-means over a sample of local vectors. A vector
    counts for its nearest word (``hard``), is shared out among several words by how
    near they are (``soft``), or is written as a combination of several words, whose
    weights count (``llc``). These are averaged over each region, or the largest one
    is kept: a histogram is an average of hard votes, while soft and linear codes were
    published with, and mostly need, ``pooling="max"``.

    Vectors that are all zeros come from ground too flat to describe: they take no
    part in the vocabulary and weigh nothing on any word, but they do count in the
    total by which sums are divided. So the histogram of an image that is half flat
    sums to one half, and an image without any vector has the zero histogram.

    Parameters
    ----------
    words : int, default=512
        Size of the vocabulary.
    grids : sequence of (int, int), default=((1, 1), (2, 2))
        Spatial pyramid, as rows and columns of each grid.
    assignment : {"hard", "soft", "llc"}, default="hard"
        How a vector counts for words.
    neighbours : int, default=5
        Number of nearest words that a vector counts for, if not hard; `words` for the
        kernel codebook as it was published, which is slow.
    width : float, default=0.25
        Standard deviation of the kernel of soft assignment, as a share of the root mean
        square distance between vectors and their nearest words.
    pooling : {"average", "max"}, default="average"
        Over the vectors of the image that lie in the region: the sum divided by the
        number of vectors of the image, or the largest.
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
    spread_ : float
        Root mean square distance of the sample to the nearest words.
    dimension : int
        Length of the encoded vector: words times regions.

    References
    ----------
    J. Sivic, A. Zisserman: Video Google. ICCV 2003.
    G. Csurka et al.: Visual categorization with bags of keypoints. ECCV workshop 2004.
    J. van Gemert, C. Veenman, A. Smeulders, J.-M. Geusebroek: Visual word
    ambiguity. PAMI 2010.
    L. Liu, L. Wang, X. Liu: In defense of soft-assignment coding. ICCV 2011.
    J. Wang et al.: Locality-constrained linear coding for image classification.
    CVPR 2010.
    """

    def __init__(
        self,
        words: int = 512,
        grids: Sequence[tuple[int, int]] = ((1, 1), (2, 2)),
        assignment: str = "hard",
        neighbours: int = 5,
        width: float = 0.25,
        pooling: str = "average",
        max_vectors: int = 100_000,
        max_images: int = 1_000,
        max_iter: int = 30,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.words = words
        self.grids = grids
        self.assignment = assignment
        self.neighbours = neighbours
        self.width = width
        self.pooling = pooling
        self.max_vectors = max_vectors
        self.max_images = max_images
        self.max_iter = max_iter
        self.random_state = random_state

    @property
    def dimension(self) -> int:
        """Length of the encoded vector."""
        return self.words * SpatialPyramid(self.grids).regions

    @property
    def signed(self) -> bool:
        """Whether vectors may hold negative values: averages of linear codes do."""
        return self.assignment == "llc" and self.pooling == "average"

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        for part in (nearest, kmeans, coding, pooling):
            part.warm_up()

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
            If fewer vectors than words are left, or a parameter is out of range.
        """
        self.check()
        vectors = np.asarray(vectors, dtype=np.float32)
        chosen = contrasted(vectors, self.words, self.max_vectors, self.random_state)
        sample = vectors[chosen]
        self.vocabulary_, self.spread_ = learn_words(
            sample, self.words, self.max_iter, self.random_state
        )
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
            Region by region. Averages of hard or soft votes are shares of the image's
            vectors: every grid of the pyramid sums to at most 1.

        Raises
        ------
        ValueError
            For a parameter out of range.
        """
        check_is_fitted(self, "vocabulary_")
        self.check()
        pyramid = SpatialPyramid(self.grids)
        described = vectors.any(axis=1)
        if not described.any():
            return np.zeros(pyramid.regions * self.words, np.float32)
        total = len(vectors)
        if not described.all():
            vectors, frames = vectors[described], frames[described]
        labels, weights = self._codes(vectors)
        atoms, membership = pyramid.atoms(frames[:, 0], frames[:, 1], image_shape)
        if self.pooling == "max":
            pooled = pooling.pool_max(labels, weights, atoms, membership, self.words)
        else:
            pooled = pooling.pool_sum(labels, weights, atoms, membership, self.words) / total
        return pooled.astype(np.float32).ravel()

    def _codes(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the words of each vector and its weights on them, both (m, k)."""
        neighbours = 1 if self.assignment == "hard" else self.neighbours
        labels, distances = nearest.k_nearest_centres(vectors, self.vocabulary_, neighbours)
        if self.assignment == "soft":
            return labels, coding.soft_weights(distances, self.width * self.spread_)
        if self.assignment == "llc":
            return labels, coding.linear_weights(vectors, self.vocabulary_, labels)
        return labels, np.ones(labels.shape, np.float32)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("words", self.words)
        SpatialPyramid(self.grids)
        check_choice("assignment", self.assignment, ASSIGNMENTS)
        check_choice("pooling", self.pooling, POOLINGS)
        check_whole("neighbours", self.neighbours)
        if self.assignment != "hard" and self.neighbours > self.words:
            raise ValueError(
                f"neighbours must be 1 to the number of words, {self.words}; got {self.neighbours}"
            )
        check_number("width", self.width, above=0)
        check_whole("max_vectors", self.max_vectors)
        check_whole("max_images", self.max_images)
        check_whole("max_iter", self.max_iter)
