"""SVG written by hand, in the look of the other figures: many small drawings cost little."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from xml.etree import ElementTree

import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from reports import wording
from reports.document import Family
from reports.figures.markers import MARKERS
from reports.figures.style import COLOUR, INK
from reports.figures.svg import SVG
from reports.summary import System

#: Size of type, in points, as in the other figures.
TYPE_SIZE = 8.5


class Drawing:
    """A drawing that is made element by element.

    Parameters
    ----------
    width, height : float
        Points.
    """

    def __init__(self, width: float, height: float) -> None:
        ElementTree.register_namespace("", SVG)
        self.width = width
        self._parent = self._root = ElementTree.Element(
            f"{{{SVG}}}svg",
            {
                "width": f"{short(width)}pt", "height": f"{short(height)}pt",
                "viewBox": f"0 0 {short(width)} {short(height)}", "version": "1.1",
            },
        )  # fmt: skip

    def _add(self, tag: str, attributes: dict[str, str | float]) -> ElementTree.Element:
        written = {
            key: value if isinstance(value, str) else short(value)
            for key, value in attributes.items()
        }
        return ElementTree.SubElement(self._parent, f"{{{SVG}}}{tag}", written)

    @contextmanager
    def of(self, system: System | None) -> Iterator[None]:
        """Tie what is drawn meanwhile to a system, as `reports.figures.linking.link` does."""
        if system is None:
            yield
            return
        outer = self._parent
        self._parent = self._add("g", {"data-system": wording.token(system.key)})
        yield
        self._parent = outer

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TYPE_SIZE,
        colour: str = INK,
        anchor: str = "start",
        weight: str = "normal",
        turned: float = 0.0,
    ) -> None:
        """Write words whose base line starts (or ends, or has its middle) at a point.

        Parameters
        ----------
        x, y : float
        words : str
        size : float
        colour : str
        anchor : {"start", "middle", "end"}
        weight : {"normal", "bold"}
        turned : float
            Degrees, clockwise.
        """
        place: dict[str, str | float] = {"x": x, "y": y}
        if turned:
            place["transform"] = f"rotate({short(turned)} {short(x)} {short(y)})"
        style = f"font-family: 'DejaVu Sans'; font-size: {short(size)}px; font-weight: {weight}"
        look: dict[str, str | float] = {"fill": colour, "text-anchor": anchor, "style": style}
        self._add("text", {**place, **look}).text = words

    def rect(
        self, x: float, y: float, width: float, height: float, colour: str, says: str = ""
    ) -> None:
        """Fill a rectangle; what it says, in lines, is shown where it is pointed at."""
        place: dict[str, str | float] = {"x": x, "y": y, "width": width, "height": height}
        self._add("rect", {**place, "fill": colour, **({"data-says": says} if says else {})})

    def path(
        self, d: str, colour: str, width: float = 1.0, *, dash: str = "", opacity: float = 1.0
    ) -> None:
        """Draw along a path."""
        line: dict[str, str | float] = {"d": d, "fill": "none", "stroke": colour}
        line |= {"stroke-width": width, "stroke-linejoin": "round"}
        if dash:
            line["stroke-dasharray"] = dash
        if opacity < 1:
            line["stroke-opacity"] = opacity
        self._add("path", line)

    def mark(self, family: Family, x: float, y: float, size: float = 6.0) -> None:
        """Draw a family's mark, filled, its middle at a point; size is its diameter in points."""
        self._add(
            "path",
            {
                "d": _mark(family, size), "transform": f"translate({short(x)} {short(y)})",
                "fill": COLOUR[family], "stroke": "white", "stroke-width": 0.5,
            },
        )  # fmt: skip

    def svg(self) -> str:
        """Return the whole drawing as text."""
        return ElementTree.tostring(self._root, encoding="unicode")


@cache
def _mark(family: Family, size: float) -> str:
    style = MarkerStyle(MARKERS[family][0])  # type: ignore[arg-type]
    scale = Affine2D().scale(size, -size)
    outline = style.get_path().transformed(style.get_transform() + scale)
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
    return "".join(
        "Z" if code == Path.CLOSEPOLY else letters[code] + " ".join(map(short, points))
        for points, code in outline.iter_segments(simplify=False)
    )


def steps(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray, start: float) -> str:
    """Return a path of level steps: at y[i] from x[i - 1], or the start, to x[i]."""
    if not len(x):
        return ""
    parts = [f"M{short(start)} {short(y[0])}H{short(x[0])}"]
    parts += [f"V{short(level)}H{short(end)}" for level, end in zip(y[1:], x[1:])]
    return "".join(parts)


def short(x: float) -> str:
    """Write a number with at most two decimals, as briefly as possible."""
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def length(words: str, size: float = TYPE_SIZE) -> float:
    """Return about how long a text is when set, in points, rather too much than too little."""
    wide = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1.3 if c.isupper() else 1 for c in words
    )
    return 0.6 * size * wide
