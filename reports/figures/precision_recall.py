"""Precision against recall of one concept, for the best system of each family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.results.metrics.precision_recall import Curve
from reports import wording
from reports.document import Family, Figure
from reports.figures.drawing import Drawing, short, steps
from reports.figures.style import COLOUR, GRID, QUIET, TYPE
from reports.summary import System

WIDTH = 360.0
_LEFT, _RIGHT, _BOTTOM, _PLOT = 40.0, 10.0, 34.0, 180.0
_LINE = 13.0
#: Steps of a curve that are drawn, at most; enough for a smooth look.
_STEPS = 180
_STEPS_FAINT = 60


@dataclass(frozen=True)
class Traced:
    """What is drawn of a system.

    Attributes
    ----------
    name : str
        Of the system, cleaned.
    value : float
        Its average precision, mean over seeds.
    values : tuple of float
        One a seed.
    curves : tuple of Curve
        One a seed; the first stands out. Those of a concept without positives are empty.
    system : System, optional
        Which the page highlights it with.
    """

    name: str
    family: Family
    value: float
    values: tuple[float, ...]
    curves: tuple[Curve, ...]
    system: System | None = None


def precision_recall_figure(
    traced: list[Traced], chance: float, identifier: str, caption: str, metric: str
) -> Figure | None:
    """Draw curves of precision against recall.

    Parameters
    ----------
    traced : list of Traced
        One a family.
    chance : float
        Precision of a random order: the share of positives; NaN leaves it out.
    identifier, caption : str
        Of the figure.
    metric : str
        Name of the average precision that the curves belong to.

    Returns
    -------
    Figure or None
        None where no curve is defined.
    """
    traced = [t for t in traced if t.curves[0].recall.size]
    if not traced:
        return None
    top = 8 + _LINE * (len(traced) + (chance == chance))
    drawing = Drawing(WIDTH, top + _PLOT + _BOTTOM)
    width = WIDTH - _LEFT - _RIGHT
    _axes(drawing, top, width)
    name = wording.metric_name(metric)
    y = 9.0
    for t in traced:
        words = f"{t.family}: {wording.shortened(t.name, 34)}, {name} "
        with drawing.of(t.system):
            drawing.mark(t.family, _LEFT + 4, y - 3)
            drawing.text(
                _LEFT + 12, y, words + wording.value(metric, t.value), colour=TYPE[t.family]
            )
        y += _LINE
    if chance == chance:
        level = top + _PLOT * (1 - chance)
        drawing.path(f"M{short(_LEFT)} {short(level)}h{short(width)}", QUIET, dash="4 3")
        drawing.path(f"M{short(_LEFT)} {short(y - 3)}h8", QUIET, dash="3 2")
        words = f"chance, {wording.value(metric, chance)}"
        drawing.text(_LEFT + 12, y, words, colour=QUIET)

    def path(curve: Curve, most: int) -> str:
        recall, precision = thinned(curve, most)
        return steps(_LEFT + width * recall, top + _PLOT * (1 - precision), _LEFT)

    for t in traced:
        with drawing.of(t.system):
            for curve in t.curves[1:]:
                drawing.path(path(curve, _STEPS_FAINT), COLOUR[t.family], 0.8, opacity=0.35)
    for t in traced:
        with drawing.of(t.system):
            drawing.path(path(t.curves[0], _STEPS), COLOUR[t.family], 1.6)
    for i, t in enumerate(traced):
        recall, precision = t.curves[0]
        # Beside each other, so that curves that coincide still show all shapes.
        at = np.arange(0.1 + 0.05 * i, 1, 0.2)
        height = precision[np.searchsorted(recall, at - 1e-12)]
        with drawing.of(t.system):
            for x, p in zip(_LEFT + width * at, top + _PLOT * (1 - height)):
                drawing.mark(t.family, float(x), float(p))
    return Figure(identifier, caption, drawing.svg(), _alt(traced, chance, metric))


def _axes(drawing: Drawing, top: float, width: float) -> None:
    bottom = top + _PLOT
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _LEFT + width * share, bottom - _PLOT * share
        drawing.path(f"M{short(_LEFT)} {short(y)}h{short(width)}", GRID, 0.7)
        drawing.path(f"M{short(x)} {short(bottom)}V{short(top)}", GRID, 0.7)
        drawing.text(_LEFT - 5, y + 3, short(share), anchor="end")
        drawing.text(x, bottom + 13, short(share), anchor="middle")
    frame = f"M{short(_LEFT)} {short(top)}V{short(bottom)}h{short(width)}"
    drawing.path(frame, "#aab3bd", 0.7)
    drawing.text(_LEFT + width / 2, bottom + 27, "Recall", colour=QUIET, anchor="middle")
    middle = top + _PLOT / 2
    drawing.text(10, middle, "Precision", colour=QUIET, anchor="middle", turned=-90)


def thinned(curve: Curve, most: int) -> Curve:
    """Return a curve of at most so many steps with the same area.

    Parameters
    ----------
    curve : Curve
    most : int
        Steps; neighbours are joined to their mean precision where there are more.

    Returns
    -------
    Curve
    """
    recall, precision = curve
    if len(recall) <= most:
        return curve
    ends = np.unique(np.searchsorted(recall, np.linspace(0, 1, most + 1)[1:] - 1e-12))
    width = np.diff(recall, prepend=0.0)
    first = np.concatenate([[0], ends[:-1] + 1])
    joined = np.add.reduceat(width, first)
    return Curve(recall[ends], np.add.reduceat(width * precision, first) / joined)


def _alt(traced: list[Traced], chance: float, metric: str) -> str:
    name = wording.metric_name(metric)
    at = (0.1, 0.5, 0.9)
    parts = []
    for t in traced:
        recall, precision = t.curves[0]
        read = [wording.number(float(precision[np.searchsorted(recall, x - 1e-12)]), 2) for x in at]
        parts.append(
            f"{t.family}, {t.name}: {name} {wording.value(metric, t.value)}, precision "
            f"{read[0]} at a recall of 0.1, {read[1]} at 0.5, {read[2]} at 0.9"
        )
    level = "" if chance != chance else f"; a random order: {wording.value(metric, chance)}"
    return f"Curves of precision against recall. {'; '.join(parts)}{level}."
