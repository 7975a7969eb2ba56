"""Average precision as the criterion that weights, widths and strengths are chosen by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Bounds the working memory: concepts are ranked in blocks of about so many scores.
BLOCK = 4_000_000


def average_precision(
    scores: NDArray[np.floating], Y: NDArray[np.int8], weights: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Average precision of many columns at once, on judged samples only.

    Tied samples are cut all together, as in scikit-learn's `average_precision_score`.

    Parameters
    ----------
    scores : array of shape (n, c, ...)
        Scores of c concepts, under any number of candidate settings.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    weights : array of shape (f, n), bool, optional
        Which samples to keep, for f evaluations of the same scores on parts of the samples.

    Returns
    -------
    array of shape (c, ...) or (f, c, ...), float64
        NaN where a concept has no positive among the samples kept.
    """
    c = Y.shape[1]
    width = max(1, BLOCK // max(1, scores.size // max(1, c)))
    blocks = [slice(first, first + width) for first in range(0, c, width)]
    axis = 0 if weights is None else 1
    parts = [_average_precision(scores[:, block], Y[:, block], weights) for block in blocks]
    return np.concatenate(parts, axis=axis)


def _average_precision(
    scores: NDArray[np.floating], Y: NDArray[np.int8], weights: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    n, c = Y.shape
    candidates = scores.shape[2:]
    # Rows of `columns` are concept-major: concept 0 under every candidate, then concept 1 ...
    flat = scores.reshape(n, c, int(np.prod(candidates)))
    columns = np.ascontiguousarray(flat.transpose(1, 2, 0))
    order = np.argsort(columns, axis=-1)[..., ::-1]
    ranked = np.take_along_axis(columns, order, axis=-1)
    y = np.take_along_axis(np.broadcast_to(Y.T[:, None, :], columns.shape), order, axis=-1)
    ends = np.ones(columns.shape, dtype=bool)
    np.not_equal(ranked[..., 1:], ranked[..., :-1], out=ends[..., :-1])
    where = np.flatnonzero(ends)
    row = where // max(n, 1)
    first = np.diff(row, prepend=-1) != 0
    kept = [None] if weights is None else list(weights)
    out = np.empty((len(kept), columns.shape[0] * columns.shape[1]))
    for result, mask in zip(out, kept):
        positive, judged = y == 1, y >= 0
        if mask is not None:
            inside = mask[order]
            positive, judged = positive & inside, judged & inside
        found = np.cumsum(positive, axis=-1).ravel()[where]
        retrieved = np.cumsum(judged, axis=-1).ravel()[where]
        new = np.diff(found, prepend=0)
        new[first] = found[first]
        terms = new * found / np.maximum(retrieved, 1)
        total = positive.sum(axis=-1).ravel()
        summed = np.bincount(row, weights=terms, minlength=len(total))
        result[:] = np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)
    shape = (c, *candidates)
    return out.reshape(shape) if weights is None else out.reshape(len(kept), *shape)


def can_be_ranked(Y: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which concepts have a judged positive and a judged negative, shape (c,): the others teach
    nothing about the order of samples."""
    return (Y == 1).any(axis=0) & (Y == 0).any(axis=0)
