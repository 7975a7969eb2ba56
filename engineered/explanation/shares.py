"""What every local vector of an image adds to the aggregated one.

Each class here knows one aggregator. It holds the aggregated vector, and tells for any linear
function of it the part of each local vector. Power laws and norms are held at the image's own
values, ``sign(v) |v|^p / norm = v factor(v)``, of which the sum over local vectors is exact. All
is done in float64: coordinates near zero, which a power law enlarges, are differences of sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from engineered.aggregation.bag_of_words import BagOfWords
from engineered.aggregation.fisher_kernel import SMALLEST
from engineered.aggregation.fisher_vector import FisherVector
from engineered.aggregation.nearest import nearest_centres
from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.aggregation.vlad import VLAD
from engineered.sampling import places_of


class Shares(Protocol):
    """The local vectors of one image, in what they were aggregated to.

    Attributes
    ----------
    encoded : ndarray of shape (d,), float64
        The aggregated vector.
    """

    encoded: np.ndarray

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return the part of each local vector in ``weights . encoded``.

        Parameters
        ----------
        weights : ndarray of shape (d,), float64
            A linear function of the aggregated vector.

        Returns
        -------
        ndarray of shape (m,), float64
            They add up to the function's value; 0 for local vectors without contrast.
        """
        ...


def shares_in(
    aggregator: Any, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
) -> Shares | None:
    """Return the shares of local vectors in what a fitted aggregator makes of them.

    Parameters
    ----------
    aggregator : object
        Fitted.
    vectors, frames, image_shape
        As for its `encode`.

    Returns
    -------
    Shares or None
        None for an aggregator that is not one of ours.
    """
    known: dict[type, Any] = {
        BagOfWords: _bag_of_words, VLAD: VLADShares, FisherVector: FisherShares,
    }  # fmt: skip
    # A subclass may encode in another way.
    make = known.get(type(aggregator))
    return None if make is None else make(aggregator, vectors, frames, image_shape)


def _bag_of_words(
    aggregator: BagOfWords, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
) -> Shares:
    kind = MaximumShares if aggregator.pooling == "max" else HistogramShares
    return kind(aggregator, vectors, frames, image_shape)


class HistogramShares:
    """Of a bag of words: a vector counts for its words, in each region that it lies in."""

    def __init__(
        self,
        aggregator: BagOfWords,
        vectors: np.ndarray,
        frames: np.ndarray,
        image_shape: Sequence[int],
    ) -> None:
        self._m = len(vectors)
        self._described = np.flatnonzero(vectors.any(axis=1))
        places = frames[self._described]
        self._atoms, self._membership = SpatialPyramid(aggregator.grids).atoms(
            places[:, 0], places[:, 1], image_shape
        )
        self._words = aggregator.words
        if len(self._described):
            self._labels, weights = aggregator._codes(vectors[self._described])
        else:
            self._labels, weights = np.zeros((0, 1), np.intp), np.zeros((0, 1))
        self._weights = weights.astype(np.float64)
        self.encoded = self._pooled().ravel()

    def _pooled(self) -> np.ndarray:
        sums = np.zeros((self._membership.shape[1], self._words))
        np.add.at(sums, (self._atoms[:, None], self._labels), self._weights)
        return self._membership @ sums / max(self._m, 1)

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return the part of each local vector in ``weights . encoded``, (m,) float64."""
        of_atom = self._membership.T @ weights.reshape(-1, self._words)
        told = self._weights * of_atom[self._atoms[:, None], self._labels]
        return _filled(self._m, self._described, told.sum(axis=1) / max(self._m, 1))


class MaximumShares(HistogramShares):
    """Of a bag of words by maxima: the largest vote takes its word whole; equals share it."""

    def _pooled(self) -> np.ndarray:
        shape = (len(self._membership), self._words)
        self._largest, self._winners = np.zeros(shape), np.zeros(shape)
        for region, largest in enumerate(self._largest):
            mine = self._in(region)
            np.maximum.at(largest, self._labels[mine], self._weights[mine])
            won = self._won(region, mine)
            np.add.at(self._winners[region], self._labels[mine][won], 1.0)
        return self._largest

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return the part of each local vector in ``weights . encoded``, (m,) float64."""
        each = weights.reshape(-1, self._words) * self._largest / np.maximum(self._winners, 1)
        told = np.zeros(len(self._described))
        for region, values in enumerate(each):
            mine = self._in(region)
            won = self._won(region, mine)
            told[mine] += np.where(won, values[self._labels[mine]], 0).sum(axis=1)
        return _filled(self._m, self._described, told)

    def _in(self, region: int) -> np.ndarray:
        return np.flatnonzero(self._membership[region, self._atoms] > 0)

    def _won(self, region: int, mine: np.ndarray) -> np.ndarray:
        # Negative weights, which linear codes have, are below the 0 of all other vectors.
        weights = self._weights[mine]
        return (weights > 0) & (weights == self._largest[region, self._labels[mine]])


