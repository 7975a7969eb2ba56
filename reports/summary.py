"""The numbers that a report is about, looked up by name; every section reads them here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd

from benchmarks.results.levels import in_levels, late_members
from benchmarks.results.metrics.strata import estimated_share
from benchmarks.results.rescoring import RESCORING
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.suite_roles import pretrained
from benchmarks.results.suite_source import early_members, hierarchical
from reports import wording
from reports.costs import Cost, mean_cost, trial_cost
from reports.difference import Difference, difference_of
from reports.document import FAMILIES, Family
from reports.system import Spread, System
from reports.tables import Tables, as_size

#: A training size as it is sorted: everything comes last.
ALL = -1


class TaskSummary:
    """What was found on one task.

    Parameters
    ----------
    run : Run
    tables : Tables
    name : str
        Of the task.
    systems : dict of str to System
        All systems of the run, in the suite's order.
    """

    def __init__(self, run: Run, tables: Tables, name: str, systems: dict[str, System]) -> None:
        self.task: TaskRecord = run.tasks[name]
        self.name = wording.clean(name)
        self.metric = self.task.metrics[0]
        self.trials: list[Trial] = [t for t in run.trials if t.task == name]
        self._by_key = {trial.key: trial for trial in run.trials}
        self._run = run
        results = tables.results
        self.results: pd.DataFrame = results[results["task"] == name]
        comparisons = tables.comparisons
        self.comparisons: pd.DataFrame = comparisons[
            (comparisons["task"] == name) & (comparisons["metric"] == self.metric)
        ]
        self._tables = tables
        measured = set(self.results["system"])
        #: Systems with at least one complete trial.
        self.systems = {key: system for key, system in systems.items() if key in measured}

    @cached_property
    def pretrained(self) -> set[str]:
        """Keys of the systems that rest on weights trained on other images, fusions of them too."""
        return pretrained(self._run)

    @property
    def sign(self) -> float:
        """1 where larger values are better, else -1."""
        return 1.0 if wording.higher_is_better(self.metric) else -1.0

    def size_text(self, size: int) -> str:
        """Return a training size as words."""
        unit = wording.clean(self.task.size_unit)
        return wording.size(None if size == ALL else size, unit)

    @cached_property
    def sizes(self) -> list[int]:
        """Training sizes with results, ascending; everything last."""
        return _sorted(self.results["train_size"].unique())

    @cached_property
    def _means(self) -> dict[tuple[str, int, str], np.ndarray]:
        rows = self.results[self.results["concept"] == ""].dropna(subset=["value"])
        groups = rows.groupby(["system", "train_size", "metric"], sort=False)["value"]
        return {key: values.to_numpy(dtype=float) for key, values in groups}  # type: ignore[misc]

    def spread(self, system: str, size: int, metric: str | None = None) -> Spread | None:
        """Return the mean over concepts and its spread over seeds, None if not measured."""
        x = self._means.get((system, size, metric or self.metric))
        if x is None:
            return None
        return Spread(float(x.mean()), float(x.min()), float(x.max()), tuple(map(float, x)))

    @property
    def rescoring(self) -> pd.DataFrame:
        """The rows of `benchmarks.results.rescoring` on this task."""
        rows = self._tables.rescoring
        if rows is None:
            return pd.DataFrame(columns=RESCORING)
        return rows[rows["task"] == self.task.name]

    @cached_property
    def _intervals(self) -> dict[tuple[str, int], tuple[float, float]]:
        means = self._tables.means
        if means is None:
            return {}
        rows = means[(means["task"] == self.task.name) & (means["metric"] == self.metric)]
        rows = rows.dropna(subset=["low", "high"])
        columns = (rows[name] for name in ("system", "train_size", "low", "high"))
        return {
            (system, int(size)): (float(low), float(high))
            for system, size, low, high in zip(*columns)
        }

    def interval(self, system: str, size: int) -> tuple[float, float] | None:
        """Return the 95 % interval of a system's headline mean, None where none was computed."""
        return self._intervals.get((system, size))

    def at(self, size: int, family: Family | None = None) -> list[System]:
        """Return the systems measured at a size, best first."""
        found = [
            (system, spread.mean)
            for system in self.systems.values()
            if (family is None or system.family == family)
            and (spread := self.spread(system.key, size)) is not None
        ]
        return [system for system, _ in sorted(found, key=lambda pair: -self.sign * pair[1])]

    def best(self, family: Family, size: int) -> System | None:
        """Return the best system of a family by its test score, None where it has none."""
        return next(iter(self.at(size, family)), None)

    def families(self, size: int) -> list[Family]:
        """Return the families with results at a size."""
        return [family for family in FAMILIES if self.at(size, family)]

    @cached_property
    def seeds(self) -> int:
        """The most seeds that any system has been measured with at a size."""
        return max((len(values) for values in self._means.values()), default=0)

    @cached_property
    def size(self) -> int:
        """The largest size at which the most families have results."""
        most = max(len(self.families(size)) for size in self.sizes)
        return [size for size in self.sizes if len(self.families(size)) == most][-1]

    def fewer_seeds(self, size: int) -> dict[str, int]:
        """Return the systems that have fewer seeds at a size than others, and how many."""
        counts = {}
        for system in self.at(size):
            spread = self.spread(system.key, size)
            counts[system.key] = 0 if spread is None else len(spread.values)
        most = max(counts.values(), default=0)
        return {key: count for key, count in counts.items() if count < most}

    def unlike_seeds(self, systems: Iterable[System], size: int) -> str:
        """Return a remark where systems that stand side by side have other seeds, else nothing."""
        seeds = {s: frozenset(t.seed for t in self.complete(s.key, size)) for s in systems}
        if len(set(seeds.values())) < 2:
            return ""
        told = [
            f"{wording.shortened(s.name, 40)} over {wording.count(len(found), 'seed')}"
            for s, found in seeds.items()
        ]
        return f"Not of the same seeds: {wording.listed(told)}."

    def difference(self, a: str, b: str, size: int) -> Difference | None:
        """Return how much better system a is than b, None where one was not measured."""
        left, right = self.spread(a, size), self.spread(b, size)
        if left is None or right is None:
            return None
        rows = self.comparisons[self.comparisons["train_size"] == size]
        for first, second, turn in ((a, b, 1.0), (b, a, -1.0)):
            row = rows[(rows["system_a"] == first) & (rows["system_b"] == second)]
            if len(row):
                return difference_of(row.iloc[0], turn * self.sign)
        estimate = self.sign * (left.mean - right.mean)
        nan = float("nan")
        return Difference(estimate, nan, nan, nan, "unknown")

    @cached_property
    def concept_metric(self) -> str:
        """The first of the task's metrics that has values for single concepts."""
        rows = self.results[self.results["concept"] != ""].dropna(subset=["value"])
        with_values = set(rows["metric"])
        return next((name for name in self.task.metrics if name in with_values), self.metric)

    @property
    def concept_sign(self) -> float:
        """1 where larger values of the concepts' metric are better, else -1."""
        return 1.0 if wording.higher_is_better(self.concept_metric) else -1.0

    @cached_property
    def _concepts(self) -> pd.DataFrame:
        rows = self.results[
            (self.results["concept"] != "") & (self.results["metric"] == self.concept_metric)
        ]
        table = rows.pivot_table(
            index="concept", columns=["system", "train_size"], values="value", aggfunc="mean"
        )
        return table.reindex(list(self.task.concepts))

    def concepts(self, system: str, size: int) -> np.ndarray:
        """Return the value for each concept, mean over seeds, shape (c,); NaN where undefined."""
        if (system, size) not in self._concepts.columns:
            return np.full(len(self.task.concepts), np.nan)
        return self._concepts[(system, size)].to_numpy(dtype=float)

    @cached_property
    def _test_counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Positives and judged test samples of each concept, mean over the seeds' splits."""
        tests = {t.seed: t.split.test for t in self.trials if t.status == "complete"}
        Y = [self.task.annotations[test] for test in tests.values()]
        positives = np.mean([(y == 1).sum(axis=0) for y in Y], axis=0)
        judged = np.mean([(y >= 0).sum(axis=0) for y in Y], axis=0)
        return positives, judged

    @property
    def test_positives(self) -> np.ndarray:
        """Positives of each concept among the test samples, mean over seeds."""
        return self._test_counts[0]

    @property
    def prevalence(self) -> np.ndarray:
        """Share of positives among the judged test samples of each concept."""
        positives, judged = self._test_counts
        with np.errstate(invalid="ignore"):
            return np.where(judged > 0, positives / np.maximum(judged, 1), np.nan)

    @cached_property
    def _estimated_prevalence(self) -> np.ndarray:
        """Share of positives among all test samples, from those that were drawn and judged."""
        shares = []
        for trial in {t.seed: t for t in self.trials if t.status == "complete"}.values():
            Y, strata = self.task.annotations, self.task.strata
            assert strata is not None
            shares.append(estimated_share(Y[trial.split.test], strata[trial.split.test]))
        return np.asarray(np.mean(shares, axis=0))

    def chance(self, metric: str | None = None) -> np.ndarray | None:
        """Return what scores without any information reach for each concept, None if unknown."""
        metric = metric or self.metric
        c = len(self.task.concepts)
        if metric.startswith(("infap", "xinfap")) and self.task.strata is not None:
            return self._estimated_prevalence
        if metric == "ap" or metric.startswith(("ap_voc", "p_at_", "infap", "xinfap")):
            return self.prevalence
        if metric == "roc_auc":
            return np.full(c, 0.5)
        if metric == "mean_class_accuracy":
            return np.full(c, 1 / c)
        if metric == "top1_error":
            return np.full(c, 1 - 1 / c)
        return None

    @property
    def chance_mean(self) -> float:
        """Chance level of the headline metric, NaN where it is not known."""
        levels = self.chance()
        return float("nan") if levels is None else float(np.nanmean(levels))

    def complete(self, system: str, size: int) -> list[Trial]:
        """Return the complete trials of a system at a size, by seed."""
        found = [
            trial
            for trial in self.trials
            if trial.status == "complete"
            and trial.system == system
            and as_size(trial.train_size) == size
        ]
        return sorted(found, key=lambda trial: trial.seed)

    def cost(self, system: str, size: int) -> Cost | None:
        """Return what a system costs at a size, mean over seeds."""
        trials = self.complete(system, size)
        return mean_cost([trial_cost(trial, self._by_key) for trial in trials])


