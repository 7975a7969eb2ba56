"""Controls: systems trained on shuffled annotations, which must fall to chance."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import find_metric
from benchmarks.results.run import Run, TaskRecord, Trial

CONTROLS = [
    "task", "train_size", "system", "family", "metric", "seeds", "value", "chance", "low", "high",
    "p_value", "at_chance",
]  # fmt: skip

#: A control below this p-value is said not to be at chance.
LEVEL = 0.01
DRAWS = 199


def controls(run: Run, draws: int = DRAWS) -> pd.DataFrame:
    """Return how far every control is from chance, in the headline metric.

    Parameters
    ----------
    run : Run
    draws : int
        How often the test annotations are shuffled to find what chance reaches.

    Returns
    -------
    DataFrame with columns `CONTROLS`
        A row a task, training size and control: ``value`` and ``chance`` are means over its seeds,
        ``low`` and ``high`` hold 95 % of what chance reaches, and ``p_value`` is the share of
        chance that is as good as the control, or better.
    """
    groups: dict[tuple[str, int | None, str], list[Trial]] = defaultdict(list)
    for trial in run.controls():
        groups[trial.task, trial.train_size, trial.system].append(trial)
    rows = []
    for (name, size, system), trials in groups.items():
        task = run.tasks[name]
        metric = find_metric(task.metrics[0])
        found = [_against_chance(task, trial, draws) for trial in trials]
        value = float(np.mean([own for own, _ in found]))
        reached = np.mean([by_chance for _, by_chance in found], axis=0)
        low, high = np.quantile(reached, (0.025, 0.975))
        p_value = share_as_good(value, reached, metric.higher_is_better)
        rows.append(
            {
                "task": name,
                "train_size": size,
                "system": system,
                "family": trials[0].family,
                "metric": metric.name,
                "seeds": len(trials),
                "value": value,
                "chance": float(reached.mean()),
                "low": float(low),
                "high": float(high),
                "p_value": p_value,
                "at_chance": p_value >= LEVEL,
            }
        )
    frame = pd.DataFrame(rows, columns=CONTROLS)
    # Whole numbers, with a gap where everything was trained on.
    frame["train_size"] = frame["train_size"].astype("Int64")
    return frame


def by_chance(
    metric: str,
    scores: ArrayLike,
    Y: ArrayLike,
    video: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    draws: int = DRAWS,
) -> NDArray[np.float64]:
    """Return what these scores reach where they have nothing to do with the annotations.

    Parameters
    ----------
    metric : str
        Name of a metric.
    scores, Y : arrays of shape (n, c)
        Of the test samples.
    video : array of shape (n,), optional
        The shots of a video are alike in scores and in annotations: whole videos are moved.
    strata : array of shape (n, c), int, optional
        For inferred metrics.
    draws : int

    Returns
    -------
    array of shape (draws,), float64
        The metric's mean, each time with the annotations of other samples. A video gets those of
        another, shot after shot, stretched to its length.
    """
    found, annotations = find_metric(metric), np.asarray(Y)
    pool = None if strata is None else np.asarray(strata)
    values = np.empty(draws)
    for draw in range(draws):
        rows = _others(len(annotations), video, np.random.default_rng(draw))
        given = found.given(None if pool is None else pool[rows])
        values[draw] = given.mean(scores, annotations[rows])
    return values


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


def _against_chance(
    task: TaskRecord, trial: Trial, draws: int
) -> tuple[float, NDArray[np.float64]]:
    Y, test = task.evaluated(trial.split), trial.split.test
    video = None if task.video is None else task.video[test]
    strata = task.strata_of(trial.split)
    own = find_metric(task.metrics[0]).given(strata).mean(trial.scores, Y)
    return own, by_chance(task.metrics[0], trial.scores, Y, video, strata, draws)
