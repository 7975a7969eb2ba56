"""A report as plain data: what is said and shown, and nothing of how a page looks.

HTML and PDF are drawn from the same `Document`; whatever one of them shows, the other has too.
All text is plain and untrusted: each renderer escapes it in its own way.
"""

from __future__ import annotations

from collections import Counter
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


#: What a run says of a claim: it holds, it does not hold, or the run cannot tell.
Verdict = Literal["holds", "fails", "open"]


@dataclass(frozen=True)
class Answer:
    """What a run says of a claim, on one task and of one set of systems.

    Attributes
    ----------
    verdict : Verdict
        Drawn as a badge of a word and a shape.
    evidence : tuple of Span
    where : str
        The task, or the systems, if there is more than one; else nothing.
    shown : str
        Id of the figure or table that shows it; nothing is referred to where the document has
        none of this id.
    to_do : tuple of Span
        How to find out, where the run cannot tell.
    """

    verdict: Verdict
    evidence: Text
    where: str = ""
    shown: str = ""
    to_do: Text = ()


@dataclass(frozen=True)
class Claim:
    """A claim, and what the run says of it.

    Attributes
    ----------
    title : str
        A word or two.
    statement : str
        The claim itself.
    tested : str
        By what comparison it is put to the test; nothing where it could not be.
    answers : tuple of Answer
    overall : tuple of Span
        What several answers come to.
    """

    title: str
    statement: str
    tested: str
    answers: tuple[Answer, ...]
    overall: Text = ()


@dataclass(frozen=True)
class Claims:
    """Claims and their verdicts, below each other."""

    items: tuple[Claim, ...]


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
    wide : bool
        Wider than the others: it stands alone, and scrolls where the screen is narrow.
    narrow : str
        The same for a narrow column, where there is such a layout.
    """

    id: str
    caption: str
    svg: str
    alt: str
    notes: tuple[str, ...] = ()
    wide: bool = False
    narrow: str = ""


#: What the annotations say of an image that a system ranked at the top.
Judgement = Literal["hit", "miss", "unjudged"]


@dataclass(frozen=True)
class Thumbnail:
    """A small picture, as JPEG, and what the annotations say of it.

    Attributes
    ----------
    remark : str
        Written below it in the place of the judgement's name.
    detail : str
        What is said of it beside the enlarged picture, e.g. its score.
    """

    jpeg: bytes
    width: int
    height: int
    judgement: Judgement
    alt: str
    remark: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Strip:
    """Pictures in the order in which one system ranks them.

    Attributes
    ----------
    half : bool
        Of few pictures: two such strips, one after the other, stand beside each other.
    """

    title: str
    detail: str
    family: Family
    thumbnails: tuple[Thumbnail, ...]
    half: bool = False


@dataclass(frozen=True)
class Gallery:
    """Rankings of several systems for one concept, below each other."""

    id: str
    title: str
    caption: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Picture:
    """A picture, as JPEG, and what stands under it; `family` marks a system's name."""

    jpeg: bytes
    width: int
    height: int
    alt: str
    title: str
    detail: str
    family: Family | None


@dataclass(frozen=True)
class PictureRow:
    """Pictures of one thing, beside each other."""

    title: str
    detail: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class LegendEntry:
    """What a colour (as ``#rrggbb``) and the line around it mean."""

    colour: str
    dashed: bool
    text: str


@dataclass(frozen=True)
class PictureRows:
    """Rows of pictures to be compared, under one legend."""

    id: str
    caption: str
    legend: tuple[LegendEntry, ...]
    rows: tuple[PictureRow, ...]


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
        counts: Counter[str] = Counter()
        seen: set[str] = set()
        for block, folded in self._walk():
            if not isinstance(block, Table | Figure | Gallery | PictureRows | Fold):
                continue
            if block.id in seen:
                raise ValueError(f"two blocks of the document have the id {block.id!r}")
            seen.add(block.id)
            if isinstance(block, Fold):
                continue
            kind = "Table" if isinstance(block, Table) else "Figure"
            kind += " S" if folded else " "
            counts[kind] += 1
            self.numbers[block.id] = f"{kind}{counts[kind]}"

    def blocks(self) -> Iterator[Block]:
        """All blocks in reading order; a fold before what is in it."""
        for block, _ in self._walk():
            yield block

    def _walk(self) -> Iterator[tuple[Block, bool]]:
        """All blocks in reading order, with whether they are in a fold."""

        def inside(section: Section) -> Iterator[tuple[Block, bool]]:
            for block in section.blocks:
                yield block, False
                if isinstance(block, Fold):
                    yield from ((inner, True) for inner in block.blocks)
            for part in section.sections:
                yield from inside(part)

        for section in self.sections:
            yield from inside(section)

    def figures(self) -> list[Figure]:
        """All drawings in order."""
        return [block for block in self.blocks() if isinstance(block, Figure)]
