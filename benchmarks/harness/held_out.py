"""Scores on training samples from detectors that did not see them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

from benchmarks.tasks.base import Task


def folds(
    task: Task, train: np.ndarray, n_folds: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Part training samples into folds that are held out in turn.

    Videos are kept whole; without videos, the classes of a single-label task are spread
    evenly.

    Parameters
    ----------
    task : Task
        Whose samples they are.
    train : ndarray of int
        Indices of the training samples.
    n_folds : int
        At least 2.
    seed : int
        Of the order.

    Yields
    ------
    fitted, held_out : ndarray of int
        Positions in `train`.
    """
    video = task.collection.video
    if video is not None:
        groups = video[train]
        n_folds = min(n_folds, len(np.unique(groups)))
        splitter = GroupKFold(n_folds, shuffle=True, random_state=seed)
        yield from splitter.split(train, groups=groups)
    elif task.single_label:
        label = task.annotations[train].argmax(axis=1)
        least = int(np.bincount(label)[np.unique(label)].min())
        if least < 2:
            raise ValueError(
                f"concept {task.concepts[int(label[np.bincount(label)[label] == least][0])]!r} has "
                "one training sample: fusion cannot be tuned without a validation part; train on "
                "at least 2 a concept"
            )
        splitter = StratifiedKFold(min(n_folds, least), shuffle=True, random_state=seed)
        yield from splitter.split(train, label)
    else:
        yield from KFold(min(n_folds, len(train)), shuffle=True, random_state=seed).split(train)
