"""The bootstrap of a run's headline metrics: its settings, and draws that tables share."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.results.run import TaskRecord, Trial
from benchmarks.results.statistics import (
    BootstrapResult,
    Replicate,
    paired_bootstrap_over_replicates,
)

#: A difference is called significant below this corrected p-value, if its interval agrees.
LEVEL = 0.05
RESAMPLES = 1000


class Draws:
    """Bootstraps of a run, each drawn once: a mean and a difference of systems share theirs."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[object, ...], BootstrapResult] = {}

    def of(
        self,
        task: TaskRecord,
        trials: list[Trial],
        seeds: Iterable[int],
        threads: int | None = None,
    ) -> tuple[list[Replicate], BootstrapResult]:
        """Return the replicates of systems and the bootstrap of the headline metric over them.

        Parameters
        ----------
        task, trials, seeds
            As for `replicates`.
        threads : int, optional
            The budget of the process by default. Changes no number.

        Returns
        -------
        list of Replicate, BootstrapResult
            With intervals of confidence 1 - `LEVEL`, of `RESAMPLES` resamples.

        Raises
        ------
        ValueError
            Where the metric is undefined.
        """
        wanted = set(seeds)
        found = replicates(task, trials, wanted)
        key = (task.name, *(trial.key for trial in trials if trial.seed in wanted))
        if key not in self._drawn:
            self._drawn[key] = paired_bootstrap_over_replicates(
                found, task.metrics[0], RESAMPLES, level=1 - LEVEL, threads=threads
            )
        return found, self._drawn[key]


def replicates(task: TaskRecord, trials: list[Trial], seeds: Iterable[int]) -> list[Replicate]:
    """Return the scores of systems, a replicate a seed.

    Parameters
    ----------
    task : TaskRecord
        The task.
    trials : list of Trial
        Complete trials of one training size; every system has all of the seeds.
    seeds : iterable of int
        Which seeds.

    Returns
    -------
    list of Replicate
        In the order of the seeds.
    """
    found = []
    for seed in sorted(seeds):
        of_seed = [trial for trial in trials if trial.seed == seed]
        test = of_seed[0].split.test
        groups = task.video[test] if task.video is not None else None
        found.append(
            Replicate(
                {trial.system: trial.scores for trial in of_seed},
                task.evaluated(of_seed[0].split),
                groups,
                None if groups is not None else test,
                task.strata_of(of_seed[0].split),
            )
        )
    return found
