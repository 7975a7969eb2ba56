"""The handwritten digits that shots are composed from, and which part owns which."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from sklearn.datasets import load_digits

#: The parts of the task, and the share of the handwritten digits that each owns.
SHARES = {"train": 0.5, "val": 0.2, "test": 0.3}


@lru_cache(maxsize=1)
def handwriting() -> tuple[np.ndarray, np.ndarray]:
    """Return the 1,797 digits of scikit-learn.

    Returns
    -------
    images : ndarray of shape (1797, 8, 8), float32
        Ink from 0 (none) to 1.
    classes : ndarray of shape (1797,), int
        The digit each one is.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998.
    """
    data = load_digits()
    images = (data.images / 16.0).astype(np.float32)
    classes = data.target.astype(np.int64)
    images.setflags(write=False)
    classes.setflags(write=False)
    return images, classes


@lru_cache(maxsize=1)
def handwriting_digest() -> str:
    """Return a hash of the digits' content."""
    images, classes = handwriting()
    return hashlib.sha256(images.tobytes() + classes.tobytes()).hexdigest()


@lru_cache(maxsize=8)
def allotment(seed: int) -> dict[str, tuple[np.ndarray, ...]]:
    """Divide the handwritten digits among the parts, class by class.

    Parameters
    ----------
    seed : int
        Seed of the data.

    Returns
    -------
    dict of str to tuple of ndarray
        For each part, the indices of its zeros, of its ones ...; no index is in two parts.
    """
    _, classes = handwriting()
    rng = np.random.default_rng([seed, 0])
    owned: dict[str, list[np.ndarray]] = {part: [] for part in SHARES}
    edges = np.cumsum(list(SHARES.values()))[:-1]
    for digit in range(10):
        indices = rng.permutation(np.flatnonzero(classes == digit))
        pieces = np.split(indices, np.rint(edges * len(indices)).astype(int))
        for part, piece in zip(SHARES, pieces, strict=True):
            owned[part].append(piece)
    return {part: tuple(pieces) for part, pieces in owned.items()}