class VLADShares:
    """Of a VLAD: a vector adds what separates it from its centre."""

    def __init__(
        self, aggregator: VLAD, vectors: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]
    ) -> None:
        self._m = len(vectors)
        self._described = np.flatnonzero(vectors.any(axis=1))
        vectors, frames = vectors[self._described], frames[self._described]
        if aggregator.pca_ is not None:
            vectors = aggregator.pca_.transform(vectors)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        centres = aggregator.centres_
        self._labels, _ = nearest_centres(vectors, centres)
        self._apart = vectors.astype(np.float64) - centres[self._labels]
        if aggregator.residual_normalization:
            self._apart = _unit(self._apart)
        self._atoms, self._membership = SpatialPyramid(aggregator.grids).atoms(
            frames[:, 0], frames[:, 1], image_shape
        )
        sums = np.zeros((self._membership.shape[1], *centres.shape))
        np.add.at(sums, (self._atoms, self._labels), self._apart)
        raw = np.tensordot(self._membership, sums, axes=1)
        self._factors = _power_factors(raw, aggregator.power)
        values = raw * self._factors
        for axes in [(2,)] * aggregator.intra_normalization + [(1, 2), (0, 1, 2)]:
            scale = _inverse_norms(values, axes)
            values, self._factors = values * scale, self._factors * scale
        self.encoded = values.ravel()

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return the part of each local vector in ``weights . encoded``, (m,) float64."""
        told = weights.reshape(self._factors.shape) * self._factors
        of_atom = np.tensordot(self._membership.T, told, axes=1)
        parts = np.einsum("ij,ij->i", self._apart, of_atom[self._atoms, self._labels])
        return _filled(self._m, self._described, parts)


class FisherShares:
    """Of a Fisher vector: a vector adds its gradients by every Gaussian's mean and deviation."""

    def __init__(
        self,
        aggregator: FisherVector,
        vectors: np.ndarray,
        frames: np.ndarray,
        image_shape: Sequence[int],
    ) -> None:
        self._m = len(vectors)
        self._described = np.flatnonzero(vectors.any(axis=1))
        vectors, frames = vectors[self._described], frames[self._described]
        if aggregator.pca_ is not None:
            vectors = aggregator.pca_.transform(vectors)
        placed = aggregator._placed(vectors, places_of(frames, image_shape))
        mixture = aggregator.mixture_
        self._x = placed.astype(np.float64)
        self._means = mixture.means_.astype(np.float64)
        self._variances = mixture.variances_.astype(np.float64)
        self._q = self._posteriors(mixture.weights_)
        self._atoms, self._membership = SpatialPyramid(aggregator.grids).atoms(
            frames[:, 0], frames[:, 1], image_shape
        )
        sizes = self._membership @ np.bincount(self._atoms, minlength=self._membership.shape[1])
        scale = 1 / (np.maximum(sizes, 1)[:, None] * np.sqrt(mixture.weights_))
        # Of the sums of q (x - m) and of q ((x - m)^2 / s^2 - 1): (regions, k, 1 or d).
        self._first = scale[:, :, None] / np.sqrt(self._variances)
        self._second = scale[:, :, None] / np.sqrt(2.0)
        raw = self._raw()
        self._factors = _power_factors(raw, aggregator.power)
        values = raw * self._factors
        for axes in [(1, 3)] * aggregator.intra_normalization + [(1, 2, 3)]:
            norm = _inverse_norms(values, axes)
            values, self._factors = values * norm, self._factors * norm
        regions = max(int(np.count_nonzero(values.any(axis=(1, 2, 3)))), 1)
        self._factors = self._factors / np.sqrt(regions)
        self.encoded = (values / np.sqrt(regions)).ravel()

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return the part of each local vector in ``weights . encoded``, (m,) float64."""
        told = weights.reshape(self._factors.shape) * self._factors
        first = np.tensordot(self._membership.T, told[:, 0] * self._first, axes=1)
        second = np.tensordot(self._membership.T, told[:, 1] * self._second, axes=1)
        parts = np.zeros(len(self._x))
        for atom in np.unique(self._atoms):
            mine = np.flatnonzero(self._atoms == atom)
            x, b = self._x[mine], second[atom] / self._variances
            # b (x - m)^2 + a (x - m) - second, in powers of x: a matrix product each.
            a = first[atom] - 2 * b * self._means
            constant = b * self._means**2 - first[atom] * self._means - second[atom]
            gradients = x @ a.T + x**2 @ b.T + constant.sum(axis=1)
            parts[mine] = np.einsum("ik,ik->i", self._q[mine], gradients)
        return _filled(self._m, self._described, parts)

    def _posteriors(self, weights: np.ndarray) -> np.ndarray:
        logs = self._x @ (self._means / self._variances).T - self._x**2 @ (0.5 / self._variances).T
        logs += np.log(weights) - 0.5 * np.sum(
            self._means**2 / self._variances + np.log(2 * np.pi * self._variances), axis=1
        )
        q = np.exp(logs - logs.max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        # As the encoder does, which leaves out what float32 would not show.
        return np.where(q > SMALLEST, q, 0)

    def _raw(self) -> np.ndarray:
        """Return the gradients before power law and norms, (regions, 2, k, d)."""
        counts = np.zeros((self._membership.shape[1], len(self._means)))
        sums = np.zeros((2, *counts.shape, self._means.shape[1]))
        for atom in np.unique(self._atoms):
            mine = np.flatnonzero(self._atoms == atom)
            q, x = self._q[mine], self._x[mine]
            n, one, two = q.sum(axis=0)[:, None], q.T @ x, q.T @ x**2
            counts[atom] = n[:, 0]
            sums[0, atom] = one - n * self._means
            sums[1, atom] = two - 2 * one * self._means + n * self._means**2
        counts = self._membership @ counts
        first, second = (np.tensordot(self._membership, part, axes=1) for part in sums)
        by_deviation = second / self._variances - counts[:, :, None]
        return np.stack([first * self._first, by_deviation * self._second], axis=1)


def _filled(m: int, described: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Return the parts of all local vectors, 0 for those without contrast."""
    out = np.zeros(m)
    out[described] = parts
    return out


def _power_factors(values: np.ndarray, power: float) -> np.ndarray:
    """Return ``|v|^(power - 1)``, and 0 for 0."""
    magnitudes = np.abs(values)
    there = magnitudes > 0
    return np.where(there, np.where(there, magnitudes, 1.0) ** (power - 1), 0.0)


def _inverse_norms(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return 1 / L2 norm over some axes, which are kept; 0 for 0."""
    squares = np.square(values).sum(axis=axes, keepdims=True)
    return np.where(squares > 0, 1 / np.sqrt(np.where(squares > 0, squares, 1)), 0)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows * _inverse_norms(rows, (1,))
