"""The document as one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import wording
from reports.document import Block, Document, Figure, Fold, Gallery, Listing, Text

#: A clear pixel: what an image shows whose picture is its background.
_BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
_WIDTH = re.compile(r'<svg[^>]* width="([\d.]+)pt"')
#: Inlined in this order; all scripts in one element, each in a scope of its own.
STYLES = ("report.css", "figures.css", "tools.css")
SCRIPTS = (
    "report.js", "sorting.js", "filtering.js", "linking.js", "pointing.js", "viewer.js",
    "theme.js",
)  # fmt: skip

_TYPE = re.compile(r"font(?:-size)?: (?:[a-z0-9]+ )*([\d.]+)px")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*(<!DOCTYPE[^>]*>\s*)?")


def render_html(document: Document) -> bytes:
    """Render a document as HTML, UTF-8, with styles, scripts, drawings and pictures inside.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        The same for the same document.
    """
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sentence"] = _sentence
    environment.filters["name"] = _name
    environment.filters["drawing"] = _drawing
    environment.filters["breadth"] = _breadth
    environment.filters["least"] = _least
    environment.filters["data_url"] = _data_url
    environment.filters["side_by_side"] = _side_by_side
    environment.filters["token"] = wording.token
    script = _inlined(SCRIPTS)
    page = environment.get_template("report.html.j2").render(
        document=document,
        pictures=_shared(document),
        blank=_BLANK,
        style=Markup(_inlined(STYLES)),
        script=Markup(script),
        script_hash=_source_hash(script),
    )
    return page.encode()


def _breadth(svg: str) -> int:
    """Return the width in pixels at which a broad drawing's type is as large as the others'."""
    return min(1000, round(640 / 360 * _points(svg)))


def _least(svg: str) -> int:
    """Return the width in pixels at which a drawing's smallest type is 11 pixels high."""
    smallest = min(map(float, _TYPE.findall(svg)), default=11.0)
    return math.ceil(11 / smallest * _points(svg))


def _points(svg: str) -> float:
    width = _WIDTH.search(svg)
    if width is None:
        raise ValueError(f"a drawing must give its width in points: {svg[:200]}")
    return float(width[1])


def _shared(document: Document) -> dict[bytes, str]:
    """Name the pictures of the folds, each once.

    Folds show the same pictures again and again. Where they are a class of the style sheet, their
    bytes are in the page once, need no script, and are decoded only when a fold is opened.
    """
    folds = (block for block in document.blocks() if isinstance(block, Fold))
    galleries = (b for fold in folds for b in fold.blocks if isinstance(b, Gallery))
    jpegs = (t.jpeg for b in galleries for strip in b.strips for t in strip.thumbnails)
    return {jpeg: f"p{i}" for i, jpeg in enumerate(dict.fromkeys(jpegs))}


def _inlined(names: tuple[str, ...]) -> str:
    templates = files("reports") / "templates"
    return "".join((templates / name).read_text(encoding="utf-8") for name in names)


def _source_hash(script: str) -> str:
    """Return what a content security policy calls a script by: no other one may run."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _sentence(text: Text) -> Markup:
    """Escape each span of a sentence and set the strong ones apart."""
    empty = Markup("")
    return empty.join(
        Markup("<strong>{}</strong>").format(span.text)
        if span.strong
        else Markup("{}").format(span.text)
        for span in text
    )


def _name(text: str, mark: str = "") -> Markup:
    """Escape a name that breaks at its joints only, its first piece beside its family's mark."""
    long, short = Markup('<span class="long">{}</span>'), Markup("{}")
    pieces = wording.pieces(text)
    parts = [(long if len(p) > wording.LONGEST_PIECE else short).format(p) for p in pieces]
    if mark and pieces and len(pieces[0]) <= wording.LONGEST_PIECE:
        parts[0] = Markup('<span class="whole">{}{}</span>').format(mark, parts[0])
    elif mark:
        parts.insert(0, Markup("{}").format(mark))
    return Markup("<wbr>").join(parts)


def _drawing(svg: str, alt: str) -> Markup:
    """Return an SVG of ours for standing in the page, named by its text equivalent.

    The drawing was serialised by an XML library, which escaped the names inside.
    """
    body = _DECLARATION.sub("", svg)
    start = Markup('<svg role="img" aria-label="{}" ').format(alt)
    return start + Markup(body.removeprefix("<svg "))


def _side_by_side(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """Group neighbouring drawings, and neighbouring listings: they stand beside each other."""
    groups: list[tuple[Block, ...]] = []
    for beside, run in groupby(blocks, key=_beside):
        same = tuple(run)
        groups += [same] if beside else [(block,) for block in same]
    return groups


def _beside(block: Block) -> type | None:
    return type(block) if isinstance(block, Figure | Listing) and not _alone(block) else None


def _alone(block: Block) -> bool:
    """Whether a drawing would not be legible in half the width."""
    return isinstance(block, Figure) and (block.wide or not block.narrow)


def _data_url(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
