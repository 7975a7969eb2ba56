"""Critical-difference diagram: mean ranks, and bars over what a test cannot tell apart."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from reports import wording
from reports.document import FAMILIES, Figure
from reports.figures.linking import link
from reports.figures.rank_rows import FOOT, HEAD, ROW, draw_rows
from reports.figures.style import (
    COLOUR,
    INK,
    QUIET,
    TYPE,
    WIDTH,
    drawings,
    family_handles,
    is_narrow,
    marker,
    new_figure,
)
from reports.ranks import Ranks
from reports.summary import System

SHOWN = 20
#: Inches: between names, between bars, for a name, and from there to the axis.
_STEP, _BAR, _NAME, _GAP = 0.19, 0.1, 1.62, 0.1
#: Letters of a name that have room beside its rank.
_LETTERS = 18


def critical_difference_figure(
    ranks: Ranks, what: str, identifier: str, remark: str = ""
) -> Figure:
    """Draw mean ranks on a line and join systems that Nemenyi's test cannot tell apart.

    Parameters
    ----------
    ranks : Ranks
    what : str
        What the ranks are of, to begin the caption with: "digit-shots: AP on 18 concepts".
    identifier : str
        The figure's id.
    remark : str, optional
        Noted below it, first.

    References
    ----------
    Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006.
    """
    shown = ranks.systems[:SHOWN]
    rank = dict(zip(ranks.systems, ranks.result.mean_ranks))
    bars = _levels([[s for s in group if s in shown] for group in ranks.groups], shown)
    levels = 1 + max((level for _, _, level in bars), default=-1)
    left = (len(shown) + 1) // 2

    def draw() -> Drawn:
        if is_narrow():
            figure, (ax,) = new_figure(HEAD + ROW * len(shown) + FOOT)
            draw_rows(ax, ranks, rank, shown, bars)
        else:
            figure, (ax,) = new_figure(1.18 + levels * _BAR + left * _STEP)
            _draw(ax, ranks, rank, shown, bars, levels)
        figure.set_layout_engine("none")
        families = [f for f in FAMILIES if any(s.family == f for s in shown)]
        figure.legend(
            handles=family_handles(families), loc="lower center", ncols=3, handletextpad=0.2,
            columnspacing=1.5, borderaxespad=0.1,
        )  # fmt: skip
        return figure

    notes = (*((remark,) if remark else ()), *_notes(ranks))
    return Figure(
        identifier, _caption(ranks, what), alt=_alt(ranks, rank), notes=notes,
        **drawings(draw, identifier),
    )  # fmt: skip


def _levels(
    groups: list[list[System]], shown: tuple[System, ...]
) -> list[tuple[System, System, int]]:
    """Return each bar's first and last system and its level, so that no two overlap."""
    ends: list[int] = []
    bars = []
    for group in groups:
        if len(group) < 2:
            continue
        first, last = shown.index(group[0]), shown.index(group[-1])
        level = next((i for i, end in enumerate(ends) if end < first), len(ends))
        ends[level : level + 1] = [last]
        bars.append((group[0], group[-1], level))
    return bars


