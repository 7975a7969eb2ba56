"""A map of every concept's value for every system."""

from __future__ import annotations

import warnings

import numpy as np

from reports import wording
from reports.document import FAMILIES, Figure
from reports.figures.drawing import Drawing, length, short
from reports.figures.shades import RAMP, STEPS, ink_on, shade
from reports.figures.style import QUIET, TYPE
from reports.summary import System, TaskSummary

#: Concepts and systems that are drawn, at most.
SHOWN = 40
SYSTEMS = 36

_ROW, _GAP, _SMALL = 13.0, 5.0, 6.8
_COLUMN = (17.0, 30.0)
_NARROW, _SLANT = 360.0, 50.0
#: Columns whose values are legible on a telephone.
_FEW = 10


def heat_map(summary: TaskSummary, identifier: str) -> Figure | None:
    """Draw the values of concepts by systems, shaded and written out.

    Parameters
    ----------
    summary : TaskSummary
    identifier : str
        The figure's id.

    Returns
    -------
    Figure or None
        Systems by family, best first; concepts by their mean over these, the easiest first. None
        where there are fewer than two systems or no concept has a value.
    """
    size, metric = summary.size, summary.concept_metric
    groups = [summary.at(size, family) for family in FAMILIES]
    systems = [system for group in groups for system in group]
    kept = summary.at(size)[:SYSTEMS]
    shown = [system for system in systems if system in kept]
    better = 1.0 if wording.higher_is_better(metric) else -1.0
    values = wording.scale(metric) * np.array([summary.concepts(s.key, size) for s in systems])
    mean = _mean(values, axis=0)
    if len(systems) < 2 or np.isnan(mean).all():
        return None
    columns = [systems.index(system) for system in shown]
    spread = np.nan_to_num(_mean((values - mean) ** 2, axis=0))
    chosen = [i for i in np.argsort(-spread, kind="stable") if np.isfinite(mean[i])][:SHOWN]
    order = np.array(sorted(chosen, key=lambda i: (-better * mean[i], i)))
    table = values[np.ix_(np.array(columns), order)].T
    means = _mean(values[columns], axis=1)
    levels = summary.chance(metric)
    chance = None if levels is None else wording.scale(metric) * levels
    svg, wide = _draw(summary, shown, order, table, means, chance)
    names = [wording.clean(concept) for concept in summary.task.concepts]
    word = wording.concept_metric_name(metric)
    caption = (
        f"{summary.name}: {word} of {_what(len(order), int(np.isfinite(mean).sum()))} for each "
        f"system trained on {summary.size_text(size)}, mean over seeds. Systems stand by family, "
        "the best first; concepts by their mean over systems, the easiest first; the darker, the "
        f"{'higher' if better > 0 else 'higher, which is worse'}."
    )
    return Figure(
        identifier, caption, svg, _alt(names, order, shown, table, word, better),
        tuple(_notes(names, order, mean, systems, shown)), wide=wide,
    )  # fmt: skip


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=axis))


def _what(shown: int, defined: int) -> str:
    if shown == defined:
        return "every concept"
    return f"the {shown} of {defined} concepts on which systems differ most"


def _notes(
    names: list[str], order: np.ndarray, mean: np.ndarray, systems: list[System],
    shown: list[System],
) -> list[str]:  # fmt: skip
    notes = []
    left = [names[i] for i in range(len(names)) if np.isfinite(mean[i]) and i not in set(order)]
    if left:
        listed = wording.listed([wording.shortened(name, 24) for name in left])
        notes.append(f"Left out, as systems differ less there: {listed}.")
    undefined = [wording.shortened(names[i], 24) for i in np.flatnonzero(np.isnan(mean))]
    if undefined:
        notes.append(f"Without a value: {wording.listed(undefined)}.")
    gone = [wording.shortened(system.name, 24) for system in systems if system not in shown]
    if gone:
        notes.append(f"Left out, as the weakest systems: {wording.listed(gone)}.")
    return notes


def _alt(
    names: list[str], order: np.ndarray, shown: list[System], table: np.ndarray, word: str,
    better: float,
) -> str:  # fmt: skip
    digits = 1 if np.nanmax(table) > 1.5 else 2
    parts = []
    for i, row in zip(order, table):
        if np.isnan(row).all():
            continue
        best, worst = int(np.nanargmax(better * row)), int(np.nanargmin(better * row))
        parts.append(
            f"{names[i]}: best {wording.number(row[best], digits)} ({shown[best].name}), "
            f"worst {wording.number(row[worst], digits)} ({shown[worst].name})"
        )
    return f"Heat map of {word}, concepts by {len(shown)} systems. {'; '.join(parts)}."


