"""A line of the size of a word: a system's values over training sizes, or over seeds."""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Family
from reports.figures.style import COLOUR

WIDTH, HEIGHT, MARGIN = 64.0, 20.0, 3.0


def curve_sparkline(
    x: Sequence[float], y: Sequence[float], bounds: tuple[float, float], family: Family
) -> str:
    """Draw values over training sizes, the last with a dot.

    Parameters
    ----------
    x : sequence of float
        Where each stands between the smallest size, 0, and the largest, 1; ascending.
    y : sequence of float
        Finite.
    bounds : (float, float)
        Of y, the same for all lines that are to be compared; in an order that puts better on top.
    family : Family

    Returns
    -------
    str
        An ``<svg>`` element.
    """
    points = [
        (MARGIN + a * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - b * (HEIGHT - 2 * MARGIN))
        for a, b in zip(x, (_share(value, bounds) for value in y))
    ]
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    colour, (a, b) = COLOUR[family], points[-1]
    return _svg(
        family,
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.4" fill="{colour}"/>',
    )


def seeds_sparkline(values: Sequence[float], bounds: tuple[float, float], family: Family) -> str:
    """Draw the values of single seeds on a line from the first bound to the second.

    Parameters
    ----------
    values : sequence of float
        Finite.
    bounds : (float, float)
    family : Family
    """
    places = [MARGIN + _share(v, bounds) * (WIDTH - 2 * MARGIN) for v in values]
    middle, colour = HEIGHT / 2, COLOUR[family]
    ground = f'<path d="M{MARGIN} {middle}H{WIDTH - MARGIN}" stroke="#8a95a1" stroke-width="0.6"/>'
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{middle}" r="2.6" fill="{colour}" fill-opacity="0.6"/>'
        for x in places
    )
    return _svg(family, ground + dots)


def _share(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return 0.5 if low == high else (value - low) / (high - low)


def _svg(family: Family, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark {family}" width="{WIDTH:g}" '
        f'height="{HEIGHT:g}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">{inside}</svg>'
    )
