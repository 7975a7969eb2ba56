"""Which concepts a set of training samples can teach: those with a positive and a negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.tasks.base import Task, taught_concepts


@dataclass(frozen=True)
class Taught:
    """The concepts that a trial trains and scores, among all of its task's.

    Attributes
    ----------
    columns : ndarray of shape (c,), bool
        True for a concept that is trained.
    """

    columns: np.ndarray

    def annotations(self, Y: np.ndarray) -> np.ndarray:
        """Return the columns of annotations (or scores) that are trained."""
        return Y if self.columns.all() else Y[..., self.columns]

    def scores(self, scores: np.ndarray) -> np.ndarray:
        """Return scores of all concepts: the same score for every sample where none was trained."""
        scores = np.asarray(scores, dtype=np.float32)
        if self.columns.all() or scores.ndim != 2 or scores.shape[1] != self.columns.sum():
            return scores  # where it does not fit, the check of scores says so
        full = np.zeros((len(scores), len(self.columns)), np.float32)
        full[:, self.columns] = scores
        return full


def taught(task: Task, train: np.ndarray, on_empty_concept: str) -> Taught:
    """Find out which concepts can be trained.

    Parameters
    ----------
    task : Task
        Whose concepts.
    train : ndarray of int
        The training samples.
    on_empty_concept : {"error", "skip"}
        What to do about a concept without a positive or a negative among them.

    Returns
    -------
    Taught

    Raises
    ------
    ValueError
        For an empty concept under ``"error"``; if nothing at all can be trained.
    """
    columns = taught_concepts(task.annotations[train])
    if not columns.all() and (on_empty_concept == "error" or not columns.any()):
        raise ValueError(_complaint(task, train))
    return Taught(columns)


def _complaint(task: Task, train: np.ndarray) -> str:
    Y = task.annotations[train]
    value, word = (0, "negative") if (Y == 1).any(axis=0).all() else (1, "positive")
    empty = np.flatnonzero(~(value == Y).any(axis=0))
    never = not (task.annotations[:, empty] == value).any()
    advice = (
        "no sample of the task is one: leave the column out"
        if never
        else "train on more samples, or leave the concept out"
    )
    return (
        f"no {word} among the {len(train)} training samples for "
        + ", ".join(repr(task.concepts[i]) for i in empty[:5])
        + (f" and {len(empty) - 5} more" if len(empty) > 5 else "")
        + f'; {advice}, or let the suite say on_empty_concept = "skip"'
    )
