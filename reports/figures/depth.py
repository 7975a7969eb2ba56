"""The headline metric along a network's depth, and what each step gains over the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from reports import wording
from reports.difference import Difference
from reports.document import Figure
from reports.figures.differences import draw_difference
from reports.figures.labels import Label, place
from reports.figures.linking import about, link
from reports.figures.style import COLOUR, INK, QUIET, TYPE, drawings, marker, new_figure, width
from reports.summary import System, TaskSummary


@dataclass(frozen=True)
class Step:
    """A system at one depth.

    Attributes
    ----------
    system : System
    label : str
        Its layer, or its number of layers.
    gain : Difference or None
        How much better it is than the first; None for the first.
    """

    system: System
    label: str
    gain: Difference | None


def depth_figure(
    summary: TaskSummary,
    steps: Sequence[Step],
    size: int,
    reference: System | None,
    axis: str,
    caption: str,
    identifier: str,
) -> Figure:
    """Draw the metric over depth, and below it the gains over the first with their intervals.

    Parameters
    ----------
    summary : TaskSummary
    steps : sequence of Step
        At least two, the shallowest first; all measured at `size`.
    size : int
        Training size.
    reference : System or None
        Drawn as a level line: the network itself.
    axis : str
        What the steps are.
    caption : str
        What was compared.
    identifier : str
        The figure's id.
    """
    k = wording.scale(summary.metric)
    at = np.arange(len(steps))
    spreads = [spread for s in steps if (spread := summary.spread(s.system.key, size)) is not None]
    means = k * np.array([spread.mean for spread in spreads])

    def draw() -> Drawn:
        figure, (upper, lower) = new_figure(
            3.9, 2, sharex=True, gridspec_kw={"height_ratios": [1.25, 1]}
        )
        upper.plot(at, means, color=QUIET, lw=1.2, zorder=2)
        for x, step, spread in zip(at, steps, spreads):
            colour = COLOUR[step.system.family]
            if len(spread.values) > 1:
                upper.plot([x, x], [k * spread.low, k * spread.high], color=colour, lw=1.2)
            mark = upper.scatter(
                [x], [k * spread.mean], s=36, color=colour, marker=marker(step.system), zorder=3
            )
            link(mark, step.system, about(summary, step.system, size))
        known = None if reference is None else summary.spread(reference.key, size)
        if reference is not None and known is not None:
            _level(upper, k * known.mean, wording.shortened(reference.name, 30))
        upper.margins(y=0.2)
        upper.set_ylabel(wording.axis_label(summary.metric))
        lower.axhline(0, color=INK, lw=0.9)
        for x, step in zip(at, steps):
            if step.gain is not None:
                draw_difference(lower, float(x), step.gain, k, step.system)
        lower.margins(y=0.18)
        lower.set_ylabel("Gain over the first")
        names = [wording.shortened(step.label, 20) for step in steps]
        lower.set_xticks(at, names)
        lower.set_xlim(-0.5, len(steps) - 0.5)
        lower.set_xlabel(axis)
        level = max(map(len, names)) * 0.6 * 8.5 < 72 * (width() - 1.0) / len(steps)
        for label, step in zip(lower.get_xticklabels(), steps):
            link(label, step.system)
            if not level:
                label.set(rotation=38, ha="right", va="top", rotation_mode="anchor")
        for ax in (upper, lower):
            ax.grid(axis="x", visible=False)
        labels = [
            Label(float(x), float(y), wording.number(float(y), wording.digits(summary.metric)), INK)
            for x, y in zip(at, means)
        ]
        place(upper, labels, np.column_stack([at, means]), 8 if len(steps) <= 12 else 7)
        return figure

    seeds = any(len(spread.values) > 1 for spread in spreads)
    bars = "; bars span from the worst to the best seed" if seeds else ""
    line = (
        f"; the dotted line is {reference.name}, the network itself"
        if reference is not None
        else ""
    )
    text = (
        f"{summary.name}: {caption}, trained on {summary.size_text(size)}{bars}{line}. Below, how "
        "much better each is than the first, with 95 % intervals; filled marks are significant."
    )
    return Figure(
        identifier, text, alt=_stated(summary, steps, size, axis), **drawings(draw, identifier)
    )


def _level(ax: Axes, y: float, name: str) -> None:
    ax.axhline(y, color=TYPE["learned"], lw=1, ls=(0, (1.5, 1.5)), zorder=1)
    ax.annotate(
        name, (-0.45, y), xytext=(0, 3), textcoords="offset points", fontsize=8,
        color=TYPE["learned"],
    )  # fmt: skip


def _stated(summary: TaskSummary, steps: Sequence[Step], size: int, axis: str) -> str:
    parts = []
    for step in steps:
        spread = summary.spread(step.system.key, size)
        text = f"{step.label} ({step.system.name})"
        if spread is not None:
            text += f" {wording.value(summary.metric, spread.mean)}"
        if step.gain is not None:
            d = step.gain
            text += f", gain {wording.difference(summary.metric, d.estimate, sign=True)}"
            if d.low == d.low:
                text += f" {wording.interval(summary.metric, d.low, d.high)}"
        parts.append(text)
    return f"{axis} by depth on {summary.name}: {'; '.join(parts)}"
