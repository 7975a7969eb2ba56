"""What systems cost, from the stages of their trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.results.member_costs import members_below, seconds
from benchmarks.results.run import Trial
from benchmarks.results.store import StageCost


@dataclass(frozen=True)
class Cost:
    """What one trial took, as if nothing had been cached.

    Attributes
    ----------
    train_s : float
        Elapsed seconds until the system is trained, extraction on training images included.
    predict_ms : float
        Elapsed milliseconds to score a test image.
    peak_mb : float
        Peak of resident memory above what its process held before, MiB.
    cached : bool
        Whether some stage's cost was taken from when its result was made.
    unmarked : bool
        Whether members read from the cache what is not marked with its entry, as in trials of
        earlier versions: it counts for each of them.
    """

    train_s: float
    predict_ms: float
    peak_mb: float
    cached: bool
    unmarked: bool = False


def trial_cost(trial: Trial, trials: Mapping[str, Trial]) -> Cost | None:
    """Return the cost of a trial; of a fused one with all that it rests on.

    Parameters
    ----------
    trial : Trial
        Complete.
    trials : mapping of str to Trial
        All trials by key, where a fused trial's members are found.

    Returns
    -------
    Cost or None
        None where scores made elsewhere are part of it: what they took is not known. A member's
        scores of the validation samples are part of training a fusion, since its weights are
        fitted on them. What members share, as features, counts once.
    """
    members = members_below(trial, trials)
    if not all(one.costs for one in (trial, *members)):
        return None
    fit = [*_phase([trial], "fit"), *_phase(members, "fit"), *_phase(members, "validate")]
    predict = _phase([trial, *members], "predict")
    images = len(trial.scores)
    return Cost(
        seconds(fit)[0],
        1000 * seconds(predict)[0] / max(images, 1),
        max((stage.peak_mb for stage in (*fit, *predict)), default=0.0),
        any(stage.cached for stage in (*fit, *predict)),
        any(stage.cached and not stage.parts for one in members for stage in one.costs),
    )


def _phase(trials: Iterable[Trial], phase: str) -> list[StageCost]:
    """Return the stages of a phase; they are stored as ``phase/stage``."""
    return [
        stage for trial in trials for stage in trial.costs if stage.stage.startswith(f"{phase}/")
    ]


def mean_cost(found: list[Cost | None]) -> Cost | None:
    """Return the mean over seeds (of memory the highest), None where some is not known."""
    costs = [cost for cost in found if cost is not None]
    if not costs or len(costs) < len(found):
        return None
    return Cost(
        float(np.mean([cost.train_s for cost in costs])),
        float(np.mean([cost.predict_ms for cost in costs])),
        float(np.max([cost.peak_mb for cost in costs])),
        any(cost.cached for cost in costs),
        any(cost.unmarked for cost in costs),
    )
