"""Every system against every other: how far ahead, and whether that can be told."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.patches import Patch, Rectangle

from reports import wording
from reports.difference import Difference
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
    width,
)
from reports.summary import System, TaskSummary

SHOWN = 16
#: Inches: of a name left of the first column, of the largest cell, of what stands above and below.
_NAME, _CELL, _HEAD, _FOOT = 1.5, 0.38, 0.26, 0.36
#: Of a name on a telephone, and the most systems whose cells are large enough there.
_NARROW_NAME, _FEW = 1.2, 8
_SURE, _BARE = "#33475c", "#eaeef2"


def pairwise_figure(summary: TaskSummary, identifier: str) -> Figure | None:
    """Draw the differences of all pairs of systems with their verdicts; None for one system.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.
    """
    size = summary.size
    ranked = summary.at(size)
    systems = ranked[:SHOWN]
    if len(systems) < 2:
        return None
    found = {
        (i, j): d
        for i, a in enumerate(systems)
        for j, b in enumerate(systems)
        if i < j and (d := summary.difference(a.key, b.key, size)) is not None
    }

    def draw() -> Drawn:
        cell = min(_CELL, (width() - _name() - 0.06) / (len(systems) - 1))
        figure, (ax,) = new_figure(_HEAD + _FOOT + len(systems) * cell)
        figure.set_layout_engine("none")
        _draw(ax, summary, systems, found, cell)
        return figure

    metric = wording.metric_name(summary.metric, mean=True)
    unit = " in points" if summary.metric in wording.PERCENT else ""
    caption = (
        f"{summary.name}: how far the system of a row is ahead of the system of a column in "
        f"{metric}{unit}, trained on {summary.size_text(size)}, best first"
        f"{f', the best {SHOWN}' if len(ranked) > SHOWN else ''}. Filled: the lead is confirmed; "
        "framed: it is there on these test samples, but not confirmed over the concepts after "
        "correction; bare: cannot be told apart."
    )
    if summary.sign < 0:
        caption += " A lead is a lower value."
    notes = []
    rest = ranked[SHOWN:]
    if rest:
        names = [wording.shortened(system.name, 40) for system in rest[:12]]
        more = len(rest) - len(names)
        notes.append(
            f"Not drawn, as they score lower: "
            f"{wording.listed([*names, f'{more} more'] if more else names)}. "
            "All pairs are in tables/comparisons.csv."
        )
    return Figure(
        identifier, caption, alt=_alt(summary, systems, found), notes=tuple(notes),
        # Of many systems the numbers would not be legible: on a telephone the wide one scrolls.
        wide=len(systems) > _FEW, **drawings(draw, identifier, narrow=len(systems) <= _FEW),
    )  # fmt: skip


def _name() -> float:
    return _NARROW_NAME if is_narrow() else _NAME


def _draw(
    ax: Axes,
    summary: TaskSummary,
    systems: list[System],
    found: dict[tuple[int, int], Difference],
    cell: float,
) -> None:
    """Draw in inches from the upper left corner, y down; no cell on or below the diagonal."""
    n = len(systems)
    height = ax.figure.get_size_inches()[1]  # type: ignore[union-attr]
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, width()), ylim=(height, 0))
    ax.axis("off")
    # Few systems would stand at the left edge alone.
    left = _name() + max(0.0, (width() - _name() - 0.06 - (n - 1) * cell) / 2)
    small = float(np.clip(cell * 72 / 2.75, 6.0, 8.5))
    for place, system in enumerate(systems):
        y = _HEAD + (place + 0.5) * cell
        edge = left + place * cell - 0.06
        room = int((edge - 0.3) / 0.073)
        number = f"{place + 1}"
        ax.text(edge, y, number, ha="right", va="center", fontsize=8, color=QUIET)
        mark = ax.scatter(
            [edge - 0.23], [y], s=20, color=COLOUR[system.family], marker=marker(system)
        )
        text = ax.text(
            edge - 0.31, y, wording.shortened(system.name, min(room, 30)), ha="right",
            va="center", fontsize=8, color=TYPE[system.family],
        )  # fmt: skip
        link(mark, system, about(summary, system, summary.size))
        link(text, system)
        if place:
            x = left + (place - 0.5) * cell
            ax.text(x, _HEAD - 0.05, number, ha="center", va="bottom", fontsize=8, color=QUIET)
    for (i, j), d in found.items():
        _cell(ax, summary, d, left + (j - 1) * cell, _HEAD + i * cell, cell, small)
    ax.legend(
        handles=[
            Patch(facecolor=_SURE, label="confirmed"),
            Patch(facecolor="white", edgecolor=INK, label="not confirmed"),
            Patch(facecolor=_BARE, label="cannot be told apart"),
        ],
        loc="lower center", bbox_to_anchor=(0.5, 0.0), ncols=3,
        fontsize=7.5 if is_narrow() else 8, columnspacing=0.8 if is_narrow() else 1.4,
        handlelength=1.2, handleheight=1.0, handletextpad=0.5, borderaxespad=0.15,
    )  # fmt: skip


def _cell(
    ax: Axes, summary: TaskSummary, d: Difference, x: float, y: float, side: float, small: float
) -> None:
    pad = 0.04 * side
    sure, leaning = d.verdict in ("better", "worse"), d.verdict.startswith("leaning")
    ax.add_patch(
        Rectangle(
            (x + pad, y + pad),
            side - 2 * pad,
            side - 2 * pad,
            facecolor=_SURE if sure else "white" if leaning else _BARE,
            edgecolor=INK if leaning else "none",
            linewidth=1.0,
        )
    )
    ax.text(
        x + side / 2,
        y + side / 2,
        compact(summary.metric, d.estimate),
        ha="center",
        va="center",
        fontsize=small,
        color="white" if sure else INK if leaning else QUIET,
    )


def compact(metric: str, x: float) -> str:
    """Write a difference in four places: ".031" or "3.1"; below zero with its sign."""
    text = wording.number(x * wording.scale(metric), wording.digits(metric))
    return text.replace("0.", ".", 1) if metric not in wording.PERCENT else text


def _alt(
    summary: TaskSummary, systems: list[System], found: dict[tuple[int, int], Difference]
) -> str:
    words = {
        "better": "ahead", "worse": "behind", "leaning better": "ahead, not confirmed",
        "leaning worse": "behind, not confirmed", "tie": "cannot be told apart",
        "unknown": "no interval",
    }  # fmt: skip
    rows = []
    for i, system in enumerate(systems[:-1]):
        against = [
            f"{systems[j].name} {wording.difference(summary.metric, d.estimate, sign=True)} "
            f"({words[d.verdict]})"
            for (row, j), d in found.items()
            if row == i
        ]
        rows.append(f"{system.name} against {', '.join(against)}")
    return f"Matrix of differences. {'; '.join(rows)}."
