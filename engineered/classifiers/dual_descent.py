"""Block coordinate descent in the dual of margin losses, for all concepts at once.

For a concept with signs s_i in {-1, +1} the dual is

    min over alpha of  1/2 sum_ij alpha_i alpha_j s_i s_j K_ij + sum_i g_i(alpha_i)

with ``g(a) = a^2 / (4 C) - a, a >= 0`` for the squared hinge, and
``g(a) = a log a + (C - a) log(C - a), 0 <= a <= C`` for the logistic loss.

Plain coordinate descent reads a row of K for every change of one alpha. Here a
block of samples is visited for all concepts together: one matrix product gives
their margins, then descent runs inside the block, where the little matrix that
it needs stays in the nearest cache. An epoch over all concepts therefore costs
about one matrix product, and an unjudged sample is one whose alpha stays 0.

References
----------
C.-J. Hsieh et al.: A dual coordinate descent method for large-scale linear SVM. ICML 2008.
H.-F. Yu, F.-L. Huang, C.-J. Lin: Dual coordinate descent methods for logistic
regression and maximum entropy models. Machine Learning 2011.
"""

from __future__ import annotations

import math
from typing import Protocol

import numba
import numpy as np

from engineered.classifiers.dual_newton import finish

# Measured on 1,530 images of 102 classes: larger blocks, and more than one sweep
# over a block, answer sooner than they learn what the others have changed.
BLOCK = 32
# Epochs before the first attempt at an exact solution; then at each doubling.
FIRST_ATTEMPT = 8
SQUARED_HINGE = "squared-hinge"
LOGISTIC = "logistic"
# Newton's steps for one dual of the logistic loss; they converge quadratically.
STEPS = 20
PRECISION = 1e-6


