"""Newton's steps in the dual of the squared-hinge SVM, for concepts with few support vectors.

With the support vectors S known, the duals solve ``(K_SS + diag(ridge)) d_S = s_S``,
and the samples with margins below 1 are the next guess of S. From the neighbourhood
of the solution a handful of steps reaches it exactly, where coordinate descent
approaches it ever more slowly: small systems, large C.

References
----------
O. Chapelle: Training a support vector machine in the primal. Neural Computation 2007.
"""

from __future__ import annotations

import numba
import numpy as np
from scipy.linalg import lapack

# Measured on 3,060 images of 102 classes: up to ``(SHARE * n^2)^(1/3)`` support vectors,
# the steps cost less than the epochs of descent that they replace.
SHARE = 30
# Systems that cost nothing to speak of, however few samples there are.
SMALL = 200
# Steps before a concept is given back to descent.
STEPS = 8


def finish(
    K: np.ndarray, targets: np.ndarray, ridge: np.ndarray, duals: np.ndarray, tol: float
) -> tuple[np.ndarray, np.ndarray]:
    """Bring concepts with few support vectors to their exact solution, in place.

    Parameters
    ----------
    K : ndarray of shape (n, n), float32
        Kernel between all samples, bias included.
    targets : ndarray of shape (n, c), float32
        +1, -1, and 0 for unjudged.
    ridge : ndarray of shape (n, c), float32
        1 / (2 C) of each sample and concept.
    duals : ndarray of shape (n, c), float32
        Signed duals near the solution; changed where it is reached.
    tol : float
        Largest projected gradient that is a solution, in units of the margin.

    Returns
    -------
    done : ndarray of shape (k,), intp
        Concepts that are solved.
    violations : ndarray of shape (k,), float32
        Their largest projected gradients.
    """
    n = len(K)
    limit = max(int((SHARE * n * n) ** (1 / 3)), SMALL)
    supports = {
        concept: np.flatnonzero(duals[:, concept])
        for concept in np.flatnonzero(np.count_nonzero(duals, axis=0) <= limit)
    }
    done: list[int] = []
    violations: list[float] = []
    diagonal = K.diagonal()
    for _ in range(STEPS):
        if not supports:
            break
        concepts = np.array(list(supports), np.intp)
        trial = np.zeros((n, len(concepts)), np.float32)
        for k, concept in enumerate(concepts):
            support = supports[concept]
            if len(support) == 0:
                continue
            system = _system(K, support, ridge[support, concept])
            right = targets[support, concept].astype(np.float64)
            # The transpose is the same matrix in the order that LAPACK reads.
            _, solved, _ = lapack.dposv(system.T, right, overwrite_a=True, overwrite_b=True)
            trial[support, k] = solved
        margins = targets[:, concepts] * (K @ trial)
        alphas = targets[:, concepts] * trial
        gradients = margins - 1 + ridge[:, concepts] * alphas
        judged = targets[:, concepts] != 0
        wrong = np.where(alphas != 0, np.abs(gradients), np.maximum(-gradients, 0))
        # A negative dual is no solution, unless it is zero but for rounding.
        negative = -alphas * (diagonal[:, None] + ridge[:, concepts])
        worst = np.where(judged, np.maximum(wrong, 10 * negative), 0).max(axis=0, initial=0)
        for k, concept in enumerate(concepts):
            if worst[k] <= tol:
                solution = trial[:, k]
                duals[:, concept] = np.where(alphas[:, k] > 0, solution, 0)
                done.append(int(concept))
                violations.append(float(worst[k]))
                del supports[concept]
                continue
            supports[concept] = np.flatnonzero(judged[:, k] & (margins[:, k] < 1))
            if len(supports[concept]) > 2 * limit:
                del supports[concept]
    return np.array(done, np.intp), np.array(violations, np.float32)


@numba.njit(cache=True, nogil=True)
def _system(K, support, ridge):
    m = len(support)
    system = np.empty((m, m), np.float64)
    for i in range(m):
        row = K[support[i]]
        for j in range(m):
            system[i, j] = row[support[j]]
        system[i, i] += ridge[i]
    return system
