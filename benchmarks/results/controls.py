"""Controls: trained on shuffled annotations, they must fall to chance; re-scored, not move."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import Metric, find_metric
from benchmarks.results.rescoring_controls import MOVES, moved
from benchmarks.results.run import Run, TaskRecord, Trial

CONTROLS = [
    "task", "train_size", "system", "family", "metric", "seeds", "value", "chance", "low", "high",
    "p_value", "at_chance", "control", *MOVES,
]  # fmt: skip

#: What a control that was trained has shuffled.
ANNOTATIONS = "shuffled-annotations"

#: A control below this p-value is said not to be at chance.
LEVEL = 0.01
DRAWS = 199


def controls(run: Run, draws: int = DRAWS, threads: int | None = None) -> pd.DataFrame:
    """Return how far every control is from where it must be, in the headline metric.

    A system trained on shuffled annotations must be at chance; a re-scoring of shuffled material
    must be where the system is that it re-scores.

    Parameters
    ----------
    run : Run
    draws : int
        How often the test annotations are shuffled to find what chance reaches.
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.

    Returns
    -------
    DataFrame with columns `CONTROLS`
        A row a task, training size and control: ``value`` and ``chance`` are means over its seeds,
        ``low`` and ``high`` hold 95 % of what chance reaches, and ``p_value`` is the share of
        chance that is as good as the control, or better. ``control`` says what was shuffled. A
        re-scoring has, in place of chance, the columns of
        `benchmarks.results.rescoring_controls.moved`.
    """
    groups: dict[tuple[str, int | None, str], list[Trial]] = defaultdict(list)
    for trial in run.controls():
        groups[trial.task, trial.train_size, trial.system].append(trial)
    rows = []
    for (name, size, system), trials in groups.items():
        task = run.tasks[name]
        metric = find_metric(task.metrics[0])
        values = [
            metric.given(task.strata_of(trial.split)).mean(
                trial.scores, task.evaluated(trial.split)
            )
            for trial in trials
        ]
        value = float(np.mean(values))
        row: dict[str, object] = {
            "task": name,
            "train_size": size,
            "system": system,
            "family": trials[0].family,
            "metric": metric.name,
            "seeds": len(trials),
            "value": value,
        }
        # Only a re-scoring is made of another's scores.
        if trials[0].members:
            declared = next(known for known in run.info["systems"] if known["name"] == system)
            (member,) = declared["members"]
            row |= {"control": declared["control"], **moved(run, trials, member, threads)}
        else:
            reached = np.mean([_chance(task, trial, draws) for trial in trials], axis=0)
            row |= {"control": ANNOTATIONS, **_against_chance(value, reached, metric)}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=CONTROLS)
    # Whole numbers and verdicts, with a gap where there is none.
    types = {"train_size": "Int64", "units": "Int64", "at_chance": "boolean", "unmoved": "boolean"}
    return frame.astype(types)


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


def _chance(task: TaskRecord, trial: Trial, draws: int) -> NDArray[np.float64]:
    Y, test = task.evaluated(trial.split), trial.split.test
    video = None if task.video is None else task.video[test]
    return by_chance(task.metrics[0], trial.scores, Y, video, task.strata_of(trial.split), draws)


def _against_chance(
    value: float, reached: NDArray[np.float64], metric: Metric
) -> dict[str, object]:
    low, high = np.quantile(reached, (0.025, 0.975))
    p_value = share_as_good(value, reached, metric.higher_is_better)
    return {
        "chance": float(reached.mean()),
        "low": float(low),
        "high": float(high),
        "p_value": p_value,
        "at_chance": p_value >= LEVEL,
    }
