"""The headline figure: every system, and how far the families' best differ."""

from __future__ import annotations

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from reports import wording
from reports.document import Figure
from reports.figures.linking import about, link
from reports.figures.style import (
    COLOUR,
    INK,
    QUIET,
    TYPE,
    drawings,
    is_narrow,
    marker,
    new_figure,
)
from reports.summary import System, TaskSummary

_SHOWN = 24


def pairs(summary: TaskSummary, size: int) -> list[tuple[str, System, System]]:
    """Return the comparisons that answer the report's question: label, system, reference."""
    best = {f: summary.best(f, size) for f in ("engineered", "learned", "fused")}
    found = []
    for a, b in (("learned", "engineered"), ("fused", "engineered"), ("fused", "learned")):
        left, right = best[a], best[b]  # type: ignore[index]
        if left is not None and right is not None:
            found.append((f"{a} − {b}", left, right))
    return found


def comparison_figure(summary: TaskSummary, identifier: str) -> Figure:
    """Draw every system's mean at the largest training size, and the differences of the best.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.
    """
    size = summary.size
    systems = summary.at(size)[:_SHOWN]
    rows = pairs(summary, size)
    heights = [0.55 + 0.235 * len(systems)]
    if rows:
        heights.append(0.75 + 0.26 * len(rows))

    def draw() -> Drawn:
        figure, axes = new_figure(
            sum(heights) + 0.25, len(heights), gridspec_kw={"height_ratios": heights}
        )
        _values(axes[0], summary, systems, size)
        if rows:
            _differences(axes[1], summary, rows, size)
        return figure

    metric = wording.metric_name(summary.metric, mean=True)
    stated = []
    for system in systems:
        spread = summary.spread(system.key, size)
        if spread is not None:
            text = wording.value(summary.metric, spread.mean)
            stated.append(f"{system.name} ({system.family}) {text}")
    for label, a, b in rows:
        d = summary.difference(a.key, b.key, size)
        if d is not None:
            stated.append(
                f"{label}: {wording.difference(summary.metric, d.estimate, sign=True)} "
                f"{wording.interval(summary.metric, d.low, d.high)}"
            )
    cut = f", the best {_SHOWN}" if len(summary.at(size)) > _SHOWN else ""
    caption = f"{summary.name}: systems trained on {summary.size_text(size)}{cut}, best first"
    if any(summary.interval(system.key, size) for system in systems):
        caption += ". Pale bars are 95\u00a0% intervals over test samples, each system by itself"
    if summary.seeds > 1:
        caption += ". Large marks are means over seeds, small ones single seeds"
    if rows:
        caption += (
            ". Below, how far the best systems of the families differ, with 95\u00a0% intervals; "
            "right of zero the first is better. Filled marks: significant over the concepts as "
            "well; grey: no difference that can be told"
        )
    return Figure(
        identifier,
        f"{caption}.",
        alt=f"Dot plot of {metric} on {summary.name}. " + "; ".join(stated),
        **drawings(draw, identifier),
    )


def _values(ax: Axes, summary: TaskSummary, systems: list[System], size: int) -> None:
    k = wording.scale(summary.metric)
    for y, system in enumerate(systems):
        spread = summary.spread(system.key, size)
        assert spread is not None
        colour = COLOUR[system.family]
        right = max(spread.values)
        low, high = summary.interval(system.key, size) or (np.nan, np.nan)
        if np.isfinite([low, high]).all():
            (bar,) = ax.plot(
                [k * low, k * high], [y, y], color=colour, lw=6, alpha=0.18, solid_capstyle="butt"
            )
            link(bar, system)
            right = max(right, high)
        if len(spread.values) > 1:
            (bar,) = ax.plot(
                [k * spread.low, k * spread.high], [y, y], color=colour, lw=1.2, alpha=0.6
            )
            seeds = ax.scatter(
                k * np.array(spread.values),
                [y] * len(spread.values),
                s=7,
                color=colour,
                alpha=0.6,
                linewidths=0,
            )
            link(bar, system)
            link(seeds, system)
        mark = ax.scatter(
            [k * spread.mean], [y], s=36, color=colour, marker=marker(system), zorder=3
        )
        link(mark, system, about(summary, system, size))
        text = ax.annotate(
            wording.value(summary.metric, spread.mean, unit=False),
            (k * right, y),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK,
        )
        link(text, system)
    length = 18 if is_narrow() else 26
    ax.set_yticks(range(len(systems)), [wording.shortened(s.name, length) for s in systems])
    for label, system in zip(ax.get_yticklabels(), systems):
        label.set_color(TYPE[system.family])
        link(label, system)
    ax.set_ylim(len(systems) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)
    chance = k * summary.chance_mean
    if np.isfinite(chance):
        ax.axvline(chance, color=QUIET, lw=1, ls=(0, (2, 2)), zorder=0)
        ax.annotate(
            "chance",
            (chance, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, 2),
            textcoords="offset points",
            fontsize=7.5,
            color=QUIET,
        )
    ax.margins(x=0.14)
    # Values stand right of their bars.
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.06 * (high - low))
    ax.set_xlabel(wording.axis_label(summary.metric))


def _differences(
    ax: Axes, summary: TaskSummary, rows: list[tuple[str, System, System]], size: int
) -> None:
    k = wording.scale(summary.metric)
    for y, (_, a, b) in enumerate(rows):
        d = summary.difference(a.key, b.key, size)
        assert d is not None
        sure = d.verdict in ("better", "worse")
        open_ = d.verdict in ("tie", "unknown")
        colour = QUIET if open_ else COLOUR[a.family if d.estimate >= 0 else b.family]
        if np.isfinite([d.low, d.high]).all():
            ax.plot([k * d.low, k * d.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt")
        ax.scatter(
            [k * d.estimate],
            [y],
            s=34,
            zorder=3,
            color=colour if sure else "white",
            edgecolors=colour,
            linewidths=1.4,
        )
    ax.axvline(0, color=INK, lw=0.9)
    ax.set_yticks(range(len(rows)), [label for label, _, _ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, -0.15 * (high - low)), max(high, 0.15 * (high - low)))
    # More would run into each other.
    ax.locator_params(axis="x", nbins=6)
    unit = " (points)" if summary.metric in wording.PERCENT else ""
    name = wording.metric_name(summary.metric, mean=True)
    better = "" if summary.sign > 0 else ", sign turned"
    label = f"Difference in {name}{unit}{better}"
    ax.set_xlabel(fill(label, 26) if is_narrow() else label)