class Samples(Protocol):
    """What the descent asks of the training samples, in terms of signed duals ``s * alpha``."""

    n: int

    def kernel(self, block: slice) -> np.ndarray:
        """Return the kernel inside a block, (b, b) float32."""

    def margins(self, block: slice, duals: np.ndarray) -> np.ndarray:
        """Return the outputs for a block under all duals (n, c), as (b, c) float32."""

    def changed(self, block: slice, change: np.ndarray) -> None:
        """Note that the duals of a block changed by (b, c)."""

    def keep(self, concepts: np.ndarray) -> None:
        """Note that only these of the present concepts go on."""

    def finish(
        self, targets: np.ndarray, ridge: np.ndarray, duals: np.ndarray, tol: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Solve concepts exactly where that is cheap, in place; return which, and how well."""


class GramSamples:
    """Samples by their Gram matrix: good for fewer samples than dimensions.

    Parameters
    ----------
    K : ndarray of shape (n, n), float32
        Kernel between all samples, bias included.
    """

    def __init__(self, K: np.ndarray) -> None:
        self.K = K
        self.n = len(K)

    def kernel(self, block: slice) -> np.ndarray:
        return np.ascontiguousarray(self.K[block, block])

    def margins(self, block: slice, duals: np.ndarray) -> np.ndarray:
        return self.K[block] @ duals

    def changed(self, block: slice, change: np.ndarray) -> None:
        pass

    def keep(self, concepts: np.ndarray) -> None:
        pass

    def finish(
        self, targets: np.ndarray, ridge: np.ndarray, duals: np.ndarray, tol: float
    ) -> tuple[np.ndarray, np.ndarray]:
        return finish(self.K, targets, ridge, duals, tol)


class RowSamples:
    """Samples by their rows, the weights kept up to date: good for many samples.

    Parameters
    ----------
    F : ndarray of shape (n, d), float32
        Rows.
    order : ndarray of shape (n,), intp
        Order in which the rows are visited.
    duals : ndarray of shape (n, c), float32
        Signed duals that the descent starts from, in the order of the visits.
    """

    def __init__(self, F: np.ndarray, order: np.ndarray, duals: np.ndarray) -> None:
        self.F = F
        self.order = order
        self.n = len(F)
        unordered = np.empty_like(duals)
        unordered[order] = duals
        self.weights = F.T @ unordered
        self.bias = duals.sum(axis=0)

    def kernel(self, block: slice) -> np.ndarray:
        rows = self.F[self.order[block]]
        return rows @ rows.T + np.float32(1)

    def margins(self, block: slice, duals: np.ndarray) -> np.ndarray:
        return self.F[self.order[block]] @ self.weights + self.bias

    def changed(self, block: slice, change: np.ndarray) -> None:
        self.weights += self.F[self.order[block]].T @ change
        self.bias += change.sum(axis=0)

    def keep(self, concepts: np.ndarray) -> None:
        self.weights = np.ascontiguousarray(self.weights[:, concepts])
        self.bias = self.bias[concepts]

    def finish(
        self, targets: np.ndarray, ridge: np.ndarray, duals: np.ndarray, tol: float
    ) -> tuple[np.ndarray, np.ndarray]:
        # A small system would need products between rows, which are not at hand.
        return np.empty(0, np.intp), np.empty(0, np.float32)


def solve_dual(
    samples: Samples,
    targets: np.ndarray,
    costs: np.ndarray,
    tol: float,
    max_iter: int,
    start: np.ndarray | None = None,
    loss: str = SQUARED_HINGE,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Solve the duals of all concepts.

    Parameters
    ----------
    samples : Samples
        Access to the n training samples.
    targets : ndarray of shape (n, c), float32
        +1, -1, and 0 for unjudged.
    costs : ndarray of shape (n, c), float32
        C of each sample and concept.
    tol : float
        A concept is done when no sample is farther than this from its optimum: by the
        projected gradient, in units of the margin, or by the probability.
    max_iter : int
        Largest number of epochs.
    start : ndarray of shape (n, c), float32, optional
        Signed duals to start from, such as those of a smaller C; zeros otherwise.
    loss : {"squared-hinge", "logistic"}
        What a margin costs.

    Returns
    -------
    duals : ndarray of shape (n, c), float32
        Signed duals ``s * alpha``; exactly 0 for unjudged samples.
    violations : ndarray of shape (c,), float32
        How far each concept was from its optimum in its last epoch.
    epochs : int
        Number of epochs run.
    """
    n, c = targets.shape
    duals = np.zeros((n, c), np.float32) if start is None else start.copy()
    violations = np.zeros(c, np.float32)
    blocks = [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]
    kernels = [samples.kernel(block) for block in blocks]
    # The solution is unique; a fixed seed makes the path the same each time, too.
    random = np.random.default_rng(0)

    active = np.arange(c)
    work = duals.copy()
    work_targets, work_costs = targets, costs
    descend = _descend if loss == SQUARED_HINGE else _descend_logistic
    epoch = 0
    attempt = FIRST_ATTEMPT
    while len(active) and epoch < max_iter:
        epoch += 1
        worst = np.zeros(len(active), np.float32)
        for b in random.permutation(len(blocks)):
            block = blocks[b]
            outputs = np.ascontiguousarray(samples.margins(block, work).T)
            before = work[block].copy()
            descend(
                kernels[b],
                outputs,
                work_targets[block],
                work_costs[block],
                work[block],
                worst,
            )
            samples.changed(block, work[block] - before)
        if epoch == attempt and loss == SQUARED_HINGE:
            attempt *= 2
            done, left = samples.finish(work_targets, 1 / (2 * work_costs), work, tol)
            worst[done] = left
        duals[:, active] = work
        violations[active] = worst
        going_on = np.flatnonzero(worst > tol)
        if len(going_on) < len(active):
            active = active[going_on]
            work = np.ascontiguousarray(work[:, going_on])
            work_targets = np.ascontiguousarray(work_targets[:, going_on])
            work_costs = np.ascontiguousarray(work_costs[:, going_on])
            samples.keep(going_on)
    return duals, violations, epoch


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _descend(kernel, outputs, targets, costs, duals, worst):
    """Change the duals of one block in place, concept by concept.

    `outputs` is (c, b): the outputs under the present duals, kept up to date.
    `worst` is raised to the largest projected gradient met.
    """
    size, concepts = targets.shape
    for concept in range(concepts):
        output = outputs[concept]
        for i in range(size):
            sign = targets[i, concept]
            if sign == 0:
                continue
            alpha = sign * duals[i, concept]
            ridge = np.float32(0.5) / costs[i, concept]
            gradient = sign * output[i] - np.float32(1) + ridge * alpha
            violation = abs(gradient) if alpha > 0 else max(-gradient, np.float32(0))
            worst[concept] = max(worst[concept], violation)
            moved = alpha - gradient / (kernel[i, i] + ridge)
            moved = max(moved, np.float32(0))
            if moved != alpha:
                duals[i, concept] = sign * moved
                change = sign * (moved - alpha)
                row = kernel[i]
                for j in range(size):
                    output[j] += change * row[j]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _descend_logistic(kernel, outputs, targets, costs, duals, worst):
    """Change the duals of one block in place, concept by concept, for the logistic loss.

    With ``alpha = C p``, the best p solves ``logit(p) + K_ii C p + rest = 0``, which
    increases in the logit: Newton's steps, held in the bracket that 0 < p < 1 gives.
    `worst` is raised to the largest difference of p from what the output asks for.
    """
    size, concepts = targets.shape
    for concept in range(concepts):
        output = outputs[concept]
        for i in range(size):
            sign = targets[i, concept]
            if sign == 0:
                continue
            cost = float(costs[i, concept])
            present = sign * duals[i, concept] / cost
            margin = float(sign * output[i])
            wanted = 1 / (1 + math.exp(min(margin, 700.0)))
            worst[concept] = max(worst[concept], np.float32(abs(present - wanted)))
            slope = kernel[i, i] * cost
            rest = margin - slope * present
            low, high = -(rest + slope), -rest
            logit = min(max(-margin, low), high)
            share = present
            for _ in range(STEPS):
                share = 1 / (1 + math.exp(-max(min(logit, 700.0), -700.0)))
                value = logit + slope * share + rest
                if value > 0:
                    high = logit
                else:
                    low = logit
                step = value / (1 + slope * share * (1 - share))
                if abs(step) < PRECISION:
                    break
                logit -= step
                if not low < logit < high:
                    logit = (low + high) / 2
            moved = np.float32(cost * share)
            change = sign * moved - duals[i, concept]
            if change != 0:
                duals[i, concept] = sign * moved
                row = kernel[i]
                for j in range(size):
                    output[j] += change * row[j]
