"""Which system a part of a figure belongs to, and what is said of it when it is pointed at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import unquote

from matplotlib.artist import Artist

from reports import wording
from reports.summary import System, TaskSummary

# A group's id in the SVG is all that matplotlib carries: link and texts are packed into it.
_PREFIX = "link:"


class Keyed(Protocol):
    """A system, or what is about one and has its key."""

    @property
    def key(self) -> str: ...


def link(artist: Artist, system: Keyed, said: str | Sequence[str] = "") -> None:
    """Tie a part of a figure to a system; the page highlights what belongs to the same one.

    Parameters
    ----------
    artist : Artist
        Before the figure is rendered.
    system : Keyed
    said : str or sequence of str
        Lines on what the mark shows, e.g. of `about`; of a line or collection of points, one text
        a point, all of them finite.
    """
    given = said if isinstance(said, str) else list(said)
    artist.set_gid(_packed(system, given))
    # The line from a label to its point is a part of its own.
    arrow = getattr(artist, "arrow_patch", None)
    if arrow is not None:
        arrow.set_gid(_packed(system, ""))


def _packed(system: Keyed, said: str | list[str]) -> str:
    return _PREFIX + wording.token(json.dumps([wording.token(system.key), said]))


def read_link(identifier: str) -> tuple[str, str | list[str]] | None:
    """Return the token of the system and the texts that an id holds; None where it is no link."""
    if not identifier.startswith(_PREFIX):
        return None
    system, said = json.loads(unquote(identifier.removeprefix(_PREFIX)))
    return system, said


def about(summary: TaskSummary, system: System, size: int) -> str:
    """Write what is known of a system at a training size: name, label, value, interval, cost."""
    lines = [system.name]
    if system.label != system.name:
        lines.append(wording.shortened(system.label, 120))
    spread = summary.spread(system.key, size)
    if spread is not None:
        name = wording.capital(wording.metric_name(summary.metric, mean=True))
        lines.append(f"{name} {wording.value(summary.metric, spread.mean)}")
        interval = summary.interval(system.key, size)
        if interval is not None:
            lines[-1] += (
                f", 95{wording.NBSP}% interval {wording.interval(summary.metric, *interval)}"
            )
        trained = f"Trained on {summary.size_text(size)}"
        if len(spread.values) > 1:
            low, high = (
                wording.value(summary.metric, x, unit=False) for x in (spread.low, spread.high)
            )
            trained += f"; {len(spread.values)} seeds, {low} – {high}"
        lines.append(trained)
    cost = summary.cost(system.key, size)
    if cost is not None:
        lines.append(
            f"Training {wording.seconds(cost.train_s)}, prediction "
            f"{wording.milliseconds(cost.predict_ms)}{wording.NBSP}ms an image"
        )
    return "\n".join(lines)
