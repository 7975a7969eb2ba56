"""Scores along a video, before and after re-scoring, above what is true of each shot."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from scipy.special import ndtri

from reports import wording
from reports.document import Figure
from reports.figures.linking import link
from reports.figures.style import COLOUR, GRID, INK, QUIET, drawings, is_narrow, marker, new_figure
from reports.summary import TaskSummary
from reports.timelines import Rescoring, Timeline

_PANEL, _BAND = 1.28, 0.13
#: Shares of the test samples that score lower, and what they are called.
_TICKS = {
    0.001: "last 0.1 %", 0.01: "last 1 %", 0.1: "last 10 %", 0.5: "middle", 0.9: "top 10 %",
    0.99: "top 1 %", 0.999: "top 0.1 %",
}  # fmt: skip
_TRUTH = {1: "positive", 0: "negative", -1: "unjudged"}
_PLACES = {
    "largest": "largest gain",
    "median": "median gain",
    "smallest": "smallest gain",
    "only": "the only concept",
}


def timeline_figure(summary: TaskSummary, found: Rescoring, identifier: str) -> Figure:
    """Draw a concept a panel: where each shot stands among all test samples, and the truth.

    Parameters
    ----------
    summary : TaskSummary
    found : Rescoring
        As `reports.timelines.rescoring` returns it.
    identifier : str
        The figure's id.
    """
    lines = found.timelines

    def draw() -> Drawn:
        heights = [_PANEL, _BAND] * len(lines)
        figure, axes = new_figure(
            (1.6 if is_narrow() else 1.15) + (_PANEL + 0.72) * len(lines),
            len(heights),
            gridspec_kw={"height_ratios": heights},
        )
        every = np.concatenate([np.r_[line.before, line.after] for line in lines])
        low, high = ndtri(every.min()) - 0.25, ndtri(every.max()) + 0.25
        for line, ax, band in zip(lines, axes[::2], axes[1::2]):
            _scores(ax, found, line, (low, high))
            _truth(band, line)
            ax.set_title(_title(summary, line), fontsize=8.5)
        axes[-1].set_xlabel("Shot")
        figure.legend(
            handles=_handles(found, lines),
            loc="outside upper left",
            ncols=1 if is_narrow() else 2,
            handletextpad=0.5,
            columnspacing=1.2,
            borderpad=0.1,
        )
        return figure

    return Figure(
        identifier, _caption(summary, found), alt=_alt(summary, found), **drawings(draw, identifier)
    )


def _title(summary: TaskSummary, line: Timeline) -> str:
    metric = summary.concept_metric
    values = (
        f"{wording.value(metric, line.value_before)} → {wording.value(metric, line.value_after)}"
    )
    name = wording.shortened(line.concept, 24)
    still = "" if line.moved else ", unmoved here"
    gap = "\n" if is_narrow() else " "
    said = f"{name}: {wording.concept_metric_name(metric)} {values}"
    return f"{said}{gap}({_PLACES[line.place]}{still})"


def _scores(ax: Axes, found: Rescoring, line: Timeline, limits: tuple[float, float]) -> None:
    x = np.arange(len(line.shots))
    for start in x[line.truth == 1]:
        ax.axvspan(start - 0.5, start + 0.5, color="#eceff3", lw=0, zorder=0)
    for system, values, after in (
        (found.given, line.before, False),
        (found.system, line.after, True),
    ):
        colour = COLOUR[system.family] if after else QUIET
        y = ndtri(values)
        for part in _unbroken(line.shots):
            (course,) = ax.plot(
                x[part],
                y[part],
                color=colour,
                ls="-" if after else (0, (3, 1.5)),
                lw=1.5 if after else 1.0,
                zorder=3 if after else 2,
            )
            link(course, system)
        marks = ax.scatter(
            x,
            y,
            s=15 if after else 13,
            marker=marker(system),
            color=colour if after else "white",
            edgecolors=colour,
            linewidths=0.9,
            zorder=4 if after else 3,
        )
        said = [
            f"{system.name}\n{line.concept}, shot {shot}: above {wording.number(100 * share, 0)}"
            f"{wording.NBSP}% of the test samples"
            for shot, share in zip(line.shots, values)
        ]
        link(marks, system, said)
    if 0 < line.prevalence < 1:
        ax.axhline(ndtri(1 - line.prevalence), color=INK, lw=0.9, ls=(0, (1, 1.6)), zorder=1)
    ax.set_ylim(limits)
    at = [share for share in _TICKS if limits[0] < ndtri(share) < limits[1]]
    ax.yaxis.set_major_locator(FixedLocator([float(ndtri(share)) for share in at]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_yticklabels([_TICKS[share].replace(" %", f"{wording.NBSP}%") for share in at])
    ax.tick_params(axis="y", labelsize=8)
    ax.set_xlim(-0.6, len(x) - 0.4)
    ax.xaxis.set_major_locator(NullLocator())
    ax.grid(axis="x", visible=False)
    ax.spines["bottom"].set_visible(False)


def _unbroken(shots: np.ndarray) -> list[np.ndarray]:
    """Return runs of neighbouring shots: between others, some are missing from the test part."""
    return np.split(np.arange(len(shots)), np.flatnonzero(np.diff(shots) > 1) + 1)


def _cell(judgement: int) -> dict[str, object]:
    """Return how a shot is filled: told apart by ground, hatch and frame, not by hue."""
    if judgement == 1:
        return {"facecolor": INK, "edgecolor": "#9aa4af"}
    if judgement == 0:
        return {"facecolor": "white", "edgecolor": "#9aa4af"}
    return {"facecolor": GRID, "edgecolor": "#9aa4af", "hatch": "//////"}


def _truth(ax: Axes, line: Timeline) -> None:
    for x, judgement in enumerate(line.truth):
        ax.add_patch(Rectangle((x - 0.5, 0), 1, 1, linewidth=0.6, **_cell(int(judgement))))  # type: ignore[arg-type]
    ax.set_xlim(-0.6, len(line.shots) - 0.4)
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5], ["truth"])
    ax.tick_params(axis="y", length=0, labelsize=8)
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    locator = MaxNLocator(nbins=10, integer=True, min_n_ticks=2)
    at = [int(p) for p in locator.tick_values(0, len(line.shots) - 1) if 0 <= p < len(line.shots)]
    ax.set_xticks(at, [str(int(line.shots[p])) for p in at])
    ax.tick_params(axis="x", length=2, labelsize=8)


def _handles(found: Rescoring, lines: tuple[Timeline, ...]) -> list[object]:
    handles: list[object] = []
    for system, what, colour, fill, style in (
        (found.given, "before", QUIET, "white", (0, (3, 1.5))),
        (found.system, "after", COLOUR[found.system.family], None, "-"),
    ):
        handles.append(
            Line2D(
                [],
                [],
                color=colour,
                ls=style,
                lw=1.3,
                marker=marker(system),
                ms=4.5,
                markerfacecolor=fill or colour,
                label=f"{what}: {wording.shortened(system.name, 24)}",
            )
        )
    seen = {int(judgement) for line in lines for judgement in line.truth}
    handles += [
        Patch(linewidth=0.6, label=name, **_cell(judgement))  # type: ignore[arg-type]
        for judgement, name in _TRUTH.items()
        if judgement in seen
    ]
    handles.append(
        Line2D([], [], color=INK, lw=0.9, ls=(0, (1, 1.6)), label="so many are positive")
    )
    return handles


def _caption(summary: TaskSummary, found: Rescoring) -> str:
    lines = found.timelines
    where = wording.listed([_where(line) for line in lines])
    several = len(lines) > 1
    concepts = (
        f"Concepts are those whose {wording.concept_metric_name(summary.concept_metric)} over all "
        "test shots of the seed re-scoring raised most, in the middle, and least"
        if len(lines) > 2
        else "Concepts are the only ones with positives and negatives in the test part"
        if several
        else "The concept is the only one that can be shown"
    )
    pair = (
        f"of {found.pairs} re-scored systems the one that gained most over what it re-scores"
        if found.pairs > 1
        else "the only re-scored system"
    )
    return (
        f"{summary.name}: {found.given.name} before and {found.system.name} after re-scoring along "
        f"{'videos' if several else 'a video'}, trained on {summary.size_text(found.size)}, seed "
        f"{found.seed}: {where}. Height is where a shot stands among all test shots of the seed by "
        "its score, on a normal scale: it keeps the order and has the same meaning for both "
        "systems. Above the dotted line stand as many test shots as are positive. How it was "
        f"chosen: {pair}; {concepts[0].lower()}{concepts[1:]}; for each the test video in which "
        "the rarer of positive and negative shots is most frequent, by the annotations alone."
    )


def _where(line: Timeline) -> str:
    part = ""
    if len(line.shots) < line.of:
        part = f" (a stretch of {len(line.shots)} of its {line.of} test shots)"
    return (
        f"{wording.shortened(line.concept, 40)} in video {wording.shortened(line.video, 40)}{part}"
    )


def _alt(summary: TaskSummary, found: Rescoring) -> str:
    told = [_told(line) for line in found.timelines]
    return (
        f"Timelines on {summary.name} before ({found.given.name}) and after re-scoring "
        f"({found.system.name}). " + " ".join(told)
    )


def _told(line: Timeline) -> str:
    """Say how positives and negatives moved, and what is true of each shot."""
    parts = []
    for judgement in (1, 0):
        of = line.truth == judgement
        if of.any():
            moved = [
                f"{100 * float(np.median(values[of])):.0f}" for values in (line.before, line.after)
            ]
            parts.append(
                f"the median {_TRUTH[judgement]} shot scores above {moved[0]} % of all test shots "
                f"before and {moved[1]} % after"
            )
    counts = [
        f"{int((line.truth == judgement).sum())} {name}" for judgement, name in _TRUTH.items()
    ]
    course = "".join({1: "+", 0: "-", -1: "?"}[int(judgement)] for judgement in line.truth)
    return (
        f"{line.concept} in video {line.video}, {wording.count(len(line.shots), 'shot')}: "
        f"{wording.listed(counts)}; {'; '.join(parts)}. Truth from shot {int(line.shots[0])} on, "
        f"with + for positive, - for negative, ? for unjudged: {course}."
    )
