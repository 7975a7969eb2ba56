"""SVMs of all folds along ascending costs, each starting where the last one ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engineered.classifiers.costs import sample_costs
from engineered.classifiers.folds import held_out, side_by_side
from engineered.classifiers.judged import signs
from engineered.classifiers.margin_problems import MarginProblem

# A ranking is settled long before the margins are: measured, average precision does
# not differ in the third digit from that at the tolerance of the final solution.
LOOSER = 50


class Step(NamedTuple):
    """One cost on the path.

    Attributes
    ----------
    scores : ndarray of shape (n, c)
        Scores of each sample by the SVMs that have not seen it.
    start : ndarray of shape (m, c)
        A start for the problem of all samples.
    """

    scores: np.ndarray
    start: np.ndarray


def cost_path(
    problem: MarginProblem,
    Y: np.ndarray,
    fold: np.ndarray,
    costs: list[float],
    class_weight: str | None,
    tol: float,
    max_iter: int,
) -> Iterator[Step]:
    """Train with each cost on all samples but those of each fold.

    Parameters
    ----------
    problem : MarginProblem
        The samples.
    Y : ndarray of shape (n, c), int8
        Annotations.
    fold : ndarray of shape (n,), intp
        Fold of each sample.
    costs : list of float
        Candidates, ascending.
    class_weight : {None, "balanced"}
        How classes are weighed.
    tol : float
        Tolerance of the final solution; these are looser.
    max_iter : int
        Largest number of epochs a cost.

    Yields
    ------
    Step
        One a candidate.
    """
    targets = signs(side_by_side(Y, fold))
    state: np.ndarray | None = None
    for C in costs:
        weighed = sample_costs(targets, C, class_weight)
        state = problem.solve(targets, weighed, LOOSER * tol, max_iter, state).state
        by_fold = state.reshape(len(state), -1, Y.shape[1])
        yield Step(held_out(problem.outputs(state), fold), problem.average(by_fold))
