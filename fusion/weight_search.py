"""Search of the weights of highest mean average precision, on the simplex."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
#: Values of k candidate weights (k, m), shape (k,): the higher the better.
Criterion = Callable[[Weights], NDArray[np.float64]]


def mix(values: NDArray[np.float32], candidates: Weights) -> NDArray[np.float32]:
    """Fused scores (n, c, k) of (n, m, c) members under k candidate weights (k, m).

    In the precision that `decision_function` answers in: ties must be the same in both.
    """
    mixed: NDArray[np.float32] = np.einsum("nmc,km->nck", values, candidates).astype(np.float32)
    return mixed


def climb(criterion: Criterion, m: int) -> Weights:
    """Weights on the simplex of highest criterion; equal ones where nothing is better."""
    equal = np.full(m, 1.0 / m)
    if m == 2:
        first = np.linspace(0.0, 1.0, 21)
        return _best(criterion, np.stack([first, 1.0 - first], axis=1), equal)
    best = _best(criterion, np.vstack([equal, np.eye(m)]), equal)
    reached = float(criterion(best[None])[0])
    for step in (0.2, 0.1, 0.05):
        while True:
            moves = [_move(best, i, j, step) for i, j in permutations(range(m), 2) if best[i] > 0]
            candidate = _best(criterion, np.stack(moves), equal)
            value = float(criterion(candidate[None])[0])
            # A gain below this is rounding, on which the climb might go round in circles.
            if value <= reached + 1e-9:
                break
            best, reached = candidate, value
    return best


def _move(weights: Weights, giver: int, taker: int, step: float) -> Weights:
    moved = weights.copy()
    amount = min(step, moved[giver])
    moved[giver] -= amount
    moved[taker] += amount
    return moved


def _best(criterion: Criterion, candidates: Weights, equal: Weights) -> Weights:
    """The best candidate; of equally good ones that nearest to equal weights."""
    values = criterion(candidates)
    distance = np.linalg.norm(candidates - equal, axis=1)
    best = np.flatnonzero(values >= values.max() - 1e-9)
    chosen: Weights = candidates[best[np.argmin(distance[best])]]
    return chosen


def draw_back(found: Weights, equal: Weights, criterion: Criterion, tolerance: float) -> Weights:
    """The point nearest to equal weights that is nearly as good as `found`, and as any member."""
    share = np.linspace(0.0, 1.0, 21)[:, None]
    path = equal + share * (found - equal)
    values = criterion(path)
    singles = criterion(np.eye(len(equal)))
    enough = max(values[-1] - tolerance, min(float(singles.max()), values[-1]))
    chosen: Weights = path[np.flatnonzero(values >= enough)[0]]
    return chosen
