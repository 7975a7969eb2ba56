"""How far a re-scoring of shuffled material moves from the system that it re-scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from benchmarks.results.comparisons import ROUNDING
from benchmarks.results.metrics import evaluate
from benchmarks.results.resampling import LEVEL, RESAMPLES, replicates
from benchmarks.results.run import Run, Trial
from benchmarks.results.statistics import paired_bootstrap_over_replicates

MOVES = ["member", "difference", "difference_low", "difference_high", "units", "unmoved"]


def moved(
    run: Run, trials: Sequence[Trial], member: str, threads: int | None = None
) -> dict[str, object]:
    """Compare a control with what it re-scores, in the headline metric.

    Parameters
    ----------
    run : Run
    trials : sequence of Trial
        Those of one control on one task and training size.
    member : str
        The system that it re-scores.
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.

    Returns
    -------
    dict with keys of `MOVES`
        ``difference`` is the control minus the member, over the seeds that both have, in its 95 %
        interval by paired bootstrap; ``unmoved`` says whether the interval holds zero, and is
        missing where there is no interval: one test video, no seed in common, or an undefined
        metric.
    """
    first = trials[0]
    task = run.tasks[first.task]
    seeds = {trial.seed for trial in trials}
    others = [
        trial
        for trial in run.complete(first.task)
        if trial.system == member and trial.train_size == first.train_size and trial.seed in seeds
    ]
    shared = {trial.seed for trial in others}
    pairs = [*(trial for trial in trials if trial.seed in shared), *others]
    metric = task.metrics[0]

    def undefined(trial: Trial) -> bool:
        Y, strata = task.evaluated(trial.split), task.strata_of(trial.split)
        return math.isnan(evaluate(metric, trial.scores, Y, strata).mean)

    if not shared or any(undefined(trial) for trial in others):
        return {"member": member, "difference": math.nan, "unmoved": pd.NA}
    bootstrap = paired_bootstrap_over_replicates(
        replicates(task, pairs, shared), metric, RESAMPLES, level=1 - LEVEL, threads=threads
    )
    # What only the order of a sum has left of zero is no movement.
    estimate, low, high = (
        0.0 if abs(x) < ROUNDING else x for x in bootstrap.differences[first.system, member]
    )
    return {
        "member": member,
        "difference": estimate,
        "difference_low": low,
        "difference_high": high,
        "units": bootstrap.units,
        "unmoved": pd.NA if math.isnan(low) else low <= 0 <= high,
    }
