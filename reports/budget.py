"""What a budget buys: the best system that trains, or predicts, within a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports import wording
from reports.costs import Cost
from reports.document import Finding, Span, strong
from reports.figures.cost import pareto, priced
from reports.summary import System, TaskSummary

#: Training times that people think in, seconds.
_LIMITS = (1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0, 360000.0)
_NAMES = ("a second", "10 seconds", "a minute", "10 minutes", "an hour", "10 hours", "100 hours")


def within_budgets(
    costs: np.ndarray, merit: np.ndarray, limits: Sequence[float]
) -> list[tuple[int, int]]:
    """Return the limits from which on another one is the best that can be had.

    Parameters
    ----------
    costs, merit : ndarray of shape (n,)
        Lower cost and higher merit are better.
    limits : sequence of float
        Ascending.

    Returns
    -------
    list of (int, int)
        Index of a limit, and of the best with at most that cost; a limit that brings nothing new
        is left out, as are all below the cheapest.
    """
    front = pareto(costs, merit)
    found: list[tuple[int, int]] = []
    for place, limit in enumerate(limits):
        affordable = front[costs[front] <= limit]
        if len(affordable) and (not found or found[-1][1] != affordable[-1]):
            found.append((place, int(affordable[-1])))
    return found


def budget_finding(summary: TaskSummary) -> Finding | None:
    """Say which system is best within a training time, None where one is best within any."""
    known = priced(summary)
    if len(known) < 2:
        return None
    costs = np.array([cost.train_s for _, _, cost in known])
    merit = np.array([summary.sign * mean for _, mean, _ in known])
    steps = within_budgets(costs, merit, _LIMITS)
    if len(steps) < 2:
        return None
    spans: list[Span] = [Span("The best that trains within ")]
    for place, (limit, i) in enumerate(steps):
        before = known[steps[place - 1][1]] if place else None
        joint = "" if not place else "; within "
        spans += [Span(f"{joint}{_NAMES[limit]} is "), *_choice(summary, known[i], before)]
    return Finding((*spans, Span(".")))


def _choice(
    summary: TaskSummary,
    chosen: tuple[System, float, Cost],
    before: tuple[System, float, Cost] | None,
) -> list[Span]:
    system, mean, cost = chosen
    text = f"{wording.value(summary.metric, mean)}, {wording.seconds(cost.train_s)}"
    low, high = summary.interval(system.key, summary.size) or (np.nan, np.nan)
    if low <= summary.chance_mean <= high:
        text += "; not to be told from chance"
    if before is not None:
        d = summary.difference(system.key, before[0].key, summary.size)
        if d is not None and d.verdict == "tie":
            text += f"; cannot be told apart from {before[0].name}"
        elif d is None or d.verdict != "better":
            text += f"; a lead over {before[0].name} is not confirmed"
    return [strong(system.name), Span(f" ({text})")]
