"""Losses in which an unjudged annotation weighs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional


def binary_cross_entropy(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.0,
    weights: torch.Tensor | None = None,
    judged: torch.Tensor | None = None,
) -> torch.Tensor:
    """Cross entropy of each concept on its own, averaged over the judged entries.

    Parameters
    ----------
    logits : (b, c) float32
    targets : (b, c) float32
        In [0, 1]; a negative value is unjudged.
    smoothing : float
        In [0, 1): targets become ``t (1 - smoothing) + smoothing / 2``.
    weights : (c,) float32, optional
        What a positive of each concept weighs, where a negative weighs 1.
    judged : () int64, optional
        Number of entries to average over, where these rows are a part of a batch.

    Returns
    -------
    () float32
        In nats; exactly zero, with zero gradients, where nothing is judged.
    """
    smooth = targets.clamp(min=0) * (1.0 - smoothing) + 0.5 * smoothing
    entries = functional.binary_cross_entropy_with_logits(
        logits, smooth, reduction="none", pos_weight=weights
    )
    return _mean(entries, targets >= 0, judged)


def sigmoid_squared_error(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.0,
    weights: torch.Tensor | None = None,
    judged: torch.Tensor | None = None,
) -> torch.Tensor:
    """Half the squared error of each concept's probability, averaged over the judged entries.

    The error of the lecture on networks with several labels a sample.

    Parameters
    ----------
    logits, targets, smoothing, weights, judged
        As for `binary_cross_entropy`; the probabilities are sigmoids.

    Returns
    -------
    () float32
        ``(p - t)^2 / 2``; zero, with zero gradients, where nothing is judged.
    """
    targets, known = targets.clamp(min=0), targets >= 0
    smooth = targets * (1.0 - smoothing) + 0.5 * smoothing
    entries = 0.5 * (logits.sigmoid() - smooth) ** 2
    if weights is not None:
        entries = entries * (1.0 + targets * (weights - 1.0))
    return _mean(entries, known, judged)


def softmax_cross_entropy(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.0,
    weights: torch.Tensor | None = None,
    judged: torch.Tensor | None = None,
) -> torch.Tensor:
    """Cross entropy of the concepts as exclusive classes, averaged over the judged rows.

    Parameters
    ----------
    logits : (b, c) float32
    targets : (b, c) float32
        Class probabilities of each row; a row without a positive value is unjudged.
    smoothing : float
        In [0, 1): targets become ``t (1 - smoothing) + smoothing / c``.
    weights : (c,) float32, optional
        What each class weighs.
    judged : () int64, optional
        Number of rows to average over, where these are a part of a batch.

    Returns
    -------
    () float32
        In nats; exactly zero, with zero gradients, where no row is judged.
    """
    targets = targets.clamp(min=0)
    smooth = targets * (1.0 - smoothing) + smoothing / targets.shape[1]
    if weights is not None:
        smooth = smooth * weights
    rows = -(smooth * functional.log_softmax(logits, dim=1)).sum(dim=1)
    return _mean(rows, targets.sum(dim=1) > 0, judged)


def softmax_squared_error(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.0,
    weights: torch.Tensor | None = None,
    judged: torch.Tensor | None = None,
) -> torch.Tensor:
    """Half the squared distance of the classes' probabilities to the targets, a row on average.

    The error of the lecture on networks with one label a sample.

    Parameters
    ----------
    logits, targets, smoothing, weights, judged
        As for `softmax_cross_entropy`.

    Returns
    -------
    () float32
        ``sum_k (p_k - t_k)^2 / 2``; zero, with zero gradients, where no row is judged.
    """
    targets = targets.clamp(min=0)
    smooth = targets * (1.0 - smoothing) + smoothing / targets.shape[1]
    rows = 0.5 * ((logits.softmax(dim=1) - smooth) ** 2).sum(dim=1)
    if weights is not None:
        rows = rows * (targets * weights).sum(dim=1)
    return _mean(rows, targets.sum(dim=1) > 0, judged)


def _mean(values: torch.Tensor, known: torch.Tensor, judged: torch.Tensor | None) -> torch.Tensor:
    count = known.sum() if judged is None else judged
    # where, not a product: an infinite loss of a masked entry would leave 0 * inf.
    return torch.where(known, values, 0.0).sum() / count.clamp(min=1)


LOSSES: dict[str, Callable[..., torch.Tensor]] = {
    "bce": binary_cross_entropy,
    "softmax": softmax_cross_entropy,
    "sigmoid-squared": sigmoid_squared_error,
    "softmax-squared": softmax_squared_error,
}
#: Losses of classes that exclude each other.
EXCLUSIVE = ("softmax", "softmax-squared")


@dataclass(frozen=True)
class Loss:
    """A loss with its options.

    Parameters
    ----------
    name : str
        One of `LOSSES`.
    smoothing : float
        Label smoothing, in [0, 1).
    weights : (c,) float32, optional
        Of the concepts' positives, or of the classes.
    """

    name: str
    smoothing: float = 0.0
    weights: torch.Tensor | None = None

    def judged(self, targets: torch.Tensor) -> torch.Tensor:
        """Count what the loss of a whole batch is averaged over: () int64."""
        if self.name in EXCLUSIVE:
            return (targets.clamp(min=0).sum(dim=1) > 0).sum()
        return (targets >= 0).sum()

    def __call__(
        self, logits: torch.Tensor, targets: torch.Tensor, judged: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Loss of a batch, or of a part of it that shares its average: () float32."""
        return LOSSES[self.name](logits, targets, self.smoothing, self.weights, judged)


def log_odds(loss: str, logits: torch.Tensor) -> torch.Tensor:
    """Log-odds of each concept's probability, comparable between samples.

    A network trained by softmax determines its logits only up to a constant a
    sample: ranking samples by one of them would compare unknown offsets. The
    log-odds have none, order the concepts of a sample as the logits do, and
    keep apart the probabilities near 1 that float32 rounds together.

    Parameters
    ----------
    loss : str
        One of `LOSSES`: what the network was trained by.
    logits : (b, c) float32

    Returns
    -------
    (b, c) float32
        ``log p - log(1 - p)``; the logits themselves where p is their sigmoid.
    """
    if loss not in EXCLUSIVE:
        return logits
    top = logits.argmax(dim=1, keepdim=True)
    total = logits.logsumexp(dim=1, keepdim=True)
    # log of the summed others. Subtracting from the total is sound while p <= 1/2,
    # so the largest is done by leaving it out of the sum.
    share = (logits - total).exp().clamp(max=0.5)
    others = total + torch.log1p(-share)
    without_top = logits.scatter(1, top, -torch.inf).logsumexp(dim=1, keepdim=True)
    return logits - others.scatter(1, top, without_top)
