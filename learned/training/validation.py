"""Samples held out of the training, to tell which epoch's weights are best and when to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import nn

from learned.training.loss import Loss, log_odds

METRICS = ("ap", "loss")


def hold_out(Y: np.ndarray, share: float, videos: np.ndarray | None, seed: int) -> np.ndarray:
    """Choose samples to hold out of a training, at random, whole videos at a time.

    Every concept keeps a positive and a negative to be trained on: samples without
    which it would not stay. Single images are spread evenly: of a concept's
    positives no more go than the share, rounded up.

    Parameters
    ----------
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.
    share : float
        Of the samples, in (0, 1).
    videos : (n,) array, optional
        The video of each sample.
    seed : int

    Returns
    -------
    (n,) bool
        True: held out. At most the share, rounded up; or, where every video is
        larger than that, the smallest that can go.

    Raises
    ------
    ValueError
        No sample can be held out.
    """
    groups = np.arange(len(Y)) if videos is None else np.unique(videos, return_inverse=True)[1]
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1])
    positives, negatives = (Y == 1).astype(int), (Y == 0).astype(int)
    spare = np.stack([positives.sum(axis=0), negatives.sum(axis=0)]) - 1
    if videos is None:
        spare[0] = np.minimum(spare[0], np.ceil(share * positives.sum(axis=0)))
    room = math.ceil(share * len(Y))
    order = [members[i] for i in np.random.RandomState(seed).permutation(len(members))]
    held_out = np.zeros(len(Y), dtype=bool)
    # Those that fit, in random order; then, in case that none could go, the others.
    for rows in sorted(order, key=lambda rows: max(len(rows), room)):
        if held_out.any() and len(rows) > room:
            continue
        gone = np.stack([positives[rows].sum(axis=0), negatives[rows].sum(axis=0)])
        if (gone <= spare).all():
            held_out[rows] = True
            spare -= gone
            room -= len(rows)
    if not held_out.any():
        whole = "sample" if videos is None else "video"
        raise ValueError(
            f"validation = {share} can hold out no {whole}: without any one of them, a concept "
            "would be left without a positive or a negative to train on; set validation = 0"
        )
    return held_out


def measure(metric: str, loss: str, logits: torch.Tensor, targets: torch.Tensor) -> float:
    """Say how well held-out samples are scored.

    Parameters
    ----------
    metric : {"ap", "loss"}
        Mean over the concepts of the non-interpolated average precision, or the
        loss without smoothing and weights.
    loss : str
        What the network is trained by, as resolved by ``choose_loss``.
    logits : (n, c) float32
    targets : (n, c) float32
        1, 0, or -1: unjudged.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        No concept has both a positive and a negative, which the average precision needs.
    FloatingPointError
        A score is not finite.
    """
    if not torch.isfinite(logits).all():
        raise FloatingPointError("the scores of the validation images are not finite")
    if metric == "loss":
        return float(Loss(loss)(logits, targets))
    scores, Y = log_odds(loss, logits).cpu().numpy(), targets.cpu().numpy()
    ranked = np.flatnonzero((Y == 1).any(axis=0) & (Y == 0).any(axis=0))
    if not ranked.size:
        raise ValueError(
            f"none of the concepts has a positive and a negative among the {len(Y)} validation "
            "samples; hold out more, or set validation_metric = 'loss'"
        )
    judged = Y >= 0
    return float(
        np.mean(
            [average_precision_score(Y[judged[:, k], k], scores[judged[:, k], k]) for k in ranked]
        )
    )


@dataclass
class Best:
    """The best epoch so far, its weights, and whether to go on.

    Parameters
    ----------
    metric : {"ap", "loss"}
        Higher, respectively lower, is better; the first of equals is kept.
    patience : int, optional
        Epochs without a better one after which to stop; never by default.

    Attributes
    ----------
    epoch : int
        From 1; 0 before the first.
    value : float
    weights : dict of str to tensor
    """

    metric: str
    patience: int | None = None
    epoch: int = 0
    value: float = math.nan
    weights: dict[str, torch.Tensor] = field(default_factory=dict)

    def take(self, epoch: int, value: float, network: nn.Module) -> bool:
        """Take an epoch's value and weights into account; say whether to stop."""
        better = value > self.value if self.metric == "ap" else value < self.value
        if better or not self.epoch:
            self.epoch, self.value = epoch, value
            self.weights = {name: w.detach().clone() for name, w in network.state_dict().items()}
        return self.patience is not None and epoch - self.epoch >= self.patience

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` goes on from."""
        return {"epoch": self.epoch, "value": self.value, "weights": self.weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.epoch, self.value, self.weights = state["epoch"], state["value"], state["weights"]
