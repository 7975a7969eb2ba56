"""What annotations are to a loss: which one suits them, and which samples and weights they give."""

from __future__ import annotations

import numpy as np

from learned.training.loss import EXCLUSIVE

NAMES = ("auto", "bce", "softmax", "squared")


def choose_loss(name: str, Y: np.ndarray) -> str:
    """Resolve ``"auto"`` and ``"squared"``, and check that the annotations suit the loss.

    Parameters
    ----------
    name : {"auto", "bce", "softmax", "squared"}
        ``"auto"`` is softmax where there are several concepts, everything is
        judged and every row has exactly one positive; else a binary cross
        entropy a concept. ``"squared"`` is the squared error of a softmax in the
        same case, else of a sigmoid a concept.
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    {"bce", "softmax", "sigmoid-squared", "softmax-squared"}

    Raises
    ------
    ValueError
        An unknown name, or softmax on rows that have several positives, or none
        though everything in them is judged.
    """
    if name not in NAMES:
        raise ValueError(f"loss must be 'auto', 'bce', 'softmax' or 'squared', got {name!r}")
    positives = (Y == 1).sum(axis=1)
    single_label = Y.shape[1] > 1 and bool((Y >= 0).all()) and bool((positives == 1).all())
    if name == "auto":
        return "softmax" if single_label else "bce"
    if name == "squared":
        return "softmax-squared" if single_label else "sigmoid-squared"
    if name == "softmax":
        if Y.shape[1] < 2:
            raise ValueError("loss 'softmax' needs at least two concepts; use 'bce' for one")
        wrong = (positives > 1) | ((positives == 0) & (Y == 0).all(axis=1))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise ValueError(
                f"loss 'softmax' needs one positive concept a sample: training sample {row} "
                f"has {positives[row]} ({int(wrong.sum())} such samples); use 'bce'"
            )
    return name


def informative(loss: str, Y: np.ndarray) -> np.ndarray:
    """Rows of the annotations that a loss can learn from.

    Parameters
    ----------
    loss : str
        As resolved by `choose_loss`.
    Y : (n, c) int8

    Returns
    -------
    (n,) bool
        Rows with a judged entry; where classes exclude each other, rows whose class is known.
    """
    useful = Y == 1 if loss in EXCLUSIVE else Y >= 0
    return np.asarray(useful.any(axis=1))


def targets_of(loss: str, Y: np.ndarray) -> np.ndarray:
    """Turn annotations into what a loss compares with.

    Parameters
    ----------
    loss : str
        As resolved by `choose_loss`.
    Y : (n, c) int8
        Informative rows.

    Returns
    -------
    (n, c) float32
        1 positive, 0 negative, -1 unjudged; where classes exclude each other, the
        known one says that the others are negative.
    """
    return np.maximum(Y, 0).astype(np.float32) if loss in EXCLUSIVE else Y.astype(np.float32)


def class_weights(loss: str, targets: np.ndarray, strength: float) -> np.ndarray | None:
    """Weights that let rare concepts count as much as common ones.

    With ``p`` positives and ``q`` negatives among the judged samples of a concept,
    one of its positives weighs ``max(1, (q / p) ** strength)``: at strength 1 all
    positives of a rare concept together weigh as much as all its negatives. Where
    classes exclude each other, a sample of a class with ``p`` of the ``n`` samples
    weighs ``(n / p) ** strength``, divided by the mean of that over the samples.

    Parameters
    ----------
    loss : str
        As resolved by `choose_loss`.
    targets : (n, c) float32
        Of the training samples.
    strength : float
        In [0, 1]; 0 is none.

    Returns
    -------
    (c,) float32, or None where the strength is 0

    References
    ----------
    G. King, L. Zeng, "Logistic regression in rare events data", 2001, for
    strength 1; the power between is usual practice.
    """
    if not strength:
        return None
    positives = np.maximum(1, (targets == 1).sum(axis=0))
    if loss in EXCLUSIVE:
        weights = (len(targets) / positives) ** strength
        return (weights / (weights @ positives / len(targets))).astype(np.float32)
    negatives = (targets == 0).sum(axis=0)
    return np.maximum(1.0, (negatives / positives) ** strength).astype(np.float32)
