"""A difference with its interval, as figures draw it."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from reports.difference import Difference
from reports.figures.style import COLOUR, marker
from reports.summary import System


def draw_difference(ax: Axes, x: float, d: Difference, scale: float, system: System) -> None:
    """Draw a difference at x, with its interval as a bar; hollow where it is not significant.

    Parameters
    ----------
    ax : Axes
    x : float
    d : Difference
    scale : float
        What it is multiplied with to be shown.
    system : System
        Whose difference it is: gives colour and mark.
    """
    colour = COLOUR[system.family]
    if math.isfinite(d.low):
        ax.plot([x, x], [scale * d.low, scale * d.high], color=colour, lw=1.4, zorder=2)
    sure = d.verdict in ("better", "worse")
    ax.scatter(
        [x],
        [scale * d.estimate],
        s=34,
        marker=marker(system),
        color=colour if sure else "white",
        edgecolors=colour,
        linewidths=1.4,
        zorder=3,
    )
