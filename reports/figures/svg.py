"""A matplotlib figure as SVG text fit for standing beside others in one page."""

from __future__ import annotations

import io
import re
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

from reports.figures.linking import read_link

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PLAIN = ("Date", "Creator", "Format", "Type")


def as_svg(figure: Figure, name: str) -> str:
    """Render a figure; the same figure gives the same text.

    Parameters
    ----------
    figure : matplotlib Figure
    name : str
        Put before every id inside, since ids are shared by all figures of a page.

    Returns
    -------
    str
        An ``<svg>`` element, without XML declaration, metadata or references to elsewhere. Text
        stays text, so that it can be selected and searched. What `link` gave to a system has the
        attributes ``data-system`` and ``data-says``.
    """
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # Text is set by whoever shows the SVG; that our font lacks a glyph is of no account.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(_PLAIN), facecolor="none")
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}metadata":
                parent.remove(child)
    for element in root.iter():
        link = read_link(element.get("id", ""))
        if link is not None:
            _link(element, *link)
        for key, text in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{name}-{text}")
            elif key in ("href", f"{{{XLINK}}}href"):
                del element.attrib[key]
                element.set("href", f"#{name}-{text.removeprefix('#')}")
            elif "url(#" in text and not key.startswith("data-"):
                element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", text))
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _link(element: ElementTree.Element, system: str, said: str | list[str]) -> None:
    """Say in attributes which system an element belongs to, and what it shows."""
    del element.attrib["id"]
    element.set("data-system", system)
    if isinstance(said, str):
        if said:
            element.set("data-says", said)
        return
    points = list(element.iter(f"{{{SVG}}}use"))
    if len(points) != len(said):
        raise ValueError(f"{len(said)} texts for {len(points)} points that were drawn")
    for point, text in zip(points, said):
        point.set("data-says", text)
