"""Drawings and photographs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.document.text import Family


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
    system : str
        Key of the system.
    """

    title: str
    detail: str
    family: Family
    thumbnails: tuple[Thumbnail, ...]
    half: bool = False
    system: str = ""


@dataclass(frozen=True)
class Gallery:
    """Rankings of several systems for one concept, below each other."""

    id: str
    title: str
    caption: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Picture:
    """A picture, as JPEG, and what stands under it.

    Attributes
    ----------
    family : Family or None
        Marks a system's name.
    system : str
        Key of the system that the picture is about; nothing where it is about none.
    """

    jpeg: bytes
    width: int
    height: int
    alt: str
    title: str
    detail: str
    family: Family | None
    system: str = ""


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
