"""Block coordinate descent in the dual of the squared-hinge SVM, for all concepts at once.

For a concept with signs s_i in {-1, +1} the dual is

    min over alpha >= 0 of  1/2 sum_ij alpha_i alpha_j s_i s_j K_ij
                            + sum_i alpha_i^2 / (4 C_i) - sum_i alpha_i

Plain coordinate descent reads a row of K for every change of one alpha. Here a
block of samples is visited for all concepts together: one matrix product gives
their margins, then descent runs inside the block, where the little matrix that
it needs stays in the nearest cache. An epoch over all concepts therefore costs
about one matrix product, and an unjudged sample is one whose alpha stays 0.

References
----------
C.-J. Hsieh et al.: A dual coordinate descent method for large-scale linear SVM. ICML 2008.
"""

from __future__ import annotations

from typing import Protocol

import numba
import numpy as np

# Measured on 1,530 images of 102 classes: larger blocks, and more than one sweep
# over a block, answer sooner than they learn what the others have changed.
BLOCK = 32


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


class RowSamples:
    """Samples by their rows, the weights kept up to date: good for many samples.

    Parameters
    ----------
    F : ndarray of shape (n, d), float32
        Rows.
    order : ndarray of shape (n,), intp
        Order in which the rows are visited.
    n_concepts : int
        Number of concepts.
    """

    def __init__(self, F: np.ndarray, order: np.ndarray, n_concepts: int) -> None:
        self.F = F
        self.order = order
        self.n = len(F)
        self.weights = np.zeros((F.shape[1], n_concepts), np.float32)
        self.bias = np.zeros(n_concepts, np.float32)

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


def solve_dual(
    samples: Samples,
    targets: np.ndarray,
    ridge: np.ndarray,
    tol: float,
    max_iter: int,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Solve the duals of all concepts.

    Parameters
    ----------
    samples : Samples
        Access to the n training samples.
    targets : ndarray of shape (n, c), float32
        +1, -1, and 0 for unjudged.
    ridge : ndarray of shape (n, c), float32
        1 / (2 C) of each sample and concept.
    tol : float
        A concept is done when no projected gradient exceeds this, in units of the margin.
    max_iter : int
        Largest number of epochs.

    Returns
    -------
    duals : ndarray of shape (n, c), float32
        Signed duals ``s * alpha``; exactly 0 for unjudged samples.
    violations : ndarray of shape (c,), float32
        Largest projected gradient of each concept in its last epoch.
    epochs : int
        Number of epochs run.
    """
    n, c = targets.shape
    duals = np.zeros((n, c), np.float32)
    violations = np.zeros(c, np.float32)
    blocks = [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]
    kernels = [samples.kernel(block) for block in blocks]
    # The solution is unique; a fixed seed makes the path the same each time, too.
    random = np.random.default_rng(0)

    active = np.arange(c)
    work = duals.copy()
    work_targets, work_ridge = targets, ridge
    epoch = 0
    while len(active) and epoch < max_iter:
        epoch += 1
        worst = np.zeros(len(active), np.float32)
        for b in random.permutation(len(blocks)):
            block = blocks[b]
            outputs = np.ascontiguousarray(samples.margins(block, work).T)
            before = work[block].copy()
            _descend(
                kernels[b],
                outputs,
                work_targets[block],
                work_ridge[block],
                work[block],
                worst,
            )
            samples.changed(block, work[block] - before)
        duals[:, active] = work
        violations[active] = worst
        going_on = np.flatnonzero(worst > tol)
        if len(going_on) < len(active):
            active = active[going_on]
            work = np.ascontiguousarray(work[:, going_on])
            work_targets = np.ascontiguousarray(work_targets[:, going_on])
            work_ridge = np.ascontiguousarray(work_ridge[:, going_on])
            samples.keep(going_on)
    return duals, violations, epoch


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _descend(kernel, outputs, targets, ridge, duals, worst):
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
            gradient = sign * output[i] - np.float32(1) + ridge[i, concept] * alpha
            violation = abs(gradient) if alpha > 0 else max(-gradient, np.float32(0))
            worst[concept] = max(worst[concept], violation)
            moved = alpha - gradient / (kernel[i, i] + ridge[i, concept])
            moved = max(moved, np.float32(0))
            if moved != alpha:
                duals[i, concept] = sign * moved
                change = sign * (moved - alpha)
                row = kernel[i]
                for j in range(size):
                    output[j] += change * row[j]
