"""What a network is trained for: an output module and a loss, by name and annotations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learned.explicit.activation import Sigmoid
from learned.explicit.losses import (
    BinaryCrossEntropy,
    Loss,
    SingleLabelSquaredError,
    SoftmaxCrossEntropy,
    SquaredError,
)
from learned.explicit.module import Module
from learned.explicit.pointwise import Pointwise
from learned.explicit.softmax import Softmax

NAMES = ("auto", "bce", "softmax", "squared")


@dataclass(frozen=True)
class Objective:
    """A loss and what stands between it and the scores.

    Attributes
    ----------
    name : {"bce", "softmax", "squared"}
    single_label : bool
        Whether concepts exclude each other.
    loss : Loss
    output : Module or None
        Turns scores into what the loss takes, in training only.
    """

    name: str
    single_label: bool
    loss: Loss
    output: Module | None


def choose_objective(name: str, Y: np.ndarray) -> Objective:
    """Choose the objective that a name means on these annotations.

    Parameters
    ----------
    name : {"auto", "bce", "softmax", "squared"}
        ``"auto"`` is softmax for single labels: where there are several concepts, everything is
        judged and every row has exactly one positive; else a binary cross entropy a concept.
        ``"squared"`` is the squared error of a softmax for single labels, else of a sigmoid a
        concept.
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        An unknown name, or softmax on rows that have several positives, or none though
        everything in them is judged, or on one concept.
    """
    if name not in NAMES:
        raise ValueError(f"loss must be one of {', '.join(NAMES)}, got {name!r}")
    positives = (Y == 1).sum(axis=1)
    single = Y.shape[1] > 1 and bool((Y >= 0).all()) and bool((positives == 1).all())
    if name == "auto":
        name = "softmax" if single else "bce"
    if name == "squared":
        if single:
            return Objective(name, True, SingleLabelSquaredError(), Softmax())
        return Objective(name, False, SquaredError(), Pointwise(Sigmoid()))
    if name == "bce":
        return Objective(name, False, BinaryCrossEntropy(), None)
    if Y.shape[1] < 2:
        raise ValueError("loss 'softmax' needs at least two concepts; use 'bce' for one")
    wrong = (positives > 1) | ((positives == 0) & (Y == 0).all(axis=1))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"loss 'softmax' needs one positive concept a sample: training sample {row} "
            f"has {positives[row]} ({int(wrong.sum())} such samples); use 'bce'"
        )
    return Objective(name, True, SoftmaxCrossEntropy(), None)


def log_odds(logits: np.ndarray) -> np.ndarray:
    """Log-odds of each probability of a softmax, comparable between samples.

    A softmax determines its scores up to a constant a sample: ranking samples by one of them
    would compare unknown offsets. The log-odds have none.

    Parameters
    ----------
    logits : (n, c) float32 or float64
        Of two concepts or more.

    Returns
    -------
    (n, c) float64
        ``log p - log(1 - p)``; finite, however near to 0 or 1 a probability is.
    """
    z = logits.astype(np.float64)
    rows, top = np.arange(len(z)), z.argmax(axis=1)
    z -= z[rows, top][:, None]
    without_top = z.copy()
    without_top[rows, top] = -np.inf
    second = without_top.max(axis=1)
    remaining = second + np.log(np.exp(without_top - second[:, None]).sum(axis=1))
    # 1 - p is a sum over the others. Subtracting p from the total keeps its digits up to
    # p = 1/2 only, so the largest is left out of its sum instead.
    others = np.log1p(np.exp(remaining)[:, None] - np.exp(without_top))
    others[rows, top] = remaining
    return z - others