def _sorted(sizes: Iterable[int]) -> list[int]:
    return sorted(map(int, sizes), key=lambda size: float("inf") if size == ALL else size)


class Summary:
    """What was found in a run.

    Parameters
    ----------
    run : Run
    tables : Tables
    """

    def __init__(self, run: Run, tables: Tables) -> None:
        self.run = run
        self.tables = tables
        places: dict[str, int] = {}
        self.systems: dict[str, System] = {}
        early = early_members(run)
        members = {
            record["name"]: tuple(record.get("members") or early.get(record["name"], ()))
            for record in run.info["systems"]
        }
        levels = set(in_levels(late_members(members, early), hierarchical(run)))
        for record in run.info["systems"]:
            family = record["family"]
            place = places.get(family, 0)
            # Controls are in no figure: they take no marker from the others.
            places[family] = place + (not record.get("control", False))
            self.systems[record["name"]] = System(
                key=record["name"],
                name=wording.clean(record["name"]),
                label=wording.clean(record.get("label") or record["name"]),
                family=family,
                stages=tuple(wording.clean(line) for line in record.get("stages", ())),
                members=members[record["name"]],
                place=place,
                in_levels=record["name"] in levels,
            )
        measured = set(tables.results["task"])
        #: Tasks with at least one complete trial.
        self.tasks = [
            TaskSummary(run, tables, name, self.systems) for name in run.tasks if name in measured
        ]
