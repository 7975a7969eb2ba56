"""VLAD: what separates the local vectors of an image from the centres of a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.aggregation import kmeans, nearest
from engineered.aggregation.local_pca import LocalPCA
from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.aggregation.vocabulary import contrasted, learn_words
from engineered.parameters import check_flag, check_number, check_whole


class VLAD(BaseEstimator):
    """Vector of locally aggregated descriptors over a spatial pyramid.

    For every centre c_k of a small vocabulary,

        v_k = sum of x - c_k    over the local vectors x whose nearest centre is c_k

    Then every value goes through a signed power law, every v_k is brought to unit length
    (intra-normalisation, so that what recurs in an image does not drown the rest), every
    region is brought to unit length, and the whole. Local vectors that are all zeros (no
    contrast) take no part; a region without any other has the zero vector.

    Parameters
    ----------
    centres : int, default=64
        Size of the vocabulary.
    grids : sequence of (int, int), default=((1, 1),)
        Spatial pyramid, as rows and columns of each grid.
    pca : int or None, default=None
        Number of principal components that local vectors are reduced to; None keeps
        the vectors as they are.
    residual_normalization : bool, default=False
        Every difference x - c_k counts with unit length: all local vectors weigh the same.
    power : float, default=1.0
        Exponent of the signed power law; 0.5 is the signed square root, 1 leaves the
        values as they are.
    intra_normalization : bool, default=True
        Bring the part of every centre to unit length.
    max_vectors : int, default=200_000
        Largest number of local vectors that PCA and centres are learned from.
    max_images : int, default=1_000
        Largest number of training images that they are sampled from.
    max_iter : int, default=30
        Largest number of iterations of k-means.
    random_state : int, RandomState or None, default=None
        Seed of the sample and of k-means.

    Attributes
    ----------
    pca_ : LocalPCA or None
        As fitted.
    centres_ : ndarray of shape (centres, d), float32
        The vocabulary, of vectors after PCA if there is one.
    dimension : int
        Length of the encoded vector, ``centres * d * regions``.

    References
    ----------
    H. Jégou, M. Douze, C. Schmid, P. Pérez: Aggregating local descriptors into a
    compact image representation. CVPR 2010.
    R. Arandjelović, A. Zisserman: All about VLAD. CVPR 2013, for intra-normalisation.
    J. Delhumeau, P.-H. Gosselin, H. Jégou, P. Pérez: Revisiting the VLAD image
    representation. ACM Multimedia 2013, for `residual_normalization`.
    """

    #: Its vectors hold negative values.
    signed = True

    def __init__(
        self,
        centres: int = 64,
        grids: Sequence[tuple[int, int]] = ((1, 1),),
        pca: int | None = None,
        residual_normalization: bool = False,
        power: float = 1.0,
        intra_normalization: bool = True,
        max_vectors: int = 200_000,
        max_images: int = 1_000,
        max_iter: int = 30,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.centres = centres
        self.grids = grids
        self.pca = pca
        self.residual_normalization = residual_normalization
        self.power = power
        self.intra_normalization = intra_normalization
        self.max_vectors = max_vectors
        self.max_images = max_images
        self.max_iter = max_iter
        self.random_state = random_state

    @property
    def dimension(self) -> int:
        """Length of the encoded vector."""
        check_is_fitted(self, "centres_")
        return self.centres_.size * SpatialPyramid(self.grids).regions

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        nearest.warm_up()
        kmeans.warm_up()
        few, zero = np.zeros((1, 1), np.float32), np.zeros(1, np.intp)
        for normalized in (False, True):
            _sum_differences(few, few, zero, zero, normalized, np.zeros((1, 1, 1)))

    def fit(self, vectors: np.ndarray, y: None = None) -> VLAD:
        """Learn principal components and centres.

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
            If fewer vectors than centres are left, or a parameter is out of range.
        """
        self.check()
        vectors = np.asarray(vectors, dtype=np.float32)
        chosen = contrasted(vectors, self.centres, self.max_vectors, self.random_state, "centres")
        sample = vectors[chosen]
        self.pca_: Any = None
        if self.pca is not None:
            self.pca_ = LocalPCA(self.pca).fit(sample)
            sample = self.pca_.transform(sample)
        self.centres_, _ = learn_words(sample, self.centres, self.max_iter, self.random_state)
        return self

    def encode(
        self, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> np.ndarray:
        """Return the VLAD of one image.

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
        ndarray of shape (dimension,), float32
            Region by region, centre by centre. Of unit length, or zero for an image
            whose vectors do not differ from the centres, or that has none.

        Raises
        ------
        ValueError
            For a parameter out of range.
        """
        self.check()
        blocks = self.differences(vectors, frames, image_shape)
        if self.power != 1:
            magnitudes = np.abs(blocks)
            # sqrt is several times faster than pow.
            magnitudes = np.sqrt(magnitudes) if self.power == 0.5 else magnitudes**self.power
            blocks = np.copysign(magnitudes, blocks)
        if self.intra_normalization:
            blocks = _unit(blocks)
        return _unit(_unit(blocks.reshape(len(blocks), -1)).ravel()).astype(np.float32)

    def differences(
        self, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> np.ndarray:
        """Return the sums of differences before power law and normalisation.

        Parameters
        ----------
        vectors, frames, image_shape : as for `encode`

        Returns
        -------
        ndarray of shape (regions, centres, d), float64
            The v_k of each region.
        """
        check_is_fitted(self, "centres_")
        centres = self.centres_
        described = np.flatnonzero(vectors.any(axis=1))
        vectors, frames = vectors[described], frames[described]
        if self.pca is not None:
            vectors = self.pca_.transform(vectors)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        labels, _ = nearest.nearest_centres(vectors, centres)
        pyramid = SpatialPyramid(self.grids)
        atoms, membership = pyramid.atoms(frames[:, 0], frames[:, 1], image_shape)
        sums = np.zeros((membership.shape[1], *centres.shape))
        _sum_differences(vectors, centres, labels, atoms, self.residual_normalization, sums)
        return np.tensordot(membership, sums, axes=1)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("centres", self.centres)
        SpatialPyramid(self.grids)
        check_whole("pca", self.pca, or_none=True)
        check_flag("residual_normalization", self.residual_normalization)
        check_number("power", self.power, above=0)
        check_flag("intra_normalization", self.intra_normalization)
        check_whole("max_vectors", self.max_vectors)
        check_whole("max_images", self.max_images)
        check_whole("max_iter", self.max_iter)


def _unit(rows: np.ndarray) -> np.ndarray:
    """Bring the last axis to unit length; zeros stay zeros."""
    lengths = np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    return rows / np.where(lengths > 0, lengths, 1)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _sum_differences(vectors, centres, labels, atoms, normalized, sums):
    m, d = vectors.shape
    for i in range(m):
        x, centre = vectors[i], centres[labels[i]]
        total = sums[atoms[i], labels[i]]
        if normalized:
            squares = 0.0
            for j in range(d):
                difference = np.float64(x[j]) - np.float64(centre[j])
                squares += difference * difference
            # A vector that is its centre has no direction.
            scale = 1 / np.sqrt(squares) if squares > 0 else 0.0
            for j in range(d):
                total[j] += (np.float64(x[j]) - np.float64(centre[j])) * scale
        else:
            for j in range(d):
                total[j] += np.float64(x[j]) - np.float64(centre[j])
