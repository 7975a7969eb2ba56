"""Rows under headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.document.text import Family


@dataclass(frozen=True)
class Cell:
    """One entry of a table.

    Attributes
    ----------
    text : str
        As shown.
    value : float, optional
        What to sort by, where that is not the text.
    family : Family, optional
        Drawn as the family's mark beside the text.
    tone : {"gain", "loss"}, optional
        The text says it already; colour repeats it.
    strong : bool
        Stands out, e.g. the best of its column.
    system : str
        Key of the system that the cell is about; of a row's first cell, the whole row.
    drawing : str
        A small SVG that stands in place of the text, which is then its text equivalent.
    """

    text: str
    value: float | None = None
    family: Family | None = None
    tone: Literal["gain", "loss"] | None = None
    strong: bool = False
    system: str = ""
    drawing: str = ""


@dataclass(frozen=True)
class Column:
    """Heading of a column; numbers are set flush right. `system`: as in `Cell`."""

    title: str
    numeric: bool = False
    unit: str = ""
    system: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first column names the row.

    Attributes
    ----------
    id : str
        Unique in the document, fit for an anchor.
    caption : str
        What it shows; notes on how to read it go to `notes`.
    tall : bool
        Long enough to scroll in HTML; in print it breaks over pages in any case.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    tall: bool = False
