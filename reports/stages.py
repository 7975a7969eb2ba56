"""Systems in the order in which a suite adds stages: what each gained, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.results.run import Trial
from benchmarks.results.suite_source import named_stages as stages_named_by
from reports import wording
from reports.difference import Difference
from reports.document import Family
from reports.summary import Spread, Summary, System, TaskSummary
from reports.tables import as_size


@dataclass(frozen=True)
class Stage:
    """One system of the curve at one training size, beside the one before.

    Attributes
    ----------
    system : System
    status : {"complete", "failed", "skipped", "missing", "absent"}
        Complete: at least one seed has results. Absent: not among the task's systems at this size.
    reason : str
        Why it failed or was skipped, of the first seed that did.
    measured, planned : int
        Seeds with results, and seeds in the plan.
    spread : Spread or None
        Of the headline metric over seeds.
    cost_s : float
        Elapsed seconds to train the system and to score the test samples, as if nothing had been
        cached; mean over seeds; NaN where unknown.
    before : System or None
        The nearest earlier one with results.
    gain, since_first : Difference or None
        How much better it is than the one before, and than the first with results.
    ratio, ratio_first : float
        How many times their cost it has; NaN where unknown.
    """

    system: System
    status: str
    reason: str
    measured: int
    planned: int
    spread: Spread | None
    cost_s: float
    before: System | None
    gain: Difference | None
    since_first: Difference | None
    ratio: float
    ratio_first: float


def named_stages(summary: Summary) -> list[System]:
    """Return the systems that the run's suite names as stages, in order; none if it does not.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    list of System
        Those that are no systems of the run are left out.
    """
    names = stages_named_by(summary.run)
    return [summary.systems[name] for name in names if name in summary.systems]


def curve_size(summary: TaskSummary, systems: Sequence[System]) -> int | None:
    """Return the largest of the training sizes at which the most stages have results.

    Returns
    -------
    int or None
        None where no stage has any.
    """
    measured = {
        size: sum(summary.spread(system.key, size) is not None for system in systems)
        for size in summary.sizes
    }
    most = max(measured.values(), default=0)
    return [size for size in summary.sizes if measured[size] == most][-1] if most else None


def stages(summary: TaskSummary, systems: Sequence[System], size: int) -> list[Stage]:
    """Return each system beside the one before.

    Parameters
    ----------
    summary : TaskSummary
    systems : sequence of System
        As `named_stages` returns them.
    size : int
        Training size.

    Returns
    -------
    list of Stage
        One for each system, in the same order.
    """
    found: list[Stage] = []
    for system in systems:
        trials = [
            trial
            for trial in summary.trials
            if trial.system == system.key and as_size(trial.train_size) == size
        ]
        spread = summary.spread(system.key, size)
        cost = _cost(summary, system, size) if spread is not None else float("nan")
        done = [stage for stage in found if stage.spread is not None]
        before, first = (done[-1], done[0]) if done and spread is not None else (None, None)
        found.append(
            Stage(
                system=system,
                status="complete" if spread is not None else _status(trials),
                reason=next((wording.clean(trial.reason) for trial in trials if trial.reason), ""),
                measured=0 if spread is None else len(spread.values),
                planned=len(trials),
                spread=spread,
                cost_s=cost,
                before=before.system if before else None,
                gain=summary.difference(system.key, before.system.key, size) if before else None,
                since_first=summary.difference(system.key, first.system.key, size)
                if first
                else None,
                ratio=_ratio(cost, before.cost_s) if before else float("nan"),
                ratio_first=_ratio(cost, first.cost_s) if first else float("nan"),
            )
        )
    return found


def families_of(found: Sequence[Stage]) -> list[Family]:
    """Return the families of the stages, each once."""
    return list(dict.fromkeys(stage.system.family for stage in found))


def _status(trials: Sequence[Trial]) -> str:
    """Return what became of a system without results; a failure counts most."""
    statuses = {trial.status for trial in trials}
    for status in ("failed", "missing", "skipped"):
        if status in statuses:
            return status
    # Complete, but with a metric that is undefined on its test samples: nothing to draw.
    return "missing" if statuses else "absent"


def _cost(summary: TaskSummary, system: System, size: int) -> float:
    cost = summary.cost(system.key, size)
    if cost is None:
        return float("nan")
    images = np.mean([len(trial.scores) for trial in summary.complete(system.key, size)])
    return cost.train_s + cost.predict_ms / 1000 * float(images)


def _ratio(cost: float, other: float) -> float:
    return cost / other if cost > 0 and other > 0 else float("nan")
