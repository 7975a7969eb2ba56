"""Learning curves: what a larger training set brings."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.ticker import FixedLocator, NullLocator

from reports import wording
from reports.document import Family, Figure
from reports.figures.labels import spread_apart
from reports.figures.linking import about, link
from reports.figures.style import (
    COLOUR,
    QUIET,
    TYPE,
    drawings,
    is_narrow,
    line,
    marker,
    new_figure,
)
from reports.summary import ALL, System, TaskSummary

#: Systems of a family that have a colour and a name in its panel.
NAMED = 6


def named(summary: TaskSummary, family: str) -> list[System]:
    """Return a family's best systems at the largest size that each was measured at, best first."""
    found = []
    for system in summary.systems.values():
        if system.family == family:
            sizes = [size for size in summary.sizes if summary.spread(system.key, size) is not None]
            spread = summary.spread(system.key, sizes[-1]) if sizes else None
            if spread is not None:
                found.append((summary.sizes.index(sizes[-1]), summary.sign * spread.mean, system))
    # Those that were measured at the largest size of all first.
    found.sort(key=lambda row: (-row[0], -row[1]))
    return [system for _, _, system in found[:NAMED]]


def positions(summary: TaskSummary) -> dict[int, float]:
    """Return where each training size stands on the axis; everything by its measured size."""
    sizes = [size for size in summary.sizes if size != ALL]
    where = {size: float(size) for size in sizes}
    if ALL not in summary.sizes:
        return where
    used = {
        size: [t.n_train for s in summary.systems for t in summary.complete(s, size)]
        for size in summary.sizes
    }
    everything = float(np.mean(used[ALL] or [1]))
    if sizes and used[sizes[-1]] and np.mean(used[sizes[-1]]) > 0:
        # Sizes may count images a class: samples used are then a multiple of the size.
        everything *= sizes[-1] / float(np.mean(used[sizes[-1]]))
    where[ALL] = max(everything, 1.0)
    return where


def curves_figure(summary: TaskSummary, identifier: str) -> Figure | None:
    """Draw the headline metric over training sizes, a panel a family; None for one size.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.
    """
    if len(summary.sizes) < 2:
        return None
    families = [f for f in COLOUR if any(s.family == f for s in summary.systems.values())]
    where = positions(summary)

    def draw() -> Drawn:
        figure, axes = new_figure(
            0.5 + 1.42 * len(families), len(families), sharex=True, sharey=True
        )
        for ax, family in zip(axes, families):
            _panel(ax, summary, family, named(summary, family), where)
        axes[-1].set_xlabel(f"Training size ({wording.clean(summary.task.size_unit)}), log scale")
        figure.supylabel(wording.axis_label(summary.metric), fontsize=8.5, color=QUIET)
        _end_labels(axes, summary, families, where)
        return figure

    stated = []
    for system in summary.systems.values():
        values = [
            f"{wording.value(summary.metric, spread.mean)} at {summary.size_text(size)}"
            for size in summary.sizes
            if (spread := summary.spread(system.key, size)) is not None
        ]
        stated.append(f"{system.name} ({system.family}): {', '.join(values)}")
    drawn = (
        "Lines are means over seeds, bands span from the worst to the best seed"
        if summary.seeds > 1
        else "One seed"
    )
    many = any(
        sum(system.family == family for system in summary.systems.values()) > NAMED
        for family in families
    )
    rest = f" and those of a family beyond its best {NAMED}" if many else ""
    caption = (
        f"{summary.name}: learning curves. {drawn}; the other families' curves{rest} are in grey "
        "behind each panel, and the dotted line is chance."
    )
    alt = f"Learning curves on {summary.name}. " + "; ".join(stated)
    return Figure(identifier, caption, alt=alt, **drawings(draw, identifier))


def _curve(summary: TaskSummary, system: str, where: dict[int, float]) -> np.ndarray:
    """Return x, mean, low, high in rows, a column a measured size."""
    k = wording.scale(summary.metric)
    points = [
        (where[size], k * spread.mean, k * spread.low, k * spread.high)
        for size in summary.sizes
        if (spread := summary.spread(system, size)) is not None
    ]
    return np.array(points).T


def _panel(
    ax: Axes,
    summary: TaskSummary,
    family: str,
    shown: list[System],
    where: dict[int, float],
) -> None:
    for system in summary.systems.values():
        x, mean, low, high = _curve(summary, system.key, where)
        if system not in shown:
            dot = "." if len(x) == 1 else ""
            (grey,) = ax.plot(x, mean, color="#d5dae0", lw=0.9, zorder=1, marker=dot)
            link(grey, system)
            continue
        colour = COLOUR[family]
        if len(x) > 1:
            link(ax.fill_between(x, low, high, color=colour, alpha=0.13, lw=0), system)
        else:
            (bar,) = ax.plot([x[0], x[0]], [low[0], high[0]], color=colour, lw=1, alpha=0.6)
            link(bar, system)
        (curve,) = ax.plot(
            x, mean, color=colour, ls=line(system), lw=1.5, marker=marker(system), ms=4.5, zorder=3
        )
        measured = [size for size in summary.sizes if summary.spread(system.key, size) is not None]
        link(curve, system, [about(summary, system, size) for size in measured])
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(list(where.values())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticklabels(["all" if size == ALL else f"{size:,}" for size in where])
    ax.set_title(family.capitalize(), color=TYPE[family])
    chance = wording.scale(summary.metric) * summary.chance_mean
    if np.isfinite(chance):
        ax.axhline(chance, color=QUIET, lw=0.9, ls=(0, (2, 2)), zorder=0)


def _end_labels(
    axes: list[Axes],
    summary: TaskSummary,
    families: list[Family] | list[str],
    where: dict[int, float],
) -> None:
    """Name each curve at its end, on the right of the panel, apart from each other."""
    axes[0].figure.canvas.draw()
    right = max(where.values())
    low, high = axes[0].get_ylim()
    for ax, family in zip(axes, families):
        height = ax.get_window_extent().height * 72 / ax.figure.get_dpi()
        per_point = (high - low) / height
        systems = named(summary, family)
        curves = [_curve(summary, s.key, where) for s in systems]
        wanted = [curve[1, -1] for curve in curves]
        at = spread_apart(wanted, 10.5 * per_point, low + 4 * per_point, high - 4 * per_point)
        for system, curve, y in zip(systems, curves, at):
            text = ax.annotate(
                wording.shortened(system.name, 15 if is_narrow() else 22),
                (curve[0, -1], curve[1, -1]),
                xytext=(1.035, (y - low) / (high - low)),
                textcoords="axes fraction",
                va="center",
                fontsize=8,
                color=TYPE[family],
                annotation_clip=False,
                arrowprops={
                    "arrowstyle": "-",
                    "color": "#c3cad2",
                    "lw": 0.6,
                    "shrinkA": 1,
                    "shrinkB": 4,
                }
                if curve[0, -1] < right or abs(y - curve[1, -1]) > 3 * per_point
                else None,
            )
            link(text, system)
        ax.set_ylim(low, high)
