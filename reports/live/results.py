"""The results of a run so far, each trial evaluated once."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.results.metrics import evaluate
from benchmarks.results.run import Run, TaskRecord, Trial
from reports import wording

#: Seconds after which a look leaves what it has not evaluated yet to the next one.
AT_ONCE_S = 1.0


@dataclass(frozen=True)
class Row:
    """A system at a training size; names cleaned, numbers as shown."""

    system: str
    family: str
    size: str
    value: str
    seeds: str


@dataclass(frozen=True)
class SoFar:
    """The results of one task, the largest training size first and there the best first."""

    task: str
    metric: str
    rows: tuple[Row, ...]


class ResultsSoFar:
    """Evaluates complete trials, and remembers what it has evaluated.

    Attributes
    ----------
    unread : int
        Complete trials that the latest look left to the next one.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], float] = {}
        self.unread = 0

    def read(self, run: Run, at_once_s: float = AT_ONCE_S) -> list[SoFar]:
        """Return what has been measured.

        Parameters
        ----------
        run : Run
            Read at this instant; it may be written to at this instant.
        at_once_s : float
            After so many seconds no further trial is evaluated.

        Returns
        -------
        list of SoFar
            Of the tasks with a complete trial. A trial whose files are being replaced is left out.
        """
        tasks = run.tasks
        values: dict[tuple[str, str, int | None], list[float]] = defaultdict(list)
        planned: dict[tuple[str, str, int | None], set[int]] = defaultdict(set)
        family: dict[str, str] = {}
        known: dict[tuple[str, int], float] = {}
        self.unread = 0
        end = time.monotonic() + at_once_s
        for trial in run.trials:
            if trial.control:
                continue
            which = (trial.task, trial.system, trial.train_size)
            planned[which].add(trial.seed)
            family[trial.system] = trial.family
            if trial.status != "complete":
                continue
            value = self._value(trial, tasks[trial.task], known, end)
            if value is not None:
                values[which].append(value)
        self._known = known
        found = []
        for name, task in tasks.items():
            metric = task.metrics[0]
            sign = -1.0 if wording.higher_is_better(metric) else 1.0
            means = {which: float(np.mean(v)) for which, v in values.items() if which[0] == name}
            order = sorted(means, key=lambda w: (-_order(w[2]), _last(sign * means[w])))
            rows = tuple(
                Row(
                    system=wording.clean(which[1]),
                    family=family[which[1]],
                    size=wording.size(which[2], wording.clean(task.size_unit)),
                    value=wording.value(metric, means[which]),
                    seeds=f"{len(values[which])} of {len(planned[which])}",
                )
                for which in order
            )
            if rows:
                heading = wording.capital(wording.metric_name(metric, mean=True))
                found.append(SoFar(wording.clean(name), heading, rows))
        return found

    def _value(
        self, trial: Trial, task: TaskRecord, known: dict[tuple[str, int], float], end: float
    ) -> float | None:
        """Return a trial's headline value; None for lack of time, or if its files changed."""
        path = trial.folder / "trial.json"
        try:
            stamp = path.stat().st_mtime_ns
            place = (trial.key, stamp)
            if place in self._known:
                known[place] = self._known[place]
                return known[place]
            if time.monotonic() > end:
                self.unread += 1
                return None
            Y = task.evaluated(trial.split)
            strata = task.strata_of(trial.split)
            value = evaluate(task.metrics[0], trial.scores, Y, strata).mean
            if path.stat().st_mtime_ns != stamp:
                return None
        except (OSError, ValueError, IndexError):
            return None
        known[place] = float(value)
        return known[place]


def _order(size: int | None) -> float:
    return float("inf") if size is None else size


def _last(x: float) -> float:
    """Sort what is undefined last."""
    return float("inf") if x != x else x
