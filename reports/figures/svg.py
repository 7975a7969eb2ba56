"""A matplotlib figure as SVG text fit for standing beside others in one page."""

from __future__ import annotations

import io
import re
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

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
        stays text, so that it can be selected and searched.
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
        for key, text in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{name}-{text}")
            elif key in ("href", f"{{{XLINK}}}href"):
                del element.attrib[key]
                element.set("href", f"#{name}-{text.removeprefix('#')}")
            elif "url(#" in text:
                element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", text))
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")
