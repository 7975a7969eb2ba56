"""Losses in which an unjudged annotation weighs nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

Loss = Callable[[torch.Tensor, torch.Tensor, float], torch.Tensor]


def binary_cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0
) -> torch.Tensor:
    """Cross entropy of each concept on its own, averaged over the judged entries.

    Parameters
    ----------
    logits : (b, c) float32
    targets : (b, c) float32
        In [0, 1]; a negative value is unjudged.
    smoothing : float
        In [0, 1): targets become ``t (1 - smoothing) + smoothing / 2``.

    Returns
    -------
    () float32
        In nats; exactly zero, with zero gradients, where nothing is judged.
    """
    judged = targets >= 0
    smooth = targets.clamp(min=0) * (1.0 - smoothing) + 0.5 * smoothing
    entries = functional.binary_cross_entropy_with_logits(logits, smooth, reduction="none")
    # where, not a product: an infinite loss of a masked entry would leave 0 * inf.
    return torch.where(judged, entries, 0.0).sum() / judged.sum().clamp(min=1)


def softmax_cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0
) -> torch.Tensor:
    """Cross entropy of the concepts as exclusive classes, averaged over the judged rows.

    Parameters
    ----------
    logits : (b, c) float32
    targets : (b, c) float32
        Class probabilities of each row; a row without a positive value is unjudged.
    smoothing : float
        In [0, 1): targets become ``t (1 - smoothing) + smoothing / c``.

    Returns
    -------
    () float32
        In nats; exactly zero, with zero gradients, where no row is judged.
    """
    targets = targets.clamp(min=0)
    judged = targets.sum(dim=1) > 0
    smooth = targets * (1.0 - smoothing) + smoothing / targets.shape[1]
    rows = -(smooth * functional.log_softmax(logits, dim=1)).sum(dim=1)
    return torch.where(judged, rows, 0.0).sum() / judged.sum().clamp(min=1)


LOSSES: dict[str, Loss] = {"bce": binary_cross_entropy, "softmax": softmax_cross_entropy}


def choose_loss(name: str, Y: np.ndarray) -> str:
    """Resolve ``"auto"`` and check that the annotations suit the loss.

    Parameters
    ----------
    name : {"auto", "bce", "softmax"}
        ``"auto"`` is softmax where there are several concepts, everything is
        judged and every row has exactly one positive; else a binary cross
        entropy a concept.
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    {"bce", "softmax"}

    Raises
    ------
    ValueError
        An unknown name, or softmax on rows that have several positives, or none
        though everything in them is judged.
    """
    if name not in ("auto", *LOSSES):
        raise ValueError(f"loss must be 'auto', 'bce' or 'softmax', got {name!r}")
    positives = (Y == 1).sum(axis=1)
    if name == "auto":
        exclusive = Y.shape[1] > 1 and bool((Y >= 0).all()) and bool((positives == 1).all())
        return "softmax" if exclusive else "bce"
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
    loss : {"bce", "softmax"}
    Y : (n, c) int8

    Returns
    -------
    (n,) bool
        For ``"bce"``, rows with a judged entry; for ``"softmax"``, rows whose class is known.
    """
    useful = Y == 1 if loss == "softmax" else Y >= 0
    return np.asarray(useful.any(axis=1))


def log_odds(loss: str, logits: torch.Tensor) -> torch.Tensor:
    """Log-odds of each concept's probability, comparable between samples.

    A network trained by softmax determines its logits only up to a constant a
    sample: ranking samples by one of them would compare unknown offsets. The
    log-odds have none, order the concepts of a sample as the logits do, and
    keep apart the probabilities near 1 that float32 rounds together.

    Parameters
    ----------
    loss : {"bce", "softmax"}
        What the network was trained by.
    logits : (b, c) float32

    Returns
    -------
    (b, c) float32
        ``log p - log(1 - p)``; for ``"bce"`` the logits themselves.
    """
    if loss == "bce":
        return logits
    top = logits.argmax(dim=1, keepdim=True)
    total = logits.logsumexp(dim=1, keepdim=True)
    # log of the summed others. Subtracting from the total is sound while p <= 1/2,
    # so the largest is done by leaving it out of the sum.
    share = (logits - total).exp().clamp(max=0.5)
    others = total + torch.log1p(-share)
    without_top = logits.scatter(1, top, -torch.inf).logsumexp(dim=1, keepdim=True)
    return logits - others.scatter(1, top, without_top)
