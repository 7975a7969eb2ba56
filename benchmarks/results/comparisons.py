"""Every pair of systems of a run: how far they differ, and how far that can be trusted."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pandas as pd

from benchmarks.results.grouping import by_task_and_size, systems_by_key, with_whole_sizes
from benchmarks.results.questions import ALL_PAIRS, questions
from benchmarks.results.resampling import LEVEL, Draws
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.statistics import Evidence, compare, correct
from benchmarks.results.statistics.families import Pair
from benchmarks.results.suite_roles import claimed_pairs
from benchmarks.results.suite_source import early_members, hierarchical, named_stages

COMPARISONS = [
    "task", "train_size", "metric", "system_a", "system_b", "difference", "low", "high",
    "p_value", "p_holm", "significant", "question", "hypotheses", "concepts", "least_concepts",
    "wins", "losses", "d_z", "superiority", "units", "standard_error", "smallest_difference",
]  # fmt: skip

#: Means of some thousand values between 0 and 1 are exact to this.
ROUNDING = 1e-12


def comparisons(run: Run, threads: int | None = None, draws: Draws | None = None) -> pd.DataFrame:
    """Return the difference between every two systems in the headline metric.

    Parameters
    ----------
    run : Run
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.
    draws : Draws, optional
        Of this run, that other tables use as well.

    Returns
    -------
    DataFrame with columns `COMPARISONS`
        A row a pair of systems that share a seed; docs/results.md describes the columns.
        ``p_holm`` is corrected for the ``hypotheses`` pairs of the row's ``question`` (see
        `benchmarks.results.questions`), the first that the pair is part of; "all pairs" for what
        no question asked for.
    """
    rows: list[dict] = []
    draws = Draws() if draws is None else draws
    systems = systems_by_key(run)
    stages, early, claimed = named_stages(run), early_members(run), claimed_pairs(run)
    grouped = hierarchical(run)
    for (name, size), trials in by_task_and_size(run.complete()).items():
        task = run.tasks[name]
        evidence = _evidence(task, trials, threads, draws)
        asked = questions(task, trials, systems, stages, early, claimed, grouped)
        for question, found in _decided(evidence, asked):
            rows.append({"task": name, "train_size": size, **_row(question, found)})
    return with_whole_sizes(pd.DataFrame(rows, columns=COMPARISONS))


def _evidence(
    task: TaskRecord, trials: list[Trial], threads: int | None, draws: Draws
) -> dict[Pair, Evidence]:
    """Compare every two systems that share a seed, in the suite's order."""
    seeds_of: dict[str, set[int]] = defaultdict(set)
    for trial in trials:
        seeds_of[trial.system].add(trial.seed)
    # Most systems have the same seeds; each set of seeds that two share is resampled once.
    pairs_of: dict[frozenset[int], list[Pair]] = defaultdict(list)
    for a, b in combinations(seeds_of, 2):
        pairs_of[frozenset(seeds_of[a] & seeds_of[b])].append((a, b))
    evidence: dict[Pair, Evidence] = {}
    for seeds, pairs in pairs_of.items():
        if not seeds:
            continue
        members = {name for pair in pairs for name in pair}
        chosen = [trial for trial in trials if trial.system in members]
        found, bootstrap = draws.of(task, chosen, seeds, threads)
        answers = compare(
            found, pairs, task.metrics[0], level=LEVEL, threads=threads, bootstrap=bootstrap
        )
        evidence |= dict(zip(pairs, answers))
    return {pair: evidence[pair] for pair in combinations(seeds_of, 2) if pair in evidence}


def _decided(
    evidence: dict[Pair, Evidence], asked: dict[str, list[Pair]]
) -> list[tuple[str, Evidence]]:
    """Correct every question for its own pairs, and what nobody asked for all of them."""
    decided: dict[Pair, tuple[str, Evidence]] = {}
    for question, pairs in {**asked, ALL_PAIRS: list(evidence)}.items():
        there = [pair for pair in pairs if pair in evidence]
        for pair, found in zip(there, correct([evidence[pair] for pair in there], LEVEL)):
            decided.setdefault(pair, (question, found))
    return [decided[pair] for pair in evidence]


def _exact(x: float) -> float:
    """Return zero for what only the order of a sum has left of it: the systems are even."""
    return 0.0 if abs(x) < ROUNDING else x


def _row(question: str, found: Evidence) -> dict[str, object]:
    estimate, low, high = (_exact(x) for x in found.difference)
    named = {name: getattr(found, name) for name in COMPARISONS if hasattr(found, name)}
    return {
        **named,
        "difference": estimate,
        "low": low,
        "high": high,
        "significant": found.verdict != "undecided",
        "question": question,
    }
