"""The best learned system beside the best engineered one, at every training size that both have."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reports.claims.extrapolation import Crossing, Withheld, extrapolated, interpolated
from reports.difference import Difference
from reports.document import Family
from reports.figures.curves import positions
from reports.summary import System, TaskSummary

_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Gap:
    """How much better a learned system is than an engineered one, over training sizes.

    Attributes
    ----------
    engineered, learned : System
        The best of their family at the largest size, of those measured at all these sizes.
    sizes : tuple of int
        Training sizes at which both have results, ascending.
    x : tuple of float
        The sizes as numbers, in the task's unit.
    differences : tuple of Difference
        Of the learned system from the engineered one, at each size.
    errors : tuple of float
        Standard errors of the differences: over test samples, and over seeds where there are
        several.
    """

    engineered: System
    learned: System
    sizes: tuple[int, ...]
    x: tuple[float, ...]
    differences: tuple[Difference, ...]
    errors: tuple[float, ...]

    @property
    def estimates(self) -> tuple[float, ...]:
        """The differences alone."""
        return tuple(d.estimate for d in self.differences)

    @property
    def change(self) -> tuple[float, float, float]:
        """By how much the gap rises from the first size to the last, with a 95 % interval.

        As if the errors of both were independent, which widens the interval where they are not.
        """
        change = self.estimates[-1] - self.estimates[0]
        half = _NORMAL * math.hypot(self.errors[0], self.errors[-1])
        return change, change - half, change + half


def gap(summary: TaskSummary) -> Gap | None:
    """Return the gap of the families' best systems, None where a family has no results.

    Systems that learned from other images before are left out.
    """
    common = [
        size
        for size in summary.sizes
        if _at(summary, "engineered", size) and _at(summary, "learned", size)
    ]
    if not common:
        return None
    engineered = _best(summary, "engineered", common)
    learned = _best(summary, "learned", common)
    where = positions(summary)
    sizes, differences, errors = [], [], []
    for size in sorted(common, key=lambda size: where[size]):
        d = summary.difference(learned.key, engineered.key, size)
        if d is not None:
            sizes.append(size)
            differences.append(d)
            errors.append(_error(summary, learned, engineered, d, size))
    return Gap(
        engineered,
        learned,
        tuple(sizes),
        tuple(where[size] for size in sizes),
        tuple(differences),
        tuple(errors),
    )


def crossing(summary: TaskSummary, found: Gap) -> Crossing | Withheld | None:
    """Return where the learned system overtakes the engineered one.

    Returns
    -------
    Crossing, Withheld or None
        Measured where the learned one is confirmed behind at the first size and ahead at the
        last; extrapolated where it is confirmed behind at the first size and not ahead at the
        last. None where it is not behind at first.
    """
    first, last = found.differences[0], found.differences[-1]
    if first.verdict != "worse" or len(found.sizes) < 2:
        return None
    if last.verdict == "better":
        return interpolated(found.x, found.estimates, found.errors)
    if last.estimate >= 0:
        return Withheld(
            "the learned system scores higher at the largest size, but not beyond doubt, so that "
            "the curves may meet anywhere near it"
            if summary.sign > 0
            else "the learned system errs less at the largest size, but not beyond doubt, so that "
            "the curves may meet anywhere near it"
        )
    losses = (_losses(summary, found.engineered, found), _losses(summary, found.learned, found))
    return extrapolated(found.x, found.estimates, found.errors, losses)


def _losses(summary: TaskSummary, system: System, found: Gap) -> list[float]:
    """Return what the system lacks to a perfect value of the metric, at each size."""
    values = [spread.mean for size in found.sizes if (spread := summary.spread(system.key, size))]
    return [1 - value if summary.sign > 0 else value for value in values]


def _at(summary: TaskSummary, family: Family, size: int) -> list[System]:
    return [system for system in summary.at(size, family) if system.key not in summary.pretrained]


def _best(summary: TaskSummary, family: Family, sizes: list[int]) -> System:
    """Return the best at the largest size, of those measured at all sizes if there are such."""
    ranked = _at(summary, family, sizes[-1])
    steady = [
        system
        for system in ranked
        if all(summary.spread(system.key, size) is not None for size in sizes)
    ]
    return (steady or ranked)[0]


def _error(summary: TaskSummary, a: System, b: System, d: Difference, size: int) -> float:
    """Return a difference's standard error over samples and, where there are several, seeds."""
    over_samples = (d.high - d.low) / (2 * _NORMAL)
    by_seed = []
    for system in (a, b):
        spread = summary.spread(system.key, size)
        seeds = [trial.seed for trial in summary.complete(system.key, size)]
        values = () if spread is None else spread.values
        by_seed.append(dict(zip(seeds, values)) if len(seeds) == len(values) else {})
    shared = sorted(set(by_seed[0]) & set(by_seed[1]))
    if len(shared) < 2:
        return over_samples
    differences = [by_seed[0][seed] - by_seed[1][seed] for seed in shared]
    return math.hypot(over_samples, float(np.std(differences, ddof=1)) / math.sqrt(len(shared)))
