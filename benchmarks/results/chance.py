"""What scores reach by chance: against other samples' annotations, or as other concepts' scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import find_metric
from benchmarks.results.statistics import Replicate

DRAWS = 199


def by_other_concepts(
    metric: str, system: str, replicates: Sequence[Replicate], draws: int = DRAWS
) -> NDArray[np.float64]:
    """Return what these scores reach where concepts are given each other's.

    A system without knowledge of the test samples has no reason to score a concept by its own
    column rather than by another's: however much its columns go with what the data vary in, they
    do so for any concept.

    Parameters
    ----------
    metric : str
        Name of a metric.
    system : str
        Whose scores.
    replicates : sequence of Replicate
        One a seed: each exchanges its concepts independently.
    draws : int

    Returns
    -------
    array of shape (draws,), float64
        The metric's mean over concepts and seeds, each time with the columns of the scores in
        other random orders than their own; one seed's may stay where another's do not.

    Raises
    ------
    ValueError
        For fewer orders than draws and their own: shares of them would pass for rarer than they
        are.
    """
    scores = [np.asarray(replicate.scores[system]) for replicate in replicates]
    own = np.arange(scores[0].shape[1])
    orders = orders_of_concepts(len(own), len(replicates))
    if orders <= draws:
        raise ValueError(f"of {orders} orders of the concepts, {draws} others cannot be drawn")
    found = find_metric(metric)
    given = [found.given(replicate.strata) for replicate in replicates]
    values = np.empty((draws, len(replicates)))
    rng = np.random.default_rng(0)
    for draw in range(draws):
        taken = [own] * len(replicates)
        while all(np.array_equal(order, own) for order in taken):
            taken = [rng.permutation(own) for _ in replicates]
        values[draw] = [
            known.mean(mine[:, order], replicate.Y)
            for known, mine, order, replicate in zip(given, scores, taken, replicates, strict=True)
        ]
    mean: NDArray[np.float64] = values.mean(axis=1)
    return mean


def orders_of_concepts(n_concepts: int, seeds: int) -> int:
    """Return in how many ways concepts can have each other's scores, with all seeds together."""
    return math.factorial(n_concepts) ** seeds


def by_other_samples(
    metric: str, system: str, replicates: Sequence[Replicate], draws: int = DRAWS
) -> NDArray[np.float64]:
    """Return what these scores reach against the annotations of other samples.

    This takes the scores as given. Those of a classifier that was trained on shuffled annotations
    are a direction among the features, by luck with a concept or against it; where concepts
    dominate the features this luck is large, and is not counted here. Ask `by_other_concepts`
    where there are several.

    Parameters
    ----------
    metric : str
        Name of a metric.
    system : str
        Whose scores.
    replicates : sequence of Replicate
        One a seed. The shots of a video, which are its `groups`, are alike in scores and in
        annotations: whole videos are moved.
    draws : int

    Returns
    -------
    array of shape (draws,), float64
        The metric's mean over concepts and seeds, each time with the annotations of other
        samples. A video gets those of another, shot after shot, stretched to its length.
    """
    found = find_metric(metric)
    values = np.empty((draws, len(replicates)))
    for draw in range(draws):
        for place, replicate in enumerate(replicates):
            Y, strata = np.asarray(replicate.Y), replicate.strata
            rows = _others(len(Y), replicate.groups, np.random.default_rng(draw))
            given = found.given(None if strata is None else np.asarray(strata)[rows])
            values[draw, place] = given.mean(replicate.scores[system], Y[rows])
    mean: NDArray[np.float64] = values.mean(axis=1)
    return mean


def _others(n: int, video: ArrayLike | None, rng: np.random.Generator) -> NDArray[np.intp]:
    """The sample that each of n samples gets its annotations from."""
    if video is None:
        return rng.permutation(n)
    _, of = np.unique(np.asarray(video), return_inverse=True)
    rows = np.argsort(of, kind="stable")
    lengths = np.bincount(of)
    starts = np.cumsum(lengths) - lengths
    source = rng.permutation(len(lengths))
    place = np.arange(n) - np.repeat(starts, lengths)
    longer, own = np.repeat(lengths[source], lengths), np.repeat(lengths, lengths)
    out = np.empty(n, dtype=np.intp)
    out[rows] = rows[np.repeat(starts[source], lengths) + place * longer // own]
    return out


def share_as_good(value: float, reached: ArrayLike, higher_is_better: bool) -> float:
    """Return the share of chance that is as good as a value, itself counted in.

    References
    ----------
    Phipson and Smyth, "Permutation p-values should never be zero", SAGMB 2010.
    """
    chance = np.asarray(reached)
    as_good = chance >= value if higher_is_better else chance <= value
    return float((1 + as_good.sum()) / (1 + len(chance)))
