"""Margin losses of all concepts on the same training samples, to be minimised for many C.

The samples are prepared once: as a Gram matrix, as rows, or as rows of few
dimensions. After that each set of annotations and costs is one call, from
where an earlier solution ended.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from engineered.classifiers.dual_descent import (
    SQUARED_HINGE,
    GramSamples,
    RowSamples,
    Samples,
    solve_dual,
)
from engineered.classifiers.dual_newton import finish
from engineered.classifiers.primal_newton import solve_primal
from engineered.parallel import by_parts, one_product_thread

# Newton's steps end when the gradient has shrunk by this factor (it ends exactly, as a rule).
NEWTON_TOL = 1e-8


def warm_up(loss: str) -> None:
    """Load or compile what a problem in the dual runs.

    Parameters
    ----------
    loss : {"squared-hinge", "logistic"}
        What a margin costs.
    """
    targets = np.array([[1], [-1]], np.float32)
    costs = np.ones_like(targets)
    DualProblem(np.eye(2, dtype=np.float32), loss=loss).solve(targets, costs, 1e-3, 100)
    if loss == SQUARED_HINGE:
        # So small a problem is solved before exact steps are worth a try.
        finish(np.eye(2, dtype=np.float32), targets, costs, targets.copy(), 1e-3)


class Solution(NamedTuple):
    """Concepts as solved.

    Attributes
    ----------
    state : ndarray of shape (m, c)
        What the problem knows the solution by: signed duals or weights.
    violations : ndarray of shape (c,)
        How far each concept is from its solution, in units of the tolerance's.
    steps : int
        Number of epochs or of Newton's steps.
    """

    state: np.ndarray
    violations: np.ndarray
    steps: int


class MarginProblem(Protocol):
    """What chooses and trains SVMs asks of a problem."""

    def solve(
        self,
        targets: np.ndarray,
        costs: np.ndarray,
        tol: float,
        max_iter: int,
        start: np.ndarray | None = None,
    ) -> Solution:
        """Solve for targets (+1, -1, 0 for unjudged) and costs, both (n, c) float32."""

    def outputs(self, state: np.ndarray) -> np.ndarray:
        """Return the outputs for the training samples, (n, c)."""

    def average(self, states: np.ndarray) -> np.ndarray:
        """Return a start for all samples from the states (m, folds, c) of all folds."""


class DualProblem:
    """Classifiers in the span of the samples; states are signed duals in the samples' order.

    Parameters
    ----------
    gram : ndarray of shape (n, n), float32, or None
        Products of all samples, without bias; given away, for it is changed.
    rows : ndarray of shape (n, d), float32, or None
        The rows instead, for many samples.
    loss : {"squared-hinge", "logistic"}
        What a margin costs.
    """

    def __init__(
        self,
        gram: np.ndarray | None = None,
        rows: np.ndarray | None = None,
        loss: str = SQUARED_HINGE,
    ) -> None:
        self.rows = rows
        self.loss = loss
        samples = gram if gram is not None else rows
        if samples is None:
            raise ValueError("a dual problem needs the Gram matrix or the rows of its samples")
        # Sorted samples (class after class) make for blocks that see one class only.
        self.order = np.random.default_rng(0).permutation(len(samples))
        if gram is not None:
            gram += np.float32(1)
            self.gram = gram[np.ix_(self.order, self.order)]

    def solve(
        self,
        targets: np.ndarray,
        costs: np.ndarray,
        tol: float,
        max_iter: int,
        start: np.ndarray | None = None,
    ) -> Solution:
        """Solve the duals.

        Parameters
        ----------
        targets : ndarray of shape (n, c), float32
            +1, -1, and 0 for unjudged.
        costs : ndarray of shape (n, c), float32
            C of each sample.
        tol : float
            How far from its optimum a sample may be at the end, as `solve_dual` has it.
        max_iter : int
            Largest number of epochs.
        start : ndarray of shape (n, c), float32, optional
            An earlier state.

        Returns
        -------
        Solution
            The state is of the shape (n, c), float32.
        """
        first = np.zeros(targets.shape, np.float32) if start is None else start[self.order]
        samples: Samples
        if self.rows is None:
            samples = GramSamples(self.gram)
        else:
            samples = RowSamples(self.rows, self.order, first)
        with one_product_thread():
            ordered, violations, epochs = solve_dual(
                samples,
                targets[self.order],
                costs[self.order],
                tol,
                max_iter,
                first,
                self.loss,
            )
        state = np.empty_like(ordered)
        state[self.order] = ordered
        return Solution(state, violations, epochs)

    def outputs(self, state: np.ndarray) -> np.ndarray:
        """Return the outputs for the training samples.

        Parameters
        ----------
        state : ndarray of shape (n, c), float32
            Signed duals.

        Returns
        -------
        ndarray of shape (n, c), float32
            Outputs, bias included.
        """
        if self.rows is not None:
            return self.rows @ (self.rows.T @ state) + state.sum(axis=0)
        outputs = np.empty_like(state)
        outputs[self.order] = self.gram @ state[self.order]
        return outputs

    def average(self, states: np.ndarray) -> np.ndarray:
        """Return a start for all samples from the states of folds.

        Parameters
        ----------
        states : ndarray of shape (n, folds, c), float32
            Signed duals of each fold, zero for what it held out.

        Returns
        -------
        ndarray of shape (n, c), float32
            The mean over the folds that a sample was trained in.
        """
        return states.sum(axis=1) / np.float32(max(states.shape[1] - 1, 1))


class PrimalProblem:
    """Classifiers with few weights; states are weights, the bias last.

    Parameters
    ----------
    rows : ndarray of shape (n, d)
        Rows, d being small.
    loss : {"squared-hinge", "logistic"}
        What a margin costs.
    """

    def __init__(self, rows: np.ndarray, loss: str = SQUARED_HINGE) -> None:
        self.loss = loss
        self.rows = np.column_stack([rows, np.ones(len(rows))]).astype(np.float64)

    def solve(
        self,
        targets: np.ndarray,
        costs: np.ndarray,
        tol: float,
        max_iter: int,
        start: np.ndarray | None = None,
    ) -> Solution:
        """Solve for the weights, exactly.

        Parameters
        ----------
        targets : ndarray of shape (n, c), float32
            +1, -1, and 0 for unjudged.
        costs : ndarray of shape (n, c), float32
            C of each sample.
        tol : float
            Not used: the steps end at the solution.
        max_iter : int
            Largest number of steps.
        start : ndarray of shape (d + 1, c), float64, optional
            An earlier state.

        Returns
        -------
        Solution
            The state is of the shape (d + 1, c), float64.
        """
        weights = np.zeros((self.rows.shape[1], targets.shape[1]))
        violations = np.zeros(targets.shape[1])

        def solve(one: slice) -> int:
            concept = one.start
            judged = np.flatnonzero(targets[:, concept])
            if len(judged) == 0:
                return 0
            weights[:, concept], violations[concept], taken = solve_primal(
                self.rows if len(judged) == len(self.rows) else self.rows[judged],
                targets[judged, concept].astype(np.float64),
                costs[judged, concept].astype(np.float64),
                NEWTON_TOL,
                max_iter,
                None if start is None else start[:, concept],
                self.loss,
            )
            return taken

        steps = by_parts(solve, targets.shape[1], 1)
        return Solution(weights, violations, max(steps, default=0))

    def outputs(self, state: np.ndarray) -> np.ndarray:
        """Return the outputs for the training samples.

        Parameters
        ----------
        state : ndarray of shape (d + 1, c), float64
            Weights.

        Returns
        -------
        ndarray of shape (n, c), float64
            Outputs, bias included.
        """
        return self.rows @ state

    def average(self, states: np.ndarray) -> np.ndarray:
        """Return a start for all samples from the states of folds.

        Parameters
        ----------
        states : ndarray of shape (d + 1, folds, c), float64
            Weights of each fold.

        Returns
        -------
        ndarray of shape (d + 1, c), float64
            The mean over folds.
        """
        return states.mean(axis=1)
