"""What a section is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reports.document.claims import Claims
from reports.document.pictures import Figure, Gallery, PictureRows
from reports.document.tables import Cell, Table
from reports.document.text import Family, Text


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: Text
    quiet: bool = False


@dataclass(frozen=True)
class Findings:
    """Sentences that answer a question, the most important first.

    Attributes
    ----------
    title : str
        What they are about; a task.
    items : tuple of Finding
    """

    title: str
    items: tuple[Finding, ...]


@dataclass(frozen=True)
class Finding:
    """One generated sentence; `family` is the one that it is good news for, if any."""

    text: Text
    family: Family | None = None


@dataclass(frozen=True)
class Notice:
    """A remark that must not be missed."""

    kind: Literal["note", "warning", "good"]
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and values, a line each."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Listing:
    """Steps in order, of something that has a name."""

    title: str
    detail: str
    family: Family | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """Text that is to be typed or kept as it is."""

    text: str
    label: str


@dataclass(frozen=True)
class Fold:
    """Blocks of one matter among many, shown when its heading is opened.

    Its figures and tables are a supplement, numbered S1, S2 ... apart from the others: these have
    the same numbers wherever some of the folds are left out.

    Attributes
    ----------
    id : str
        Unique in the document, fit for an anchor.
    title : str
    values : tuple of Cell
        What is told in the heading; as many as its neighbours have.
    blocks : tuple of Block
        No folds.
    printed : tuple of Block
        Those of the blocks that a paper shows; without any it leaves the fold out.
    """

    id: str
    title: str
    values: tuple[Cell, ...]
    blocks: tuple[Block, ...]
    printed: tuple[Block, ...] = ()


Block: TypeAlias = (
    Paragraph
    | Findings
    | Claims
    | Notice
    | Table
    | Figure
    | Gallery
    | Facts
    | Listing
    | Code
    | PictureRows
    | Fold
)
