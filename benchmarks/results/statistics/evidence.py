"""Is A better than B? All the evidence of one test set in one place."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.results.metrics import find_metric
from benchmarks.results.statistics.bootstrap import (
    BootstrapResult,
    Interval,
    Replicate,
    budget,
    paired_bootstrap_over_replicates,
)
from benchmarks.results.statistics.effect_size import cohens_dz, superiority
from benchmarks.results.statistics.families import Pair
from benchmarks.results.statistics.holm import holm
from benchmarks.results.statistics.permutation import mean_over_seeds, sign_flip_test
from benchmarks.results.statistics.power import least_concepts, smallest_difference


@dataclass(frozen=True)
class Evidence:
    """What a test set says about two systems.

    Attributes
    ----------
    system_a, system_b : str
    metric : str
    difference : Interval
        The metric of a minus that of b, averaged over seeds, in its bootstrap interval.
    standard_error : float
        Of the difference, by the same bootstrap.
    p_value, p_holm : float
        Of the sign-flip test over concepts; the second corrected for the pairs asked about.
    concepts : int
        Concepts with a value for both.
    wins, losses : int
        Concepts on which a is better, and worse.
    mean_over_concepts : float
        Of the differences over concepts, which the sign-flip test is about: not always the
        difference of the metric, which may be over samples.
    d_z, superiority : float
        Effect sizes over concepts, positive and above one half where a is better.
    smallest_difference : float
        What this test set would have shown with a chance of 80 %.
    least_concepts : int
        Concepts below which the corrected test cannot reject, whatever the scores.
    units : int
        How many videos, or samples, were resampled.
    hypotheses : int
        Pairs that were corrected together.
    verdict : {"better", "worse", "undecided"}
        Of a: decided where the corrected p-value is below the level and the interval leaves out
        zero.
    """

    system_a: str
    system_b: str
    metric: str
    difference: Interval
    standard_error: float
    p_value: float
    p_holm: float
    concepts: int
    wins: int
    losses: int
    mean_over_concepts: float
    d_z: float
    superiority: float
    smallest_difference: float
    least_concepts: int
    units: int
    hypotheses: int
    verdict: str


def compare(
    replicates: Sequence[Replicate],
    pairs: Sequence[Pair],
    metric: str = "ap",
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.05,
    threads: int | None = None,
    bootstrap: BootstrapResult | None = None,
) -> list[Evidence]:
    """Ask for each pair whether the first system is better than the second.

    The bootstrap asks whether the difference would hold on other samples of these concepts, the
    sign-flip test whether it would on other concepts. A verdict needs both.

    Parameters
    ----------
    replicates : sequence of Replicate
        A replicate a seed, the same systems in each.
    pairs : sequence of (str, str)
        One family of comparisons, corrected together; see
        `benchmarks.results.statistics.families`.
    metric : str
        Name of a metric.
    resamples, seed, threads
        As for `paired_bootstrap`; the seed also of the sign-flip test.
    level : float
        Of the tests; the intervals have the confidence 1 - level.
    bootstrap : BootstrapResult, optional
        Of these replicates, where it was drawn already; `resamples` is then not looked at.

    Returns
    -------
    list of Evidence
        One a pair, in their order.

    Raises
    ------
    ValueError
        For a pair of a system that was not scored, or of one with itself, a bootstrap of another
        metric, level or other systems, and as for `paired_bootstrap_over_replicates`.

    References
    ----------
    Sakai, "Statistical reform in information retrieval?", SIGIR Forum 2014: effect sizes and
    intervals beside p-values.
    """
    if not pairs:
        return []
    scored = list(replicates[0].scores) if replicates else []
    for a, b in pairs:
        if a == b:
            raise ValueError(f"{a!r} is compared with itself")
        if missing := {a, b} - set(scored):
            raise ValueError(f"no scores of {', '.join(sorted(missing))}; known: {scored}")
    wanted = {name for pair in pairs for name in pair}
    chosen = [
        Replicate(
            {name: r.scores[name] for name in scored if name in wanted},
            r.Y,
            r.groups,
            r.samples,
            r.strata,
        )
        for r in replicates
    ]
    if bootstrap is None:
        bootstrap = paired_bootstrap_over_replicates(
            chosen, metric, resamples, seed, 1 - level, threads
        )
    elif (bootstrap.metric, bootstrap.level) != (metric, 1 - level) or not wanted <= set(
        bootstrap.systems
    ):
        raise ValueError(
            f"the bootstrap given is of {bootstrap.metric} at {bootstrap.level} and of "
            f"{list(bootstrap.systems)}: not what is asked for"
        )
    found = find_metric(metric)
    names = list(chosen[0].scores)

    def of_concepts(name: str) -> np.ndarray:
        return np.stack([found.given(r.strata).per_concept(r.scores[name], r.Y) for r in chosen])

    with ThreadPoolExecutor(budget(threads), thread_name_prefix="evidence") as pool:
        values = dict(zip(names, pool.map(of_concepts, names)))
    sign = 1.0 if found.higher_is_better else -1.0
    evidence = []
    for a, b in pairs:
        difference = values[a] - values[b]
        test = sign_flip_test(difference, seed=seed)
        interval = _difference(bootstrap.differences, a, b)
        error = bootstrap.standard_error(a, b)
        gains = sign * mean_over_seeds(difference)
        evidence.append(
            Evidence(
                system_a=a,
                system_b=b,
                metric=metric,
                difference=interval,
                standard_error=error,
                p_value=test.p_value,
                p_holm=test.p_value,
                concepts=test.pairs,
                wins=int((gains > 0).sum()),
                losses=int((gains < 0).sum()),
                mean_over_concepts=test.difference,
                d_z=cohens_dz(gains),
                superiority=superiority(gains),
                smallest_difference=smallest_difference(error, level),
                least_concepts=least_concepts(level),
                units=bootstrap.units,
                hypotheses=1,
                verdict="undecided",
            )
        )
    return correct(evidence, level)


def correct(evidence: Sequence[Evidence], level: float = 0.05) -> list[Evidence]:
    """Correct pairs that were asked about together for their number, and decide on each.

    Parameters
    ----------
    evidence : sequence of Evidence
        One family of comparisons, whatever each was corrected for before: several calls of
        `compare` may be gathered, or one be parted into several questions.
    level : float
        Of the tests.

    Returns
    -------
    list of Evidence
        In the same order, with `p_holm`, `hypotheses`, `least_concepts` and `verdict` anew.
    """
    corrected = holm([found.p_value for found in evidence])
    hypotheses = len(evidence)
    return [
        replace(
            found,
            p_holm=float(p_holm),
            hypotheses=hypotheses,
            least_concepts=least_concepts(level, hypotheses),
            verdict=_verdict(found, float(p_holm), level),
        )
        for found, p_holm in zip(evidence, corrected)
    ]


def _verdict(found: Evidence, p_holm: float, level: float) -> str:
    estimate, low, high = found.difference
    apart = low > 0 or high < 0
    # Both must point the same way: the mean over concepts may differ from that over samples.
    if not (apart and p_holm < level and found.mean_over_concepts * estimate > 0):
        return "undecided"
    sign = 1.0 if find_metric(found.metric).higher_is_better else -1.0
    return "better" if sign * estimate > 0 else "worse"


def _difference(found: dict[Pair, Interval], a: str, b: str) -> Interval:
    if (a, b) in found:
        return found[a, b]
    estimate, low, high = found[b, a]
    return Interval(0.0 - estimate, 0.0 - high, 0.0 - low)
