"""Kernels by name: what is compared once, and the kernel that a width makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engineered.classifiers.kernels import chi2_distances, intersection, squared_distances
from engineered.classifiers.rows import check_rows
from engineered.parameters import check_choice

# Kernels that are exp(-gamma * distance), and those that compare histograms.
BY_DISTANCE = ("chi2", "rbf")
OF_HISTOGRAMS = ("chi2", "intersection")


def check_kernel(kernel: str, known: Sequence[str]) -> None:
    """Refuse an unknown kernel.

    Parameters
    ----------
    kernel : str
        Its name.
    known : sequence of str
        The names to choose from.

    Raises
    ------
    ValueError
        If it is not among them.
    """
    check_choice("kernel", kernel, known)


def check_kernel_rows(kernel: str, F: np.ndarray, n_features: int | None = None) -> np.ndarray:
    """Return rows that a kernel can compare, as contiguous float32.

    Parameters
    ----------
    kernel : str
        Its name.
    F : array-like of shape (n, d)
        Rows.
    n_features : int, optional
        Number of columns that the rows must have.

    Returns
    -------
    ndarray of shape (n, d), float32
        The rows.

    Raises
    ------
    ValueError
        For values that are not finite, or negative where histograms are compared.
    """
    F = check_rows(F, n_features)
    if kernel in OF_HISTOGRAMS and len(F) and F.min() < 0:
        raise ValueError(
            f"the {kernel} kernel compares histograms, but the rows hold negative values: "
            'take kernel="rbf" or another descriptor'
        )
    return F


def similarities(kernel: str, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the kernel itself, or the distances of a kernel that has a width.

    Parameters
    ----------
    kernel : {"linear", "intersection", "chi2", "rbf"}
        Its name.
    A : ndarray of shape (n, d), float32
        Rows.
    B : ndarray of shape (m, d), float32
        Rows.

    Returns
    -------
    ndarray of shape (n, m), float32
        Inner products, sums of minima, chi2 or squared Euclidean distances.
    """
    if kernel == "linear":
        return A @ B.T
    if kernel == "intersection":
        return intersection(A, B)
    return chi2_distances(A, B) if kernel == "chi2" else squared_distances(A, B)


def kernel_values(similarity: np.ndarray, gamma: float | None) -> np.ndarray:
    """Return the kernel as a new matrix.

    Parameters
    ----------
    similarity : ndarray of shape (n, m), float32
        What `similarities` returns.
    gamma : float or None
        Width of a kernel by distance, None for another.

    Returns
    -------
    ndarray of shape (n, m), float32
        ``exp(-gamma * distance)``, or a copy.
    """
    if gamma is None:
        return similarity.copy()
    K = similarity * np.float32(-gamma)
    return np.exp(K, out=K)
