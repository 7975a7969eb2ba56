"""Fisher vectors: how an image's local vectors would change a mixture of Gaussians."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.aggregation.fisher_kernel import gradients
from engineered.aggregation.gaussian_mixture import DiagonalGaussianMixture, moments
from engineered.aggregation.local_pca import LocalPCA
from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.aggregation.vocabulary import contrasted
from engineered.parameters import check_flag, check_number, check_whole
from engineered.sampling import places_of


class FisherVector(BaseEstimator):
    """Improved Fisher vector over a spatial pyramid.

    With posteriors q_k(x) of a mixture of K diagonal Gaussians (weight w, mean m,
    deviation s), the vector of a region with n local vectors holds, a Gaussian,

        u_k = 1 / (n sqrt(w_k)) sum q_k(x) (x - m_k) / s_k
        v_k = 1 / (n sqrt(2 w_k)) sum q_k(x) ((x - m_k)^2 / s_k^2 - 1)

    the gradients by mean and by deviation, in units of their own spread. Improved
    means: a signed power law on every value, then unit length a region, then unit
    length of the whole. Local vectors that are all zeros (no contrast) take no
    part; a region without any other has the zero vector.

    Parameters
    ----------
    gaussians : int, default=256
        Size of the mixture.
    pca : int or None, default=80
        Number of principal components that local vectors are reduced to; None
        keeps the vectors as they are.
    coordinates : float, default=0.0
        If above 0, each local vector gets its place, x and y from -0.5 to 0.5 over the
        image, appended, with this weight relative to the mean deviation
        of its other values: a soft and cheap spatial layout.
    grids : sequence of (int, int), default=((1, 1),)
        Spatial pyramid, as rows and columns of each grid.
    power : float, default=0.5
        Exponent of the signed power law; 1 leaves the values.
    intra_normalization : bool, default=False
        Give the block of each Gaussian, u_k and v_k together, unit length before the
        region: a pattern that fills the image then counts no more than any other.
    max_vectors : int, default=200_000
        Largest number of local vectors that PCA and mixture are learned from.
    max_images : int, default=1_000
        Largest number of training images that they are sampled from.
    max_iter : int, default=20
        Largest number of iterations of expectation maximisation.
    random_state : int, RandomState or None, default=None
        Seed of the sample and of the mixture.

    Attributes
    ----------
    pca_ : LocalPCA or None
        As fitted.
    mixture_ : DiagonalGaussianMixture
        As fitted.
    dimension : int
        Length of the encoded vector, ``2 * gaussians * d * regions``.

    References
    ----------
    F. Perronnin, J. Sánchez, T. Mensink: Improving the Fisher kernel for
    large-scale image classification. ECCV 2010.
    J. Sánchez, F. Perronnin, T. Mensink, J. Verbeek: Image classification with the
    Fisher vector: theory and practice. IJCV 2013.
    J. Sánchez, F. Perronnin, T. de Campos: Modeling the spatial layout of images
    beyond spatial pyramids. Pattern Recognition Letters 2012, for `coordinates`.
    R. Arandjelović, A. Zisserman: All about VLAD. CVPR 2013, for `intra_normalization`.
    """

    #: `fit` wants to know where the vectors were.
    wants_places = True
    #: Its vectors hold negative values.
    signed = True

    def __init__(
        self,
        gaussians: int = 256,
        pca: int | None = 80,
        coordinates: float = 0.0,
        grids: Sequence[tuple[int, int]] = ((1, 1),),
        power: float = 0.5,
        intra_normalization: bool = False,
        max_vectors: int = 200_000,
        max_images: int = 1_000,
        max_iter: int = 20,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.gaussians = gaussians
        self.pca = pca
        self.coordinates = coordinates
        self.grids = grids
        self.power = power
        self.intra_normalization = intra_normalization
        self.max_vectors = max_vectors
        self.max_images = max_images
        self.max_iter = max_iter
        self.random_state = random_state

    @property
    def dimension(self) -> int:
        """Length of the encoded vector."""
        check_is_fitted(self, "mixture_")
        return 2 * self.mixture_.means_.size * SpatialPyramid(self.grids).regions

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        small = FisherVector(2, pca=None, max_iter=1, random_state=0)
        vectors = np.eye(4, dtype=np.float32)
        small.fit(vectors).encode(vectors, np.zeros((4, 3), np.float32), (1, 1))

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_whole("gaussians", self.gaussians)
        check_whole("pca", self.pca, or_none=True)
        check_number("coordinates", self.coordinates, least=0)
        SpatialPyramid(self.grids)
        check_number("power", self.power, above=0)
        check_flag("intra_normalization", self.intra_normalization)
        check_whole("max_vectors", self.max_vectors)
        check_whole("max_images", self.max_images)
        check_whole("max_iter", self.max_iter)

    def fit(self, vectors: np.ndarray, places: np.ndarray | None = None) -> FisherVector:
        """Learn principal components and mixture.

        Parameters
        ----------
        vectors : ndarray of shape (m, d), float32
            A sample of local vectors of training images; all-zero rows are left out.
        places : ndarray of shape (m, 2), float32, optional
            x and y of each, from -0.5 to 0.5 over its image; needed for `coordinates`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For too few vectors, or parameters out of range.
        """
        self.check()
        if self.coordinates and places is None:
            raise ValueError("coordinates need the places of the vectors that are fitted on")
        vectors = np.asarray(vectors, dtype=np.float32)
        described = contrasted(
            vectors, self.gaussians, self.max_vectors, self.random_state, "Gaussians"
        )
        vectors = vectors[described]
        self.pca_ = None
        if self.pca is not None:
            self.pca_ = LocalPCA(self.pca).fit(vectors)
            vectors = self.pca_.transform(vectors)
        self._unit = float(self.coordinates * np.sqrt(vectors.var(axis=0).mean() * 12))
        if places is not None:
            vectors = self._placed(vectors, places[described])
        mixture = DiagonalGaussianMixture(
            self.gaussians, max_iter=self.max_iter, random_state=self.random_state
        )
        self.mixture_ = mixture.fit(vectors)
        return self

    def _placed(self, vectors: np.ndarray, places: np.ndarray) -> np.ndarray:
        if not self.coordinates:
            return vectors
        return np.concatenate([vectors, places * np.float32(self._unit)], axis=1)

    def encode(
        self, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> np.ndarray:
        """Return the Fisher vector of one image.

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
            Region by region: all u_k, then all v_k. Of unit length, or zero for an
            image without local vectors.
        """
        gradients = self.gradients(vectors, frames, image_shape)
        blocks = gradients.reshape(len(gradients), 2, *self.mixture_.means_.shape)
        return _improved(blocks, self.power, self.intra_normalization)

    def gradients(
        self, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> np.ndarray:
        """Return the Fisher vector of each region before power law and normalisation.

        Parameters
        ----------
        vectors, frames, image_shape : as for `encode`

        Returns
        -------
        ndarray of shape (regions, 2 * gaussians * d), float32
            All u_k, then all v_k.
        """
        check_is_fitted(self, "mixture_")
        pyramid = SpatialPyramid(self.grids)
        described = np.flatnonzero(vectors.any(axis=1))
        vectors, frames = vectors[described], frames[described]
        cells, membership = pyramid.atoms(frames[:, 0], frames[:, 1], image_shape)
        if self.pca_ is not None:
            vectors = self.pca_.transform(vectors)
        vectors = self._placed(vectors, places_of(frames, image_shape))
        counts, sums, _ = moments(self.mixture_, vectors, cells, membership.shape[1])
        sizes = membership @ np.bincount(cells, minlength=membership.shape[1])
        mixture = self.mixture_
        out = np.empty((len(sizes), 2, *mixture.means_.shape), np.float32)
        gradients(
            counts,
            sums,
            membership,
            sizes,
            np.sqrt(mixture.variances_),
            mixture.weights_,
            out,
        )
        return out.reshape(len(sizes), -1)


def _improved(blocks: np.ndarray, power: float, intra: bool) -> np.ndarray:
    """Power law, unit length a Gaussian if asked for, unit length a region, unit length of all.

    `blocks` are of shape (regions, 2, gaussians, d).
    """
    magnitudes = np.abs(blocks)
    magnitudes = np.sqrt(magnitudes) if power == 0.5 else magnitudes ** np.float32(power)
    values = np.copysign(magnitudes, blocks, out=magnitudes)
    if intra:
        squares = np.square(values).sum(axis=3).sum(axis=1)
        values *= _inverse_root(squares)[:, None, :, None]
    values = values.reshape(len(values), -1)
    squares = np.einsum("ij,ij->i", values, values)
    values *= _inverse_root(squares)[:, None]
    described = int(np.count_nonzero(squares))
    return (values / np.float32(max(described, 1) ** 0.5)).ravel()


def _inverse_root(squares: np.ndarray) -> np.ndarray:
    """Return 1 / sqrt, and 0 for 0: what is zero stays zero."""
    return np.where(squares > 0, 1 / np.sqrt(np.where(squares > 0, squares, 1)), 0)
