"""The cost of each sample for each concept."""

from __future__ import annotations

import numpy as np

from engineered.parameters import check_choice


def check_class_weight(class_weight: str | None) -> None:
    """Refuse what is neither None nor "balanced".

    Parameters
    ----------
    class_weight : {None, "balanced"}
        How classes are weighed.

    Raises
    ------
    ValueError
        For another value.
    """
    check_choice("class_weight", class_weight, (None, "balanced"))


def sample_costs(
    targets: np.ndarray, C: float | np.ndarray, class_weight: str | None = None
) -> np.ndarray:
    """Return C, times the weight of the class if the classes are balanced.

    Parameters
    ----------
    targets : ndarray of shape (n, c), float32
        +1, -1, and 0 for unjudged.
    C : float or ndarray of shape (c,)
        Cost, of all concepts or of each.
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.

    Returns
    -------
    ndarray of shape (n, c), float32
        Costs, above 0.
    """
    check_class_weight(class_weight)
    costs = np.empty(targets.shape, np.float32)
    costs[:] = C
    if class_weight == "balanced":
        judged = (targets != 0).sum(axis=0)
        for sign in (1, -1):
            mine = targets == sign
            weight = judged / np.maximum(2 * mine.sum(axis=0), 1)
            costs *= np.where(mine, weight.astype(np.float32), np.float32(1))
    return costs