def _draw(
    summary: TaskSummary,
    shown: list[System],
    order: np.ndarray,
    table: np.ndarray,
    means: np.ndarray,
    chance: np.ndarray | None,
) -> tuple[str, bool]:
    percent = wording.scale(summary.concept_metric) > 1
    rows = [wording.shortened(wording.clean(summary.task.concepts[i]), 24) for i in order]
    heads = [wording.shortened(system.name, 26) for system in shown]
    left = 8 + max(length(word, 8) for word in [*rows, "mean"])
    slanted = [length(head, 8) for head in heads]
    gaps = np.cumsum([
        _GAP * (i > 0 and shown[i].family != shown[i - 1].family) for i in range(len(shown))
    ])  # fmt: skip
    count = len(shown) + (chance is not None)
    room = _NARROW - left - gaps[-1] - 2 * _GAP - 30
    column = float(np.clip(room / count, *_COLUMN))
    x = left + gaps + column * np.arange(len(shown))
    last = float(x[-1]) + column
    # Names lean to the right; the longest may reach beyond the last column.
    lean, rise = np.cos(np.deg2rad(_SLANT)), np.sin(np.deg2rad(_SLANT))
    reach = max(float(at) + column / 2 + lean * wide + 6 for at, wide in zip(x, slanted))
    if chance is not None:
        last += _GAP + column
        reach = max(reach, last - column / 2 + lean * length("chance", 8) + 6)
    width = max(_NARROW, last + 4, reach)
    top = 22 + rise * max([*slanted, length("chance", 8)])
    bottom = top + _ROW * len(rows) + _GAP + _ROW
    drawing = Drawing(width, bottom + 36)
    for head, system, at in zip(heads, shown, x):
        middle = float(at) + column / 2
        with drawing.of(system):
            drawing.mark(system.family, middle, top - 7)
            drawing.text(
                middle + 2, top - 14, head, size=8, colour=TYPE[system.family], turned=-_SLANT
            )
    finite = [table, means] if chance is None else [table, means, chance[order]]
    everything = np.concatenate([np.ravel(part) for part in finite])
    step = 10.0 if percent else 0.1
    low = step * np.floor(np.nanmin(everything) / step + 1e-9)
    high = max(step * np.ceil(np.nanmax(everything) / step - 1e-9), low + step)

    def cell(
        at: float, y: float, value: float, what: str, system: System | None, bold: bool = False
    ) -> None:
        place = (value - low) / (high - low)
        said = wording.value(summary.concept_metric, value / (100 if percent else 1))
        says = f"{'chance' if system is None else system.name}\n{what}: {said}"
        with drawing.of(system):
            drawing.rect(at, y, column - 0.6, _ROW - 0.6, shade(place), says)
            drawing.text(
                at + column / 2 - 0.3, y + 9, _brief(value, percent), size=_SMALL,
                anchor="middle", colour=ink_on(place), weight="bold" if bold else "normal",
            )  # fmt: skip

    for row, (name, i) in enumerate(zip(rows, order)):
        y = top + _ROW * row
        drawing.text(left - 5, y + 9.3, name, size=8, anchor="end")
        for at, system, value in zip(x, shown, table[row]):
            cell(float(at), y, float(value), name, system)
        if chance is not None:
            cell(last - column, y, float(chance[i]), name, None)
    y = bottom - _ROW
    drawing.text(left - 5, y + 9.3, "mean", size=8, anchor="end", weight="bold")
    for at, system, value in zip(x, shown, means):
        cell(float(at), y, float(value), "mean over concepts", system, bold=True)
    if chance is not None:
        middle = last - column / 2
        drawing.text(middle + 2, top - 7, "chance", size=8, colour=QUIET, turned=-_SLANT)
        level = float(_mean(chance[None], axis=1)[0])
        cell(last - column, y, level, "mean over concepts", None, bold=True)
    _legend(drawing, summary, left, bottom + 12, low, high, percent)
    return drawing.svg(), bool(width > _NARROW + 1 or count > _FEW)


def _legend(
    drawing: Drawing, summary: TaskSummary, left: float, y: float, low: float, high: float,
    percent: bool,
) -> None:  # fmt: skip
    wide = 96.0
    for i, colour in enumerate(RAMP):
        drawing.rect(left + wide * i / STEPS, y, wide / STEPS + (i < STEPS - 1), 7, colour)
    label = wording.axis_label(summary.concept_metric, mean=False)
    drawing.text(left, y + 17, short(low), size=8, colour=QUIET)
    drawing.text(left + wide, y + 17, short(high), size=8, colour=QUIET, anchor="end")
    drawing.text(left + wide + 8, y + 7, label, size=8, colour=QUIET)


def _brief(value: float, percent: bool) -> str:
    """Write a value as briefly as a cell has room for: ".61", "1.0", or "61" of per cents."""
    if np.isnan(value):
        return wording.NO_VALUE
    if percent:
        return wording.number(value, 0)
    text = wording.number(value, 2)
    return text.removeprefix("0") if value < 0.995 else "1.0"
