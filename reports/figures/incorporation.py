"""The incorporation curve: what each stage added gained, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from reports import wording
from reports.document import FAMILIES, Figure
from reports.figures.labels import Label, place, spread_apart
from reports.figures.linking import about, link
from reports.figures.style import (
    COLOUR,
    INK,
    QUIET,
    TYPE,
    drawings,
    family_handles,
    is_narrow,
    marker,
    new_figure,
    width,
)
from reports.stages import Stage, families_of
from reports.summary import ALL, System, TaskSummary

#: What stands where a stage has no results.
ABSENT = {
    "failed": "failed",
    "skipped": "skipped",
    "missing": "no results",
    "absent": "not planned here",
}
_PALE = "#aab3bd"


def incorporation_figure(
    summary: TaskSummary, found: Sequence[Stage], size: int, identifier: str
) -> Figure:
    """Draw the headline metric and the cost over the stages.

    Parameters
    ----------
    summary : TaskSummary
    found : sequence of Stage
        At least one with results.
    size : int
        Their training size; the others are drawn as thin lines.
    identifier : str
        The figure's id.
    """
    with_costs = any(stage.cost_s > 0 for stage in found)
    heights = [2.3, 1.15] if with_costs else [2.3]
    families = families_of(found)

    def draw() -> Drawn:
        level = _fit_level(found)
        figure, axes = new_figure(
            sum(heights) + (0.4 if level else 0.95) + 0.25 * (len(families) > 1),
            len(heights),
            sharex=True,
            gridspec_kw={"height_ratios": heights},
        )
        if with_costs:
            _costs(axes[1], summary, found, size)
        others = _metric(axes[0], summary, found, size)
        length = 16 if is_narrow() else 22
        names = [wording.shortened(stage.system.name, length) for stage in found]
        axes[-1].set_xticks(range(len(found)), names)
        axes[-1].set_xlim(-0.5, len(found) - 0.5)
        for label, stage in zip(axes[-1].get_xticklabels(), found):
            label.set_color(QUIET if stage.spread is None else TYPE[stage.system.family])
            link(label, stage.system)
            if not level:
                label.set(rotation=38, ha="right", va="top", rotation_mode="anchor")
        if len(families) > 1:
            figure.legend(
                handles=family_handles([f for f in FAMILIES if f in families]),
                loc="outside upper left",
                ncols=3,
                handletextpad=0.2,
                columnspacing=1.5,
            )
        _name_sizes(axes[0], summary, others, found, size)
        _label(axes, summary, found, others)
        return figure

    others = any(
        np.isfinite(_values(summary, [stage.system for stage in found], other)).any()
        for other in summary.sizes
        if other != size
    )
    return Figure(
        identifier,
        _caption(summary, found, size, others, with_costs),
        alt=f"Incorporation curve on {summary.name}. " + "; ".join(map(_stated(summary), found)),
        **drawings(draw, identifier),
    )


def _fit_level(found: Sequence[Stage]) -> bool:
    """Whether the systems' names have room beside each other, written level."""
    room = 72 * (width() - 1.0) / len(found)
    longest = max(min(len(stage.system.name), 22) for stage in found)
    return longest * 0.6 * 8.5 < room


def _metric(
    ax: Axes, summary: TaskSummary, found: Sequence[Stage], size: int
) -> dict[int, np.ndarray]:
    """Draw the curve; return the other sizes' values, one a stage."""
    k = wording.scale(summary.metric)
    others = {
        other: k * _values(summary, [stage.system for stage in found], other)
        for other in summary.sizes
        if other != size
    }
    others = {other: values for other, values in others.items() if np.isfinite(values).any()}
    for values in others.values():
        at = np.flatnonzero(np.isfinite(values))
        ax.plot(at, values[at], color=_PALE, lw=0.9, marker=".", ms=4, zorder=1)
    means = np.array([k * stage.spread.mean if stage.spread else np.nan for stage in found])
    at = np.flatnonzero(np.isfinite(means))
    _join(ax, at, means[at])
    for x, stage in enumerate(found):
        if stage.spread is None:
            # On the side of the panel that the curve leaves free.
            over = np.interp(x, at, means[at]) < (np.nanmin(means) + np.nanmax(means)) / 2
            ax.annotate(
                ABSENT[stage.status],
                (x, 0.97 if over else 0.03),
                xycoords=("data", "axes fraction"),
                rotation=90,
                ha="center",
                va="top" if over else "bottom",
                fontsize=8,
                color=QUIET,
            )
            continue
        colour = COLOUR[stage.system.family]
        spread = stage.spread
        if len(spread.values) > 1:
            ends = [k * spread.low, k * spread.high]
            (bar,) = ax.plot([x, x], ends, color=colour, lw=1.2, alpha=0.6)
            link(bar, stage.system)
        sure = stage.gain is None or stage.gain.verdict in ("better", "worse")
        mark = ax.scatter(
            [x],
            [k * spread.mean],
            s=36,
            marker=marker(stage.system),
            color=colour if sure else "white",
            edgecolors=colour,
            linewidths=1.4,
            zorder=3,
        )
        link(mark, stage.system, about(summary, stage.system, size))
    ax.margins(y=0.14)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel(wording.axis_label(summary.metric))
    return others


