"""The document as PDF, set by typst."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from reports.document import Cell, Document, Figure, Fold, Picture, Thumbnail

#: Fonts that are the same everywhere: typst brings the serif, matplotlib the figures'.
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

#: The paper first, then what it imports.
_TEMPLATES = ("report.typ", "style.typ", "tables.typ", "pictures.typ", "words.typ")


def render_pages(document: Document, ppi: float) -> list[bytes]:
    """Set a document as the pages of its PDF, each a PNG picture.

    Parameters
    ----------
    document : Document
    ppi : float
        Pixels an inch.

    Returns
    -------
    list of bytes
    """
    return _compiled(document, format="png", ppi=ppi)


def render_pdf(document: Document) -> bytes:
    """Set a document as PDF; the same document gives the same bytes.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        With bookmarks, tags and embedded fonts. The template is fixed: all of the document's
        text reaches it as data, never as markup.
    """
    return _compiled(document, format="pdf")


def _compiled(document: Document, **how: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="conceptbench-report-") as root:
        folder = Path(root)
        for name in _TEMPLATES:
            source = (files("reports") / "templates" / name).read_bytes()
            (folder / name).write_bytes(source)
        data = _plain(document, folder)
        (folder / "document.json").write_text(json.dumps(data, ensure_ascii=False))
        return typst.compile(str(folder / _TEMPLATES[0]), root=root, font_paths=[str(FONTS)], **how)


def _plain(value: Any, folder: Path) -> Any:
    """Turn the document into what JSON holds; pictures become files beside it."""
    if isinstance(value, Figure):
        (folder / f"{value.id}.svg").write_text(value.svg, encoding="utf-8")
        return {
            "type": "Figure", "id": value.id, "caption": value.caption, "alt": value.alt,
            "notes": list(value.notes), "file": f"{value.id}.svg", "wide": value.wide,
        }  # fmt: skip
    if isinstance(value, Thumbnail):
        name = f"{hashlib.sha256(value.jpeg).hexdigest()[:20]}.jpg"
        (folder / name).write_bytes(value.jpeg)
        return {
            "file": name, "judgement": value.judgement, "alt": value.alt, "remark": value.remark,
        }  # fmt: skip
    if isinstance(value, Fold):
        return {
            "type": "Fold", "id": value.id, "title": value.title,
            "values": _plain(value.values, folder), "blocks": _plain(value.printed, folder),
        }  # fmt: skip
    if isinstance(value, Picture):
        name = f"{hashlib.sha256(value.jpeg).hexdigest()[:20]}.jpg"
        (folder / name).write_bytes(value.jpeg)
        texts = ("alt", "title", "detail", "family")
        return {"file": name, **{text: getattr(value, text) for text in texts}}
    if isinstance(value, Cell) and value.drawing:
        name = f"{hashlib.sha256(value.drawing.encode()).hexdigest()[:20]}.svg"
        (folder / name).write_text(value.drawing, encoding="utf-8")
        # Widths of columns go by the text: what takes its place is as wide as ten digits.
        return {
            "text": "0" * 10, "file": name, "alt": value.text, "family": None, "tone": None,
            "strong": False,
        }  # fmt: skip
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _plain(getattr(value, field.name), folder)
            for field in dataclasses.fields(value)
        }
        return {"type": type(value).__name__, **fields}
    if isinstance(value, tuple | list):
        return [_plain(item, folder) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, folder) for key, item in value.items()}
    if isinstance(value, float) and value != value:
        return None
    return value
