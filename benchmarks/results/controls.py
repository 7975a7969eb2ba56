"""Controls: trained on shuffled annotations, they must fall to chance; re-scored, not move."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from benchmarks.results.chance import (
    DRAWS,
    by_other_concepts,
    by_other_samples,
    orders_of_concepts,
    share_as_good,
)
from benchmarks.results.metrics import Metric, find_metric
from benchmarks.results.resampling import replicates
from benchmarks.results.rescoring_controls import MOVES, moved
from benchmarks.results.run import Run, Trial
from benchmarks.results.statistics import Replicate

CONTROLS = [
    "task", "train_size", "system", "family", "metric", "seeds", "value", "chance", "low", "high",
    "p_value", "at_chance", "against", "control", *MOVES,
]  # fmt: skip

#: What a control that was trained has shuffled.
ANNOTATIONS = "shuffled-annotations"

#: A control at this p-value or below is said not to be at chance.
LEVEL = 0.01
#: What chance is: the same scores given to other concepts, or, where there are too few of these
#: for the level, set against the annotations of other samples.
CONCEPTS, SAMPLES = "concepts", "samples"


def controls(run: Run, draws: int = DRAWS, threads: int | None = None) -> pd.DataFrame:
    """Return how far every control is from where it must be, in the headline metric.

    A system trained on shuffled annotations must be at chance; a re-scoring of shuffled material
    must be where the system is that it re-scores.

    Parameters
    ----------
    run : Run
    draws : int
        How often concepts, or else test samples, are shuffled to find what chance reaches.
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.

    Returns
    -------
    DataFrame with columns `CONTROLS`
        A row a task, training size and control: ``value`` and ``chance`` are means over its seeds,
        ``low`` and ``high`` hold 95 % of what chance reaches, and ``p_value`` is the share of
        chance that is as good as the control, or better. ``against`` says what chance is:
        ``"concepts"`` (`by_other_concepts`), or ``"samples"`` (`by_other_samples`) where concepts
        and seeds have no more than `draws` orders. That second test counts the luck of a shuffle
        as knowledge, so that a control which it rejects has no verdict. ``control`` says what was
        shuffled. A re-scoring has, in place of chance, the columns of
        `benchmarks.results.rescoring_controls.moved`.
    """
    groups: dict[tuple[str, int | None, str], list[Trial]] = defaultdict(list)
    for trial in run.controls():
        groups[trial.task, trial.train_size, trial.system].append(trial)
    rows = []
    for (name, size, system), trials in groups.items():
        task = run.tasks[name]
        metric = find_metric(task.metrics[0])
        scored = replicates(task, trials, {trial.seed for trial in trials})
        value = float(
            np.mean(
                [metric.given(seed.strata).mean(seed.scores[system], seed.Y) for seed in scored]
            )
        )
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
            row |= {"control": ANNOTATIONS, **_against_chance(system, scored, value, metric, draws)}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=CONTROLS)
    # Whole numbers and verdicts, with a gap where there is none.
    types = {"train_size": "Int64", "units": "Int64", "at_chance": "boolean", "unmoved": "boolean"}
    return frame.astype(types)


def _against_chance(
    system: str, scored: list[Replicate], value: float, metric: Metric, draws: int
) -> dict[str, object]:
    enough = orders_of_concepts(np.shape(scored[0].Y)[1], len(scored)) > draws
    chance = by_other_concepts if enough else by_other_samples
    reached = chance(metric.name, system, scored, draws)
    low, high = np.quantile(reached, (0.025, 0.975))
    p_value = share_as_good(value, reached, metric.higher_is_better)
    return {
        "chance": float(reached.mean()),
        "low": float(low),
        "high": float(high),
        "p_value": p_value,
        "at_chance": True if p_value > LEVEL else False if enough else pd.NA,
        "against": CONCEPTS if enough else SAMPLES,
    }