def _draw(
    ax: Axes,
    ranks: Ranks,
    rank: dict[System, float],
    shown: tuple[System, ...],
    bars: list[tuple[System, System, int]],
    levels: int,
) -> None:
    """Draw in inches from the upper left corner, y down."""
    height = ax.figure.get_size_inches()[1]  # type: ignore[union-attr]
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.axis("off")
    low, high = 1.0, max(2.0, float(int(rank[shown[-1]] - 1e-9)) + 1)
    start, end = _NAME + _GAP, WIDTH - _NAME - _GAP

    def at(x: float) -> float:
        return start + (x - low) / (high - low) * (end - start)

    axis = 0.62
    ax.plot([start, end], [axis, axis], color=INK, lw=1)
    steps = max(1, round((high - low) / 7))
    for tick in range(1, int(high) + 1):
        major = (tick - 1) % steps == 0
        ax.plot([at(tick)] * 2, [axis - (0.07 if major else 0.04), axis], color=INK, lw=0.8)
        if major:
            ax.text(at(tick), axis - 0.09, str(tick), ha="center", va="bottom", fontsize=8)
    ax.text(start, axis - 0.31, "← better", color=QUIET, fontsize=7.5)
    cd = ranks.result.critical_difference
    if ranks.differ and cd is not None and cd <= high - low:
        length = at(low + cd) - at(low)
        ax.plot([end - length, end], [0.16, 0.16], color=QUIET, lw=1.2, marker="|", ms=5)
        ax.text(
            end - length - 0.06, 0.16, f"CD {wording.number(cd, 2)}", ha="right", va="center",
            fontsize=7.5, color=QUIET,
        )  # fmt: skip
    for first, last, level in bars:
        y = axis + 0.1 + level * _BAR
        ax.plot(
            [at(rank[first]) - 0.02, at(rank[last]) + 0.02], [y, y], color=INK, lw=3,
            solid_capstyle="butt", zorder=4,
        )  # fmt: skip
    top = axis + 0.24 + levels * _BAR
    left = (len(shown) + 1) // 2
    for place, system in enumerate(shown):
        on_left = place < left
        row = place if on_left else len(shown) - 1 - place
        y, x = top + row * _STEP, at(rank[system])
        edge = _NAME if on_left else WIDTH - _NAME
        (path,) = ax.plot([x, x, edge], [axis, y, y], color=COLOUR[system.family], lw=0.9)
        mark = ax.scatter(
            [edge], [y], s=20, color=COLOUR[system.family], marker=marker(system), zorder=5
        )
        text = ax.text(
            edge + (-0.1 if on_left else 0.1),
            y,
            _label(system, rank[system], on_left),
            ha="right" if on_left else "left",
            va="center",
            fontsize=8,
            color=TYPE[system.family],
        )
        link(path, system)
        link(mark, system, f"{system.name}\nMean rank {wording.number(rank[system], 2)}")
        link(text, system)


def _label(system: System, rank: float, on_left: bool) -> str:
    name, number = wording.shortened(system.name, _LETTERS), wording.number(rank, 1)
    return f"{name} {number}" if on_left else f"{number} {name}"


def _caption(ranks: Ranks, what: str) -> str:
    result = ranks.result
    p = wording.p_value(result.p_value)
    caption = f"{what}: mean ranks, 1 is the best"
    if len(ranks.systems) > SHOWN:
        caption += f"; the best {SHOWN} of {len(ranks.systems)} systems"
    if ranks.differ:
        cd = wording.number(result.critical_difference or float("nan"), 2)
        caption += (
            f". Friedman's test says that the systems are not all alike ({p}). Bars join systems "
            "that Nemenyi's test cannot tell apart at 5\u00a0%: their mean ranks differ by less "
            f"than the critical difference (CD), {cd}."
        )
    else:
        caption += (
            f". Friedman's test finds no difference among the systems ({p}): one bar joins them "
            "all, and their order means nothing."
        )
    if ranks.over == "concepts":
        caption += (
            " Concepts of one task share its images and are not independent, so that the test "
            "tells systems apart more readily than it should."
        )
    return caption


def _notes(ranks: Ranks) -> tuple[str, ...]:
    notes = ["Ranks say how often a system is ahead, not by how much."]
    if ranks.over == "tasks" and ranks.blocks < 6:
        notes.append(f"With {ranks.blocks} tasks Friedman's chi-square is a rough approximation.")
    if ranks.dropped:
        notes.append(
            f"{wording.count(ranks.dropped, 'concept')} on which some system has no value "
            f"{'is' if ranks.dropped == 1 else 'are'} left out."
        )
    if ranks.left_out:
        names = [wording.shortened(system.name, 40) for system in ranks.left_out[:8]]
        more = len(ranks.left_out) - len(names)
        reason = "not measured on every task" if ranks.over == "tasks" else "without such values"
        notes.append(
            f"Left out, as {reason}: {wording.listed([*names, f'{more} more'] if more else names)}."
        )
    rest = ranks.systems[SHOWN:]
    if rest:
        names = [wording.shortened(system.name, 40) for system in rest[:12]]
        more = len(rest) - len(names)
        notes.append(
            f"Tested as well but not drawn, worse in rank: "
            f"{wording.listed([*names, f'{more} more'] if more else names)}."
        )
    return tuple(notes)


def _alt(ranks: Ranks, rank: dict[System, float]) -> str:
    stated = [
        f"{system.name} ({system.family}) {wording.number(rank[system], 2)}"
        for system in ranks.systems
    ]
    groups = [
        wording.listed([system.name for system in group])
        for group in ranks.groups
        if len(group) > 1
    ]
    joined = f" Not told apart: {'; '.join(groups)}." if groups else " All are told apart."
    return f"Critical-difference diagram. Mean ranks: {'; '.join(stated)}.{joined}"
