"""Annotations of which some are unjudged: the one place that checks them."""

from __future__ import annotations

import numpy as np

POSITIVE, NEGATIVE, UNJUDGED = 1, 0, -1


def check_annotations(Y: np.ndarray, n_samples: int) -> np.ndarray:
    """Return annotations with which every concept can be learned.

    Parameters
    ----------
    Y : array-like of shape (n_samples, n_concepts)
        1 positive, 0 negative, -1 unjudged.
    n_samples : int
        How many samples there are.

    Returns
    -------
    ndarray of shape (n_samples, n_concepts), int8
        The annotations.

    Raises
    ------
    ValueError
        For another shape, other values, or concepts without positive or without
        negative samples; the message names each of these by its column.
    """
    Y = np.asarray(Y)
    if Y.ndim != 2:
        raise ValueError(
            f"annotations must have the shape (n_samples, n_concepts), got {Y.shape}; "
            "for a single concept give one column"
        )
    if len(Y) != n_samples:
        raise ValueError(f"got annotations of {len(Y)} samples for {n_samples} samples")
    if Y.shape[1] == 0:
        raise ValueError("annotations have no concept: the second axis is empty")
    wrong = ~np.isin(Y, (POSITIVE, NEGATIVE, UNJUDGED))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            "annotations must be 1 (positive), 0 (negative) or -1 (unjudged), got "
            f"{Y[row, column]} for sample {row}, concept {column}"
        )
    problems = []
    for name, found in (("positive", Y == POSITIVE), ("negative", Y == NEGATIVE)):
        lacking = np.flatnonzero(~found.any(axis=0))
        problems += [f"concept {c} has no {name} training sample" for c in lacking]
    if problems:
        raise ValueError("; ".join(problems) + " among the judged ones")
    return Y.astype(np.int8)


def signs(Y: np.ndarray) -> np.ndarray:
    """Return targets for margins.

    Parameters
    ----------
    Y : ndarray of shape (n, c), int8
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    ndarray of shape (n, c), float32
        +1, -1, and 0 where unjudged.
    """
    return np.where(Y == UNJUDGED, 0, np.where(Y == POSITIVE, 1, -1)).astype(np.float32)
