"""What training needs of annotations, whatever the loss."""

from __future__ import annotations

import numpy as np


def check_annotations(Y: np.ndarray, n_samples: int) -> np.ndarray:
    """Check the annotations of a training set.

    Parameters
    ----------
    Y : (n, c) array of -1, 0 and 1
    n_samples : int
        Rows to expect.

    Returns
    -------
    (n, c) int8

    Raises
    ------
    ValueError
        The shape or the values are wrong, or a concept has no positive or no
        negative sample; the message names the first such concept.
    """
    Y = np.asarray(Y)
    if Y.ndim != 2 or len(Y) != n_samples or Y.shape[1] == 0:
        raise ValueError(
            f"annotations must be ({n_samples} samples, concepts), got shape {Y.shape}"
        )
    if not np.isin(Y, (-1, 0, 1)).all():
        raise ValueError("annotations must be 1 (positive), 0 (negative) or -1 (unjudged)")
    for value, kind in ((1, "positive"), (0, "negative")):
        missing = np.flatnonzero(~np.equal(Y, value).any(axis=0))
        if missing.size:
            others = f" (nor have concepts {missing[1:].tolist()})" if missing.size > 1 else ""
            raise ValueError(f"concept {missing[0]} has no {kind} training sample{others}")
    return Y.astype(np.int8)
