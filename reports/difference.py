"""How far two systems differ, and how far that can be trusted, as the report reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Difference:
    """How much better a is than b (above zero: better, whatever the metric's direction).

    Attributes
    ----------
    estimate, low, high : float
        In the metric's unit; low and high bound the 95 % interval.
    p_holm : float
        Corrected for the number of comparisons; NaN where none was computed.
    verdict : {"better", "worse", "leaning better", "leaning worse", "tie", "unknown"}
        Leaning: the interval excludes zero, but the corrected test over concepts does not confirm
        it. Unknown: no interval was computed.
    question : str
        What the pair was asked for, `benchmarks.results.questions`.
    hypotheses : int
        Pairs that were corrected together.
    concepts, least_concepts : int
        Concepts with a value for both, and below how many the test can never confirm anything.
    units : int
        Videos, or samples, of the test set.
    smallest : float
        The true difference that this test set would have shown four times in five.
    """

    estimate: float
    low: float
    high: float
    p_holm: float
    verdict: str
    question: str = ""
    hypotheses: int = 0
    concepts: int = 0
    least_concepts: int = 0
    units: int = 0
    smallest: float = float("nan")


def difference_of(row: pd.Series, turn: float) -> Difference:
    """Read a row of the comparisons, turned so that above zero the first system is better."""
    estimate, ends = turn * float(row["difference"]), [turn * row["low"], turn * row["high"]]
    low, high = float(min(ends)), float(max(ends))
    p_holm = float(row["p_holm"]) if pd.notna(row["p_holm"]) else float("nan")
    if not np.isfinite([low, high]).all():
        verdict = "unknown"
    elif low <= 0 <= high:
        verdict = "tie"
    else:
        side = "better" if low > 0 else "worse"
        confirmed = pd.notna(row["significant"]) and bool(row["significant"])
        verdict = side if confirmed else f"leaning {side}"
    return Difference(
        estimate,
        low,
        high,
        p_holm,
        verdict,
        question=str(row["question"]),
        hypotheses=int(row["hypotheses"]),
        concepts=int(row["concepts"]),
        least_concepts=int(row["least_concepts"]),
        units=int(row["units"]),
        smallest=float(row["smallest_difference"]),
    )
