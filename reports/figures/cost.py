"""Accuracy against what it costs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Drawn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from reports import wording
from reports.costs import Cost
from reports.document import FAMILIES, Figure
from reports.figures.labels import Label, place
from reports.figures.linking import about, link
from reports.figures.style import (
    COLOUR,
    QUIET,
    TYPE,
    drawings,
    family_handles,
    is_narrow,
    marker,
    new_figure,
)
from reports.summary import System, TaskSummary

_AXES = (
    ("train_s", "Training time (s), log scale", "training time"),
    ("predict_ms", "Prediction time (ms an image), log scale", "prediction time"),
    ("peak_mb", "Peak memory (MiB), log scale", "peak memory"),
)

#: With more systems than this, only the best and those on a front have their names drawn.
_NAMED, _BEST = 16, 6


def pareto(cost: np.ndarray, merit: np.ndarray) -> np.ndarray:
    """Return the points that no other beats in both cost and merit, by ascending cost.

    Parameters
    ----------
    cost, merit : ndarray of shape (n,)
        Lower cost and higher merit are better.

    Returns
    -------
    ndarray of int
        Indices; of equal points the first.
    """
    front: list[int] = []
    best = -np.inf
    for i in np.lexsort((-merit, cost)):
        if merit[i] > best:
            front.append(int(i))
            best = merit[i]
    return np.array(front, dtype=int)


def _corners(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the corners of the front's steps, shape (m, 2)."""
    return np.column_stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]])


def priced(summary: TaskSummary) -> list[tuple[System, float, Cost]]:
    """Return the systems whose cost is known, with their mean and their cost, best first."""
    found = []
    for system in summary.at(summary.size):
        cost = summary.cost(system.key, summary.size)
        spread = summary.spread(system.key, summary.size)
        if cost is not None and spread is not None and cost.train_s > 0 and cost.predict_ms > 0:
            found.append((system, spread.mean, cost))
    return found


def cost_figure(summary: TaskSummary, identifier: str) -> Figure | None:
    """Draw accuracy against training time, prediction time and memory; None without costs.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.
    """
    size = summary.size
    known = priced(summary)
    if not known:
        return None
    k = wording.scale(summary.metric)
    y = np.array([mean for _, mean, _ in known])
    fronts: list[list[str]] = []
    # Memory is not known where the stages were too short to be measured.
    measures = _AXES if all(cost.peak_mb > 0 for _, _, cost in known) else _AXES[:2]

    def draw() -> Drawn:
        fronts.clear()
        lines, named = [], []
        figure, axes = new_figure(0.3 + 2.45 * len(measures), len(measures))
        for ax, (measure, label, _) in zip(axes, measures):
            x = np.array([getattr(cost, measure) for _, _, cost in known])
            front = pareto(x, summary.sign * y)
            fronts.append([known[i][0].name for i in front])
            crowded = len(known) > _NAMED
            named.append(sorted({*front, *range(_BEST)}) if crowded else range(len(known)))
            lines.append(_corners(x[front], k * y[front]))
            ax.set_xscale("log")
            ax.set_xlim(x.min() / 2.2, x.max() * 2.2)
            room = 0.12 * max(k * np.ptp(y), 0.02 * k)
            ax.set_ylim(k * y.min() - room, k * y.max() + 1.6 * room)
            if len(front) > 1:
                ax.step(
                    x[front],
                    k * y[front],
                    where="post",
                    color=QUIET,
                    lw=1,
                    ls=(0, (4, 2)),
                    zorder=1,
                )
            for (system, _, _), cx, cy in zip(known, x, k * y):
                mark = ax.scatter(
                    [cx], [cy], s=38, marker=marker(system), color=COLOUR[system.family], zorder=3
                )
                link(mark, system, about(summary, system, size))
            ax.xaxis.set_major_locator(LogLocator(numticks=8))
            ax.xaxis.set_minor_formatter(NullFormatter())
            ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
            if np.log10(x.max() * 2.2) - np.log10(x.min() / 2.2) < 2:
                ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=8))
            ax.set_xlabel(label)
            ax.set_ylabel(wording.axis_label(summary.metric))
        families = [f for f in FAMILIES if any(s.family == f for s, _, _ in known)]
        figure.legend(
            handles=family_handles(families),
            loc="outside upper left",
            ncols=3,
            handletextpad=0.2,
            columnspacing=1.5,
        )
        for ax, (measure, _, _), line, chosen in zip(axes, measures, lines, named):
            place(
                ax,
                avoid=line,
                labels=[
                    Label(
                        getattr(cost, measure),
                        k * mean,
                        wording.shortened(system.name, 16 if is_narrow() else 22),
                        TYPE[system.family],
                        system,
                    )
                    for system, mean, cost in (known[i] for i in chosen)
                ],
            )
        return figure

    drawn = drawings(draw, identifier)
    caption = (
        f"{summary.name}: accuracy against cost, trained on {summary.size_text(size)}. The dashed "
        "line joins the systems that no other beats in both (Pareto front); up and left is better."
        if summary.sign > 0
        else f"{summary.name}: error against cost, trained on {summary.size_text(size)}. The "
        "dashed line joins the systems that no other beats in both (Pareto front); down and left "
        "is better."
    )
    if len(known) > _NAMED:
        caption += f" Named are the best {_BEST} and what is on a front."
    stated = [
        f"{system.name} ({system.family}): {wording.value(summary.metric, mean)}, trained in "
        f"{wording.seconds(cost.train_s)}, {wording.milliseconds(cost.predict_ms)} ms an image, "
        f"{wording.number(cost.peak_mb, 0)} MiB"
        for system, mean, cost in known
    ]
    joined = [f"by {name}: {wording.listed(f)}" for (_, _, name), f in zip(measures, fronts)]
    alt = f"Scatter plots. {'; '.join(stated)}. Pareto fronts {'; '.join(joined)}."
    return Figure(identifier, caption, alt=alt, **drawn)
