"""Codes of local vectors become one vector a region."""

from __future__ import annotations

import numba
import numpy as np


def pool_sum(
    labels: np.ndarray, weights: np.ndarray, atoms: np.ndarray, membership: np.ndarray, words: int
) -> np.ndarray:
    """Sum the weights of each word over the vectors of each region.

    Parameters
    ----------
    labels : ndarray of shape (m, k), intp
        Words of each vector.
    weights : ndarray of shape (m, k), float32
        Weights of the vector on them.
    atoms : ndarray of shape (m,), intp
        Atom of each vector, as `SpatialPyramid.atoms` tells.
    membership : ndarray of shape (regions, n_atoms), float64
        1 where the region holds the atom.
    words : int
        Size of the vocabulary.

    Returns
    -------
    ndarray of shape (regions, words), float64
        Sums.
    """
    sums = np.zeros((membership.shape[1], words))
    _add(labels, weights, atoms, sums)
    return membership @ sums


def pool_max(
    labels: np.ndarray, weights: np.ndarray, atoms: np.ndarray, membership: np.ndarray, words: int
) -> np.ndarray:
    """Keep the largest weight of each word over the vectors of each region.

    A vector has weight 0 on words that are not its own, so no result is below 0.

    Parameters
    ----------
    labels, weights, atoms, membership, words : as for `pool_sum`

    Returns
    -------
    ndarray of shape (regions, words), float64
        0 and above.
    """
    largest = np.zeros((membership.shape[1], words))
    _raise(labels, weights, atoms, largest)
    return np.stack([largest[region].max(axis=0, initial=0) for region in membership > 0])


def warm_up() -> None:
    """Load or compile the kernels."""
    labels, atoms = np.zeros((1, 1), np.intp), np.zeros(1, np.intp)
    weights, membership = np.zeros((1, 1), np.float32), np.ones((1, 1))
    pool_sum(labels, weights, atoms, membership, 1)
    pool_max(labels, weights, atoms, membership, 1)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _add(labels, weights, atoms, sums):
    for i in range(labels.shape[0]):
        row = sums[atoms[i]]
        for j in range(labels.shape[1]):
            row[labels[i, j]] += weights[i, j]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _raise(labels, weights, atoms, largest):
    for i in range(labels.shape[0]):
        row = largest[atoms[i]]
        for j in range(labels.shape[1]):
            row[labels[i, j]] = max(row[labels[i, j]], weights[i, j])
