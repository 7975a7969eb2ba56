"""A report as plain data: what is said and shown, and nothing of how a page looks.

HTML and PDF are drawn from the same `Document`; whatever one of them shows, the other has too.
All text is plain and untrusted: each renderer escapes it in its own way.
"""

from __future__ import annotations

from reports.document.blocks import (
    Block,
    Code,
    Facts,
    Finding,
    Findings,
    Fold,
    Listing,
    Notice,
    Paragraph,
)
from reports.document.claims import Answer, Claim, Claims, Verdict
from reports.document.document import Document, Section
from reports.document.pictures import (
    Figure,
    Gallery,
    Judgement,
    LegendEntry,
    Picture,
    PictureRow,
    PictureRows,
    Strip,
    Thumbnail,
)
from reports.document.tables import Cell, Column, Table
from reports.document.text import FAMILIES, Family, Span, Text, plain, say, strong

__all__ = [
    "FAMILIES",
    "Answer",
    "Block",
    "Cell",
    "Claim",
    "Claims",
    "Code",
    "Column",
    "Document",
    "Facts",
    "Family",
    "Figure",
    "Finding",
    "Findings",
    "Fold",
    "Gallery",
    "Judgement",
    "LegendEntry",
    "Listing",
    "Notice",
    "Paragraph",
    "Picture",
    "PictureRow",
    "PictureRows",
    "Section",
    "Span",
    "Strip",
    "Table",
    "Text",
    "Thumbnail",
    "Verdict",
    "plain",
    "say",
    "strong",
]
