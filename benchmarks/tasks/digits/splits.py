"""Which annotations are judged, and in which order training videos come."""

from __future__ import annotations

import numpy as np


def judged(held: np.ndarray, unjudged: float, least: int, rng: np.random.Generator) -> np.ndarray:
    """Draw which annotations of one part have a judgment, each on its own.

    Parameters
    ----------
    held : ndarray of shape (n, c), int
        1 where a concept holds, 0 where it does not.
    unjudged : float
        Probability that an annotation is left out.
    least : int
        How many positives, and negatives, of each concept are judged in any case.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of shape (n, c), bool
    """
    chance = rng.random(held.shape)
    drawn = chance >= unjudged
    for column in range(held.shape[1]):
        for value in (0, 1):
            rows = np.flatnonzero(held[:, column] == value)
            likeliest = rows[np.argsort(-chance[rows, column], kind="stable")[:least]]
            drawn[likeliest, column] = True
    return drawn


def training_order(
    videos: np.ndarray, annotations: np.ndarray, least: int, rng: np.random.Generator
) -> np.ndarray:
    """Order training videos by chance, those first that small training sets cannot miss.

    While a concept has fewer than `least` judged positives (or negatives) among the
    videos taken, the next is one that has the rarest such concept and the most of the
    others, the first of these in an order of chance; the rest follow in the order of
    chance.

    Parameters
    ----------
    videos : ndarray of shape (n,), int
        The video of each training shot.
    annotations : ndarray of shape (n, c), int8
        1, 0 or -1.
    least : int
        How many of each there must be.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of int
        Each video once.
    """
    shuffled = rng.permutation(np.unique(videos))
    supply = np.array(
        [
            [(annotations[videos == video] == value).sum(axis=0) for value in (0, 1)]
            for video in shuffled
        ]
    )
    total = supply.sum(axis=0)
    have = np.zeros_like(total)
    left = list(range(len(shuffled)))
    order = []
    while (have < np.minimum(least, total)).any():
        wanting = have < np.minimum(least, total)
        rarest = np.unravel_index(np.argmin(np.where(wanting, total, total.max() + 1)), total.shape)
        fitting = [i for i in left if supply[(i, *rarest)]]
        best = max(fitting, key=lambda i: np.count_nonzero(supply[i][wanting]))
        left.remove(best)
        order.append(best)
        have += supply[best]
    return shuffled[order + left]
