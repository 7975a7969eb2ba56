"""How far two outputs of the same work agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Rows a chunk of products; bounds the memory.
CHUNK = 8192


@dataclass(frozen=True)
class Agreement:
    """One figure and what it measures."""

    measure: str
    value: float

    def __str__(self) -> str:
        return f"{self.value:.4g}" if self.value > 0.1 else f"{self.value:.2g}"


def mean_cosine(ours: np.ndarray, theirs: np.ndarray) -> Agreement:
    """Compare vectors at the same points.

    Parameters
    ----------
    ours, theirs : ndarray of shape (m, d)
        A row a point. Points where either vector is all zeros are left out.

    Returns
    -------
    Agreement
        The mean cosine of the angle, -1 to 1; NaN where no point is left.

    Raises
    ------
    ValueError
        For different numbers of points or dimensions.
    """
    ours, theirs = _alike(ours, theirs)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    described = lengths > 0
    products = np.einsum("ij,ij->i", ours[described], theirs[described])
    value = (products / lengths[described]).mean() if described.any() else np.nan
    return Agreement("mean cosine", float(value))


def equal_labels(ours: np.ndarray, theirs: np.ndarray) -> Agreement:
    """Compare labels: the share of equal ones, 0 to 1.

    Raises
    ------
    ValueError
        For different numbers of labels.
    """
    ours, theirs = _alike(ours, theirs)
    return Agreement("equal labels", float((ours == theirs).mean()))


def equal_decisions(ours: np.ndarray, theirs: np.ndarray) -> Agreement:
    """Compare classifiers by their scores.

    Parameters
    ----------
    ours, theirs : ndarray of shape (n, c)
        Scores, positive for a concept that is found.

    Returns
    -------
    Agreement
        The share of rows for which both find the same concepts and rank the same
        one first, 0 to 1.

    Raises
    ------
    ValueError
        For different shapes.
    """
    ours, theirs = _alike(ours, theirs)
    found = ((ours > 0) == (theirs > 0)).all(axis=1)
    first = ours.argmax(axis=1) == theirs.argmax(axis=1)
    return Agreement("equal decisions", float((found & first).mean()))


def largest_difference(ours: np.ndarray, theirs: np.ndarray) -> Agreement:
    """Compare values: the largest absolute difference over the largest absolute value of theirs.

    Raises
    ------
    ValueError
        For different shapes.
    """
    ours, theirs = _alike(ours, theirs)
    scale = np.abs(theirs).max(initial=0.0)
    difference = np.abs(ours - theirs).max(initial=0.0)
    return Agreement("differs by at most", float(difference / scale) if scale else difference)


def inertia(X: np.ndarray, centres: np.ndarray) -> float:
    """Return the sum of squared distances of rows to their nearest centres.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Rows.
    centres : ndarray of shape (k, d)
        Centres.

    Returns
    -------
    float
        Summed in double precision.
    """
    # Single precision may take the second nearest of two that are as near; it costs nothing.
    centres = np.asarray(centres, np.float32)
    norms = np.einsum("ij,ij->i", centres, centres)
    total = 0.0
    for start in range(0, len(X), CHUNK):
        rows = np.asarray(X[start : start + CHUNK], np.float32)
        nearest = (norms - 2 * rows @ centres.T).argmin(axis=1)
        total += float(((rows - centres[nearest]) ** 2).sum(dtype=np.float64))
    return total


def _alike(ours: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if ours.shape != theirs.shape:
        raise ValueError(f"shapes differ: ours {ours.shape}, theirs {theirs.shape}")
    return ours, theirs
