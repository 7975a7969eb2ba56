"""Figures as PDF, for a paper."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import typst

from reports.document import Figure
from reports.pdf import FONTS

_PAGE = b"""#set document(date: none, title: sys.inputs.id)
#set page(width: auto, height: auto, margin: 2pt, fill: none)
#image(sys.inputs.id + ".svg", alt: sys.inputs.alt)
"""


def figures_as_pdf(figures: Sequence[Figure]) -> dict[str, bytes]:
    """Set each drawing as a page of its own size, as vectors, with its fonts embedded.

    Parameters
    ----------
    figures : sequence of Figure

    Returns
    -------
    dict of str to bytes
        By the figure's id; the same drawing gives the same bytes.
    """
    if not figures:
        return {}
    with tempfile.TemporaryDirectory(prefix="conceptbench-figures-") as name:
        folder = Path(name)
        (folder / "figure.typ").write_bytes(_PAGE)
        # One compiler for all: finding the fonts takes longer than setting a page.
        compiler = typst.Compiler(str(folder / "figure.typ"), root=name, font_paths=[str(FONTS)])
        found = {}
        for figure in figures:
            (folder / f"{figure.id}.svg").write_text(figure.svg, encoding="utf-8")
            page = compiler.compile(format="pdf", sys_inputs={"id": figure.id, "alt": figure.alt})
            assert isinstance(page, bytes)
            found[figure.id] = page
    return found
