"""Sections and the document, which numbers its figures and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reports.document.blocks import Block, Fold
from reports.document.pictures import Figure, Gallery, PictureRows
from reports.document.tables import Table


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
