"""From where judgments were sampled: a pool, divided into strata.

Where a collection is too large to be judged, a pool of samples is formed for each concept (in
TRECVID: the union of the highest ranked shots of all submitted runs), divided into strata, and
from each stratum a random part is judged. An array of strata says so:

- 0, 1, 2 ...: the sample is in this stratum of the concept's pool; its annotation is 1 or 0 where
  it was drawn and judged, -1 where it was not drawn;
- -1: the sample is outside the pool. It has no judgment, and inferred measures take it for a
  negative: nobody ranked it high.

For images that were annotated, rather than pooled, the pool is the collection: every sample is
in stratum 0, and those annotated -1 are the ones that were not drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def estimated_share(Y: ArrayLike, strata: ArrayLike) -> NDArray[np.float64]:
    """Estimate the share of positives among all samples, judged or not.

    Parameters
    ----------
    Y : array of shape (n, c)
        1, 0, -1.
    strata : array of shape (n, c), int
        0 ..., or -1 outside the pool.

    Returns
    -------
    array of shape (c,), float64
        Sum over strata of M_s R_s / J_s, over n: M_s samples, J_s judged, R_s of them positive. A
        stratum without a judgment holds none, as in `xinfap`. About what inferred AP is of a
        random ranking.
    """
    annotations, places = np.asarray(Y), np.asarray(strata)
    total = np.zeros(annotations.shape[1])
    for stratum in range(int(places.max(initial=-1)) + 1):
        inside = places == stratum
        judged = (inside & (annotations >= 0)).sum(axis=0)
        positive = (inside & (annotations == 1)).sum(axis=0)
        total += inside.sum(axis=0) * positive / np.maximum(judged, 1)
    return total / max(len(annotations), 1)


def checked_strata(strata: ArrayLike, Y: NDArray[np.int8]) -> NDArray[np.int8]:
    """Check strata against annotations.

    Parameters
    ----------
    strata : array of shape (n, c), int
        0 ... 127, or -1 outside the pool.
    Y : array of shape (n, c), int8
        1, 0, -1.

    Returns
    -------
    array of shape (n, c), int8

    Raises
    ------
    ValueError
        For another shape, another number, or a judged sample outside the pool.
    """
    values = np.asarray(strata)
    if values.shape != Y.shape:
        raise ValueError(
            f"strata must have the shape of the annotations, {Y.shape}; got {values.shape}"
        )
    if values.dtype.kind not in "iu":
        raise ValueError(f"strata must be whole numbers, got {values.dtype}")
    if values.size and (values.min() < -1 or values.max() > 127):
        raise ValueError(
            "strata must be 0 ... 127, or -1 outside the pool; "
            f"got {values.min()} ... {values.max()}"
        )
    for concept in range(Y.shape[1]):
        outside = (values[:, concept] < 0) & (Y[:, concept] >= 0)
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            raise ValueError(
                f"sample {row} is judged for concept {concept} but outside its pool: "
                "give it a stratum, or the annotation -1"
            )
    return values.astype(np.int8, copy=False)
