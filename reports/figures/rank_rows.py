"""Mean ranks in rows, for a narrow column: what the critical-difference diagram shows, upright."""

from __future__ import annotations

from matplotlib.axes import Axes

from reports import wording
from reports.figures.linking import link
from reports.figures.style import COLOUR, GRID, INK, QUIET, TYPE, marker, width
from reports.ranks import Ranks
from reports.summary import System

#: Inches: of a row, between bars, of a name, above the first row and below the last.
ROW, _BAR, _NAME, HEAD, FOOT = 0.2, 0.08, 1.32, 0.66, 0.34
_LETTERS = 17


def draw_rows(
    ax: Axes,
    ranks: Ranks,
    rank: dict[System, float],
    shown: tuple[System, ...],
    bars: list[tuple[System, System, int]],
) -> None:
    """Draw a row a system, its mean rank as a mark, and bars at the right over each group.

    Parameters
    ----------
    ax : Axes
        Of a figure that is `HEAD` + `ROW` a system + `FOOT` inches high.
    ranks : Ranks
    rank : dict of System to float
        Mean ranks.
    shown : tuple of System
        Best first.
    bars : list of (System, System, int)
        First and last system of each group, and the bar's level.
    """
    height = ax.figure.get_size_inches()[1]  # type: ignore[union-attr]
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, width()), ylim=(height, 0))
    ax.axis("off")
    levels = 1 + max((level for _, _, level in bars), default=-1)
    start, end = _NAME + 0.14, width() - 0.16 - levels * _BAR
    low, high = 1.0, max(2.0, float(int(rank[shown[-1]] - 1e-9)) + 1)

    def at(x: float) -> float:
        return start + (x - low) / (high - low) * (end - start)

    axis, bottom = HEAD - 0.12, HEAD + ROW * len(shown)
    steps = max(1, round((high - low) / 4))
    for tick in range(1, int(high) + 1, steps):
        ax.plot([at(tick)] * 2, [axis, bottom], color=GRID, lw=0.7)
        ax.text(at(tick), axis - 0.04, str(tick), ha="center", va="bottom", fontsize=8)
    ax.text(_NAME, axis - 0.04, "mean rank", ha="right", va="bottom", fontsize=7.5, color=QUIET)
    cd = ranks.result.critical_difference
    if ranks.differ and cd is not None and cd <= high - low:
        ax.plot([start, at(low + cd)], [0.16, 0.16], color=QUIET, lw=1.2, marker="|", ms=5)
        ax.text(
            start - 0.08, 0.16, f"CD {wording.number(cd, 2)}", ha="right", va="center",
            fontsize=7.5, color=QUIET,
        )  # fmt: skip
    middle = {system: HEAD + (place + 0.5) * ROW for place, system in enumerate(shown)}
    for first, last, level in bars:
        x = end + 0.12 + level * _BAR
        ends = [middle[first] - 0.05, middle[last] + 0.05]
        ax.plot([x, x], ends, color=INK, lw=3, solid_capstyle="butt")
    for system, y in middle.items():
        (line,) = ax.plot([start, at(rank[system])], [y, y], color=COLOUR[system.family], lw=0.9)
        mark = ax.scatter(
            [at(rank[system])], [y], s=24, color=COLOUR[system.family], marker=marker(system),
            zorder=5,
        )  # fmt: skip
        text = ax.text(
            _NAME, y, wording.shortened(system.name, _LETTERS), ha="right", va="center",
            fontsize=8, color=TYPE[system.family],
        )  # fmt: skip
        link(line, system)
        link(mark, system, f"{system.name}\nMean rank {wording.number(rank[system], 2)}")
        link(text, system)
