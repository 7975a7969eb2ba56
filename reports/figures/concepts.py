"""Concept by concept: where the families part."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Drawn

from reports import wording
from reports.document import FAMILIES, Family, Figure
from reports.figures.linking import link
from reports.figures.markers import MARKERS
from reports.figures.style import COLOUR, QUIET, drawings, is_narrow, new_figure
from reports.summary import System, TaskSummary

SHOWN = 24


def best_of_families(summary: TaskSummary, size: int) -> dict[Family, System]:
    """Return each family's best system at a size."""
    best = {family: summary.best(family, size) for family in FAMILIES}
    return {family: system for family, system in best.items() if system is not None}


def contrast(summary: TaskSummary, size: int) -> np.ndarray:
    """Return how far learned is ahead of engineered on each concept, in its metric's direction.

    Without one of the two it is the difference of the best and the second best system, and with
    one system only its value.
    """
    best = best_of_families(summary, size)
    sign = 1.0 if wording.higher_is_better(summary.concept_metric) else -1.0
    if "engineered" in best and "learned" in best:
        pair = [best["learned"], best["engineered"]]
    else:
        pair = summary.at(size)[:2]
    values = [summary.concepts(system.key, size) for system in pair]
    return sign * (values[0] - values[1] if len(values) > 1 else values[0])


def separating(summary: TaskSummary, size: int, most: int = SHOWN) -> np.ndarray:
    """Return the indices of the concepts that separate the families most, by contrast.

    Parameters
    ----------
    summary : TaskSummary
    size : int
    most : int
        How many at most; half from either end.

    Returns
    -------
    ndarray of int
        The learned system's strongest first.
    """
    gap = contrast(summary, size)
    defined = np.flatnonzero(np.isfinite(gap))
    order = defined[np.argsort(-gap[defined], kind="stable")]
    if len(order) <= most:
        return order
    return np.concatenate([order[: most // 2], order[len(order) - most // 2 :]])


def concepts_figure(summary: TaskSummary, identifier: str) -> Figure | None:
    """Draw each concept's value for the best system of every family, and its chance level.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.
    """
    size = summary.size
    best = best_of_families(summary, size)
    order = separating(summary, size)
    if not len(order):
        return None
    k = wording.scale(summary.concept_metric)
    values = {f: k * summary.concepts(s.key, size)[order] for f, s in best.items()}
    levels = summary.chance(summary.concept_metric)
    names = [wording.clean(summary.task.concepts[i]) for i in order]
    metric = wording.concept_metric_name(summary.concept_metric)

    def draw() -> Drawn:
        figure, (ax,) = new_figure(
            0.95 + 0.225 * len(order) + (0.18 * len(values) if is_narrow() else 0)
        )
        rows = np.arange(len(order))
        stack = np.array(list(values.values()))
        ax.hlines(rows, np.nanmin(stack, 0), np.nanmax(stack, 0), color="#c8cfd6", lw=1.6, zorder=1)
        if levels is not None:
            ax.scatter(
                k * levels[order],
                rows,
                marker="|",
                s=70,
                color=QUIET,
                linewidths=1.2,
                label="chance",
                zorder=2,
            )
        for family, x in values.items():
            known = np.flatnonzero(np.isfinite(x))
            marks = ax.scatter(
                x[known],
                rows[known],
                s=34,
                marker=MARKERS[family][0],
                color=COLOUR[family],
                zorder=3,
                label=f"{family}: {wording.shortened(best[family].name, 30)}",
                edgecolors="white",
                linewidths=0.5,
            )
            said = [
                f"{best[family].name}\n{names[row]}: {metric} "
                f"{wording.value(summary.concept_metric, x[row] / k)}"
                for row in known
            ]
            link(marks, best[family], said)
        length = 18 if is_narrow() else 24
        ax.set_yticks(rows, [wording.shortened(name, length) for name in names])
        ax.set_ylim(len(order) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        ax.set_xlim(-2 if k > 1 else -0.02, 102 if k > 1 else 1.02)
        ax.set_xlabel(wording.axis_label(summary.concept_metric, mean=False))
        figure.legend(
            loc="outside upper left",
            ncols=1 if is_narrow() else 2,
            handletextpad=0.3,
            columnspacing=1.2,
            borderpad=0.1,
        )
        return figure

    all_of_them = len(order) == len(summary.task.concepts)
    both = "engineered" in best and "learned" in best
    ends = "where learned fares best, and worst, against engineered" if both else (
        "with the largest, and the smallest, difference of the two best systems"
        if len(summary.at(size)) > 1 else "with the highest, and the lowest, values"
    )  # fmt: skip
    which = "every concept" if all_of_them else f"the {len(order)} concepts {ends}"
    end = "; learned fares best against engineered at the top, worst at the bottom" if both else ""
    caption = (
        f"{summary.name}: {which}, with the best system of each family trained on "
        f"{summary.size_text(size)}{end}."
    )
    stated = [
        f"{name}: "
        + ", ".join(
            f"{family} {wording.value(summary.concept_metric, x[row] / k)}"
            for family, x in values.items()
        )
        for row, name in enumerate(names)
    ]
    return Figure(
        identifier,
        caption,
        alt=f"Dot plot of {metric} for each concept. " + "; ".join(stated),
        **drawings(draw, identifier),
    )
