"""The questions that a run asks of its systems: pairs that the suite fixes before the test.

Of thirty systems there are 435 pairs, and corrected for all of them hardly a difference survives.
What a suite is run for are few: these are corrected among themselves, a question at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from benchmarks.results.levels import flat, in_levels, late_members, singles_of
from benchmarks.results.metrics import find_metric
from benchmarks.results.run import TaskRecord, Trial
from benchmarks.results.statistics import against_best_member, between_families
from benchmarks.results.statistics.families import Pair

FUSION = "fusion"
RESCORING = "re-scoring"
LEVELS = "levels"
FAMILIES = "families"
STAGES = "incorporation"
#: What the lecture claims of networks; see `benchmarks.results.suite_roles`.
LAYERS = "layers"
JOINT = "joint training"
SHARED = "one network"
DEPTH = "depth"
#: What a pair belongs to that no question asked for.
ALL_PAIRS = "all pairs"


def questions(
    task: TaskRecord,
    trials: Sequence[Trial],
    systems: Mapping[str, str],
    stages: Sequence[str] = (),
    early: Mapping[str, Sequence[str]] | None = None,
    claimed: Mapping[str, Sequence[Pair]] | None = None,
    hierarchical: Collection[str] = (),
) -> dict[str, list[Pair]]:
    """Return the pairs that each question is about.

    Parameters
    ----------
    task : TaskRecord
    trials : sequence of Trial
        Complete trials of one task and training size, in the suite's order of systems.
    systems : mapping from a trial's key to its system
        Of the whole run.
    stages : sequence of str
        The suite's `incorporation`.
    early : mapping from system to the systems that it joins, optional
        The suite's early fusions, whose trials name no members.
    claimed : mapping from question to pairs, optional
        What the suite has to say of networks, `benchmarks.results.suite_roles.claimed_pairs`.
    hierarchical : collection of str
        Systems whose fusion has levels of its own, `benchmarks.results.suite_source.hierarchical`.

    Returns
    -------
    dict of str to list of (system, system)
        Of a pair, the system that stands first in the suite is the first. A pair may be part of
        two questions; a question without pairs is left out.

        - "fusion": every system with several members, early or late, against the best of the
          single systems that it is made of; and where its best member is itself a fusion, against
          that one. A fusion that is re-scored is asked about re-scoring alone, or the two would
          be taken for one. Best on validation: the best on test would be best by luck in part,
          and the comparison biased against fusion. Where some of them have no validation scores,
          as nothing but an early fusion may need them, against every one: as all are corrected
          together, the best on test may be picked from them.
        - "re-scoring": every re-scored system against the one that it re-scores.
        - "levels": every late fusion in levels against a flat one that rests on the same systems
          (an early fusion in it is one of them); of several the best on validation, as above. See
          `benchmarks.results.levels`.
        - "families": every engineered system against every learned one. As all are corrected
          together, the pair of the best on test may be picked from them.
        - "incorporation": every stage against the one before.
        - "layers", "joint training", "one network", "depth": as claimed.
    """
    runs: dict[str, dict[int, Trial]] = {}
    for trial in trials:
        runs.setdefault(trial.system, {})[trial.seed] = trial
    order = {system: place for place, system in enumerate(runs)}
    members = members_of(trials, systems, early)
    known: dict[tuple[str, int], float] = {}
    family_of = {system: next(iter(seeds.values())).family for system, seeds in runs.items()}
    found: dict[str, list[Pair]] = {
        FUSION: _fusions(task, runs, members, known),
        RESCORING: rescored_pairs(members, runs),
        LEVELS: _levels(task, runs, members, set(early or ()), hierarchical, known),
    }
    if {"engineered", "learned"} <= set(family_of.values()):
        found[FAMILIES] = between_families(family_of, "engineered", "learned")
    present = [stage for stage in stages if stage in runs]
    found[STAGES] = list(zip(present[1:], present))
    for question, pairs in (claimed or {}).items():
        found[question] = [(a, b) for a, b in pairs if a in runs and b in runs]
    return {
        question: [(a, b) if order[a] < order[b] else (b, a) for a, b in pairs]
        for question, pairs in found.items()
        if pairs
    }


def members_of(
    trials: Sequence[Trial],
    systems: Mapping[str, str],
    early: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[str]]:
    """Return what each system is made of, directly; of a system that is not, nothing.

    Parameters
    ----------
    trials, systems, early
        As for `questions`.
    """
    found: dict[str, list[str]] = {}
    for trial in trials:
        found.setdefault(trial.system, [systems[key] for key in trial.members])
    for system, names in (early or {}).items():
        if not found.get(system):
            found[system] = list(names)
    return found


def rescored_pairs(members: Mapping[str, Sequence[str]], present: Collection[str]) -> list[Pair]:
    """Return every re-scored system with the one that it re-scores, where both are present."""
    return [
        (system, of[0])
        for system, of in members.items()
        if len(of) == 1 and system in present and of[0] in present
    ]


def _levels(
    task: TaskRecord,
    runs: Mapping[str, Mapping[int, Trial]],
    members: Mapping[str, Sequence[str]],
    early: Collection[str],
    hierarchical: Collection[str],
    known: dict[tuple[str, int], float],
) -> list[Pair]:
    pairs: list[Pair] = []
    late = late_members(members, early)
    plain = [name for name in flat(late, hierarchical) if name in runs]
    for system in in_levels(late, hierarchical):
        rests = set(singles_of(system, late))
        alike = [name for name in plain if set(singles_of(name, late)) == rests]
        if system in runs and alike:
            pairs += _against(task, runs, system, alike, known)
    return pairs


def _fusions(
    task: TaskRecord,
    runs: Mapping[str, Mapping[int, Trial]],
    members: Mapping[str, Sequence[str]],
    known: dict[tuple[str, int], float],
) -> list[Pair]:
    pairs: list[Pair] = []
    for system in runs:
        # A member that failed, or that was not run here, is nothing to be compared with.
        singles = [name for name in singles_of(system, members) if name in runs]
        if len(members[system]) < 2 or not singles:
            continue
        pairs += _against(task, runs, system, singles, known)
        direct = [name for name in members[system] if name in runs]
        best = _against(task, runs, system, direct, known) if direct else []
        if len(best) == 1 and members[best[0][1]]:
            pairs += best
    return pairs


def _against(
    task: TaskRecord,
    runs: Mapping[str, Mapping[int, Trial]],
    system: str,
    names: Sequence[str],
    known: dict[tuple[str, int], float],
) -> list[Pair]:
    """Pair a fusion with the best of what it is made of on validation; with each, if unknown."""
    shared = set(runs[system]).intersection(*(runs[name] for name in names))
    for name in names:
        for seed in shared:
            if (name, seed) not in known:
                known[name, seed] = _validation_value(task, runs[name][seed])
    values = {
        name: float(np.mean([known[name, seed] for seed in sorted(shared)] or [np.nan]))
        for name in names
    }
    if np.isnan(list(values.values())).any():
        return [(system, name) for name in names]
    higher = find_metric(task.metrics[0]).higher_is_better
    return against_best_member({system: names}, values, higher)


def _validation_value(task: TaskRecord, trial: Trial) -> float:
    """The headline metric on the samples that fusions are tuned on; NaN without their scores."""
    scores = trial.val_scores
    if scores is None:
        return float("nan")
    metric = find_metric(task.metrics[0]).given(task.strata_of(trial.split, "val"))
    return metric.mean(scores, task.evaluated(trial.split, "val"))
