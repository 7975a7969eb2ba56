"""Figures of a race as a table's cells."""

from __future__ import annotations

from benchmarks.speed.race import Clock, Standing


def duration(seconds: float) -> str:
    """Write a time with three digits, in the unit that suits it."""
    for limit, factor, unit in ((1e-3, 1e6, "us"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def rate(units: float) -> str:
    """Write units a second with three digits."""
    return f"{units:.3g}" if units < 1000 else f"{float(f'{units:.3g}'):,.0f}"


def ratio_cell(standing: Standing, ours: Standing, clock: Clock) -> str:
    """Write how much faster ours was, with its range; of a limit, the share that ours reaches."""
    ratio = standing.against(ours, clock)
    if ratio is None:
        return ""
    if standing.contestant.limit:
        return f"reaches {ratio.median:.0%} ({ratio.low:.0%}–{ratio.high:.0%})"
    return f"{ratio.median:.3g}x ({ratio.low:.3g}–{ratio.high:.3g})"
