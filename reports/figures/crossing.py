"""Two learning curves, how far they are apart, and where they meet."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.ticker import FixedLocator, NullLocator

from reports import wording
from reports.claims.extrapolation import Crossing, Withheld
from reports.claims.gap import Gap
from reports.document import FAMILIES, Figure
from reports.figures.curves import positions
from reports.figures.differences import draw_difference
from reports.figures.labels import spread_apart
from reports.figures.linking import about, link
from reports.figures.style import COLOUR, INK, QUIET, TYPE, drawings, line, marker, new_figure
from reports.summary import ALL, System, TaskSummary


def crossing_figure(
    summary: TaskSummary, found: Gap, where: Crossing | Withheld | None, identifier: str
) -> Figure:
    """Draw both curves, the gap with its intervals, and the crossing with its range, if known.

    Parameters
    ----------
    summary : TaskSummary
    found : Gap
        Of at least two sizes.
    where : Crossing, Withheld or None
    identifier : str
        The figure's id.
    """

    def draw() -> Drawn:
        figure, axes = new_figure(3.7, 2, sharex=True, gridspec_kw={"height_ratios": [1.25, 1]})
        upper, lower = axes
        for system in (found.engineered, found.learned):
            _curve(upper, summary, found, system)
        upper.set_ylabel(wording.axis_label(summary.metric))
        _gap(lower, summary, found)
        if isinstance(where, Crossing):
            _crossing(lower, summary, found, where)
        lower.set_xscale("log")
        lower.xaxis.set_major_locator(FixedLocator(list(found.x)))
        lower.xaxis.set_minor_locator(NullLocator())
        lower.set_xticklabels(["all" if size == ALL else f"{size:,}" for size in found.sizes])
        unit = wording.clean(summary.task.size_unit)
        lower.set_xlabel(f"Training size ({unit}), log scale")
        lower.set_xlim(*_limits(found, where))
        _names(upper, summary, found)
        return figure

    return Figure(
        identifier,
        _caption(summary, where),
        alt=_stated(summary, found, where),
        **drawings(draw, identifier),
    )


def _curve(ax: Axes, summary: TaskSummary, found: Gap, system: System) -> None:
    k, colour, where = wording.scale(summary.metric), COLOUR[system.family], positions(summary)
    spreads = [(where[size], summary.spread(system.key, size)) for size in found.sizes]
    points = np.array([(x, s.mean, s.low, s.high) for x, s in spreads if s is not None]).T
    x, mean, low, high = points[0], *(k * points[1:])
    ax.fill_between(x, low, high, color=colour, alpha=0.13, lw=0)
    (curve,) = ax.plot(x, mean, color=colour, ls=line(system), marker=marker(system), lw=1.5, ms=5)
    measured = [size for size in found.sizes if summary.spread(system.key, size) is not None]
    link(curve, system, [about(summary, system, size) for size in measured])


def _gap(ax: Axes, summary: TaskSummary, found: Gap) -> None:
    k = wording.scale(summary.metric)
    ax.axhline(0, color=INK, lw=0.9)
    ax.plot(found.x, [k * d.estimate for d in found.differences], color=QUIET, lw=1.1, zorder=2)
    for x, d in zip(found.x, found.differences):
        draw_difference(ax, x, d, k, found.learned)
    ax.margins(y=0.18)
    ax.set_ylabel("Learned − engineered")


def _crossing(ax: Axes, summary: TaskSummary, found: Gap, where: Crossing) -> None:
    """Draw the line that is carried on, and where it meets zero, with its range."""
    a, b = where.line
    if math.isfinite(a):
        k = wording.scale(summary.metric)
        x = np.array([found.x[0], where.at])
        ax.plot(x, k * (a + b * np.log10(x)), color=COLOUR["learned"], lw=1.1, ls=(0, (4, 2)))
    high = min(where.high, _limits(found, where)[1])
    ax.plot([where.low, high], [0, 0], color=COLOUR["learned"], lw=5, alpha=0.35, zorder=1,
            solid_capstyle="butt")  # fmt: skip
    ax.plot([where.at], [0], marker="|", ms=13, mew=2, color=TYPE["learned"], zorder=4)
    ax.annotate(
        wording.about(where.at),
        (where.at, 0),
        xytext=(0, -9),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=8,
        color=TYPE["learned"],
    )


def _limits(found: Gap, where: Crossing | Withheld | None) -> tuple[float, float]:
    """Return where the axis begins and ends; a range that is open ends at its edge."""
    high = found.x[-1]
    if isinstance(where, Crossing):
        high = max(high, where.at, min(where.high, 10 * found.x[-1]))
    reach = (high / found.x[0]) ** 0.06
    return found.x[0] / reach, high * reach


def _names(ax: Axes, summary: TaskSummary, found: Gap) -> None:
    """Name both curves at their ends, apart from each other."""
    systems = sorted((found.engineered, found.learned), key=lambda s: FAMILIES.index(s.family))
    spreads = [summary.spread(system.key, found.sizes[-1]) for system in systems]
    ends = [wording.scale(summary.metric) * s.mean for s in spreads if s is not None]
    ax.figure.canvas.draw()
    low, high = ax.get_ylim()
    per_point = (high - low) / (ax.get_window_extent().height * 72 / ax.figure.get_dpi())
    for system, end, y in zip(systems, ends, spread_apart(ends, 12 * per_point, low, high)):
        text = ax.annotate(
            wording.shortened(system.name, 22),
            (found.x[-1], end),
            xytext=(8, (y - end) / per_point),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=TYPE[system.family],
            annotation_clip=False,
        )
        link(text, system)
    ax.set_ylim(low, high)


def _caption(summary: TaskSummary, where: Crossing | Withheld | None) -> str:
    text = (
        f"{summary.name}: the best learned system trained on the task alone, and the best "
        "engineered one. Below, how much better the learned one is, with 95 % intervals; filled "
        "marks are significant"
    )
    if isinstance(where, Crossing):
        line_ = ", should it go on as the dashed line" if math.isfinite(where.line[0]) else ""
        text += f". The bar on the zero line is the range in which the gap closes{line_}"
    bands = " Bands span from the worst to the best seed." if summary.seeds > 1 else ""
    return f"{text}.{bands}"


def _stated(summary: TaskSummary, found: Gap, where: Crossing | Withheld | None) -> str:
    parts = []
    for size, d in zip(found.sizes, found.differences):
        values = [summary.spread(s.key, size) for s in (found.learned, found.engineered)]
        shown = [wording.value(summary.metric, s.mean) for s in values if s is not None]
        gap = wording.difference(summary.metric, d.estimate, sign=True)
        interval = f" {wording.interval(summary.metric, d.low, d.high)}" if d.low == d.low else ""
        parts.append(
            f"at {summary.size_text(size)} {found.learned.name} {shown[0]}, "
            f"{found.engineered.name} {shown[1]}, difference {gap}{interval}"
        )
    text = f"Learning curves on {summary.name}: {'; '.join(parts)}."
    if isinstance(where, Withheld):
        text += f" Where they meet is not said: {where.reason}."
    elif where is not None:
        text += f" They meet at about {wording.about(where.at)}."
    return text
