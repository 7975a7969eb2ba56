"""The words or centres that local vectors are compared with."""

from __future__ import annotations

import numpy as np

from engineered.aggregation.kmeans import KMeans


def contrasted(
    vectors: np.ndarray,
    needed: int,
    max_vectors: int,
    random_state: int | np.random.RandomState | None,
    what: str = "words",
) -> np.ndarray:
    """Choose vectors with contrast, at most so many.

    Parameters
    ----------
    vectors : ndarray of shape (m, d), float32
        Local vectors of training images; all-zero rows come from flat ground.
    needed : int
        Size of the vocabulary to be learned, which needs as many vectors.
    max_vectors : int
        Largest number of vectors kept, drawn at random.
    random_state : int, RandomState or None
        Seed of the draw.
    what : str, default="words"
        What the vocabulary is made of, for the message.

    Returns
    -------
    ndarray of shape (at most max_vectors,), intp
        Their positions, ascending.

    Raises
    ------
    ValueError
        If fewer vectors than needed are left.
    """
    described = np.flatnonzero(vectors.any(axis=1))
    if len(described) < needed:
        raise ValueError(
            f"a vocabulary of {needed} {what} needs at least as many local vectors, got "
            f"{len(described)} ({len(vectors) - len(described)} without contrast left out): "
            f"ask for fewer {what}, or give more or larger training images"
        )
    if len(described) > max_vectors:
        random = np.random.default_rng(_seed_of(random_state))
        described = np.sort(random.choice(described, max_vectors, replace=False))
    return described


def learn_words(
    vectors: np.ndarray,
    words: int,
    max_iter: int,
    random_state: int | np.random.RandomState | None,
) -> tuple[np.ndarray, float]:
    """Return the centres of k-means, and how far vectors lie from them.

    Parameters
    ----------
    vectors : ndarray of shape (m, d), float32
        A sample, none of it all zeros.
    words : int
        Number of centres.
    max_iter : int
        Largest number of iterations.
    random_state : int, RandomState or None
        Seed of the initial centres.

    Returns
    -------
    vocabulary : ndarray of shape (words, d), float32
        The centres.
    spread : float
        Root mean square distance of the sample to the nearest centre.
    """
    kmeans = KMeans(words, max_iter=max_iter, random_state=random_state).fit(vectors)
    return kmeans.cluster_centers_, float(np.sqrt(kmeans.inertia_ / len(vectors)))


def _seed_of(random_state: int | np.random.RandomState | None) -> int | None:
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    return random_state
