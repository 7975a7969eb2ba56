"""The headline results as Markdown tables (GitHub's dialect)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.exports.headline import Entry, HeadlineTable

#: Whatever CommonMark or GitHub gives a meaning to inside a line; a backslash takes it away.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$^!@]")
#: GitHub makes links of these by themselves.
_LINK = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
#: At the start of a paragraph: a list, a ruler, or the underline of a heading.
_START = re.compile(r"^([-+=]|\d+(?=[.)]))")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    one_line = " ".join(text.split())
    return _LINK.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", one_line))


def _paragraph(text: str) -> str:
    """Escape text that starts a line."""
    start = _START.match(line := escaped(text))
    if not start:
        return line
    at = start.end() if start[0][0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def as_markdown(title: str, tables: Sequence[HeadlineTable]) -> str:
    """Write tables below a heading.

    Parameters
    ----------
    title : str
    tables : sequence of HeadlineTable

    Returns
    -------
    str
        With a final newline; the caption stands above each table.
    """
    parts = [f"# {escaped(title)}"]
    for table in tables:
        ruler = [
            "---" if place < table.text_columns else "---:" for place in range(len(table.columns))
        ]
        lines = [
            _line([escaped(column) for column in table.columns]),
            _line(ruler),
            *(_line([_cell(entry) for entry in row]) for row in table.rows),
        ]
        parts += [_paragraph(table.caption), "\n".join(lines)]
    if not tables:
        parts.append("No trial of this run is complete.")
    return "\n\n".join(parts) + "\n"


def _cell(entry: Entry) -> str:
    text = escaped(entry.text)
    return f"**{text}**" if entry.strong else text


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
