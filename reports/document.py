"""A report as plain data: what is said and shown, and nothing of how a page looks.

HTML and PDF are drawn from the same `Document`; whatever one of them shows, the other has too.
All text is plain and untrusted: each renderer escapes it in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal, TypeAlias

Family = Literal["engineered", "learned", "fused"]
FAMILIES: tuple[Family, ...] = ("engineered", "learned", "fused")


@dataclass(frozen=True)
class Span:
    """A piece of a sentence."""

    text: str
    strong: bool = False


Text: TypeAlias = tuple[Span, ...]


def say(template: str, **parts: str | Span) -> Text:
    """Put parts into a sentence; those given as `Span` keep their weight.

    Parameters
    ----------
    template : str
        With ``{name}`` where a part goes.
    **parts : str or Span
        Never read as a template themselves.

    Returns
    -------
    tuple of Span
    """
    spans = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            spans.append(Span(literal))
        if name is not None:
            part = parts[name]
            spans.append(part if isinstance(part, Span) else Span(part))
    return tuple(spans)


def strong(text: str) -> Span:
    """Return a span that stands out."""
    return Span(text, strong=True)


def plain(text: Text) -> str:
    """Return the sentence without emphasis."""
    return "".join(span.text for span in text)


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


@dataclass(frozen=True)
class Figure:
    """A drawing.

    Attributes
    ----------
    id : str
        Unique in the document; the SVG's file name too.
    svg : str
        A whole SVG document; ids inside start with the figure's own.
    alt : str
        What somebody who cannot see it needs to know.
    narrow : str
        The same for a narrow column, where there is such a layout.
    """

    id: str
    caption: str
    svg: str
    alt: str
    notes: tuple[str, ...] = ()
    narrow: str = ""


#: What the annotations say of an image that a system ranked at the top.
Judgement = Literal["hit", "miss", "unjudged"]


@dataclass(frozen=True)
class Thumbnail:
    """A small picture, as JPEG, and what the annotations say of it.

    Attributes
    ----------
    detail : str
        What is said of it beside the enlarged picture, e.g. its score.
    """

    jpeg: bytes
    width: int
    height: int
    judgement: Judgement
    alt: str
    detail: str = ""


@dataclass(frozen=True)
class Strip:
    """Pictures in the order in which one system ranks them."""

    title: str
    detail: str
    family: Family
    thumbnails: tuple[Thumbnail, ...]


@dataclass(frozen=True)
class Gallery:
    """Rankings of several systems for one concept, below each other."""

    id: str
    title: str
    caption: str
    strips: tuple[Strip, ...]


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


Block: TypeAlias = Paragraph | Findings | Notice | Table | Figure | Gallery | Facts | Listing | Code


@dataclass(frozen=True)
class Section:
    """A part of the document with a heading."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Document:
    """The report.

    Attributes
    ----------
    title, subtitle : str
    date : str
        ISO date of the run, never of the rendering.
    facts : tuple of (name, value)
        A few lines under the title.
    sections : tuple of Section
    """

    title: str
    subtitle: str
    date: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    numbers: dict[str, str] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        figures = tables = 0
        seen: set[str] = set()
        for block in self.blocks():
            if not isinstance(block, Table | Figure | Gallery):
                continue
            if block.id in seen:
                raise ValueError(f"two blocks of the document have the id {block.id!r}")
            seen.add(block.id)
            if isinstance(block, Table):
                tables += 1
                self.numbers[block.id] = f"Table {tables}"
            else:
                figures += 1
                self.numbers[block.id] = f"Figure {figures}"

    def blocks(self) -> Iterator[Block]:
        """All blocks in reading order."""

        def inside(section: Section) -> Iterator[Block]:
            yield from section.blocks
            for part in section.sections:
                yield from inside(part)

        for section in self.sections:
            yield from inside(section)

    def figures(self) -> list[Figure]:
        """All drawings in order."""
        return [block for block in self.blocks() if isinstance(block, Figure)]