def _join(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw a line through points, dashed where stages between them have no results."""
    for i, j in pairwise(range(len(x))):
        gap = x[j] - x[i] > 1
        style = (0, (3, 2)) if gap else "-"
        ax.plot(x[[i, j]], y[[i, j]], color=QUIET, lw=1.2, ls=style, zorder=2)


def _values(summary: TaskSummary, systems: Sequence[System], size: int) -> np.ndarray:
    spreads = [summary.spread(system.key, size) for system in systems]
    return np.array([np.nan if spread is None else spread.mean for spread in spreads])


def _name_sizes(
    ax: Axes,
    summary: TaskSummary,
    others: dict[int, np.ndarray],
    found: Sequence[Stage],
    size: int,
) -> None:
    """Write each training size at the end of its line, apart from each other."""
    if not others:
        return
    main = np.array(
        [wording.scale(summary.metric) * s.spread.mean if s.spread else np.nan for s in found]
    )
    lines = {size: main, **others}
    last = {at: int(np.flatnonzero(np.isfinite(values))[-1]) for at, values in lines.items()}
    ends = {at: float(values[last[at]]) for at, values in lines.items()}
    ax.figure.canvas.draw()
    low, high = ax.get_ylim()
    per_point = (high - low) / (ax.get_window_extent().height * 72 / ax.figure.get_dpi())
    at = spread_apart(
        list(ends.values()), 10.5 * per_point, low + 4 * per_point, high - 4 * per_point
    )
    for (this, end), y in zip(ends.items(), at):
        ax.annotate(
            "all" if this == ALL else f"{this:,}",
            (last[this], end),
            xytext=(1.015, (y - low) / (high - low)),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            color=INK if this == size else QUIET,
            annotation_clip=False,
        )
    ax.set_ylim(low, high)


def _costs(ax: Axes, summary: TaskSummary, found: Sequence[Stage], size: int) -> None:
    known = [(x, stage) for x, stage in enumerate(found) if stage.cost_s > 0]
    costs = np.array([stage.cost_s for _, stage in known])
    _join(ax, np.array([x for x, _ in known]), costs)
    for x, stage in known:
        family = stage.system.family
        mark = ax.scatter(
            [x], [stage.cost_s], s=26, marker=marker(stage.system), color=COLOUR[family], zorder=3
        )
        link(mark, stage.system, about(summary, stage.system, size))
    ax.set_yscale("log")
    # At least a factor of ten: costs that are nearly the same shall look so.
    middle = np.sqrt(costs.min() * costs.max())
    half = max(np.sqrt(costs.max() / costs.min()) * 2, 10**0.5)
    ax.set_ylim(middle / half, middle * half)
    subs = (1.0,) if half > 10 else (1.0, 2.0, 5.0)
    ax.yaxis.set_major_locator(LogLocator(subs=subs, numticks=6))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    ax.grid(axis="x", visible=False)
    ax.set_ylabel("Cost (s), log scale")


def _label(
    axes: Sequence[Axes],
    summary: TaskSummary,
    found: Sequence[Stage],
    others: dict[int, np.ndarray],
) -> None:
    """Write values beside the marks, where they cover neither line nor bar."""
    k = wording.scale(summary.metric)
    labels, corners = [], []
    for x, stage in enumerate(found):
        if stage.spread is not None:
            mean, low, high = (
                k * y for y in (stage.spread.mean, stage.spread.low, stage.spread.high)
            )
            text = wording.value(summary.metric, stage.spread.mean, unit=False)
            labels.append(Label(x, mean, text, INK, stage.system))
            corners += [(x, mean), (x, high), (x, low), (x, mean)]
    # The other sizes' lines, back and forth: one line through all that a label should not cover.
    for turn, values in enumerate(others.values()):
        at = np.flatnonzero(np.isfinite(values))
        corners += [(x, values[x]) for x in (at if turn % 2 else at[::-1])]
    fontsize = 8 if len(found) <= 12 else 7
    place(axes[0], labels, np.array(corners, dtype=float), fontsize)
    if len(axes) > 1:
        known = [(x, stage.cost_s) for x, stage in enumerate(found) if stage.cost_s > 0]
        costs = [Label(x, cost, wording.seconds(cost), INK, found[x].system) for x, cost in known]
        place(axes[1], costs, np.array(known, dtype=float), fontsize)


def _caption(
    summary: TaskSummary, found: Sequence[Stage], size: int, others: bool, with_costs: bool
) -> str:
    text = f"{summary.name}: what each stage adds, trained on {summary.size_text(size)}"
    if any(stage.spread is not None and len(stage.spread.values) > 1 for stage in found):
        text += ". Marks are means over seeds, bars span from the worst to the best seed"
    text += (
        ". Filled marks: the difference from the one before is significant; hollow ones: it is "
        "not, or not evenly over the concepts"
    )
    if any(stage.spread is None for stage in found):
        text += ". Lines are dashed over stages without results"
    if others:
        unit = wording.clean(summary.task.size_unit)
        text += f". Grey lines are other training sizes ({unit}), named at their ends"
    if with_costs:
        text += (
            ". Below, the elapsed time to train the system and to score the test samples, as if "
            "nothing had been cached"
        )
    return f"{text}."


def _stated(summary: TaskSummary) -> Callable[[Stage], str]:
    def state(stage: Stage) -> str:
        name = f"{stage.system.name} ({stage.system.family})"
        if stage.spread is None:
            return f"{name}: {ABSENT[stage.status]}"
        text = f"{name}: {wording.value(summary.metric, stage.spread.mean)}"
        if stage.cost_s > 0:
            text += f" in {wording.seconds(stage.cost_s)}"
        return text

    return state
