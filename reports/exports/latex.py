"""The headline results as LaTeX tables (package booktabs)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from reports.exports.headline import Entry, HeadlineTable
from reports.wording import MINUS, NBSP, NO_VALUE

_ESCAPES = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    # After the end of a row these would be read as its arguments.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    NBSP: "~",
    MINUS: r"$-$",
    NO_VALUE: r"\textendash{}",
    "±": r"$\pm$",
    "…": r"\ldots{}",
    "×": r"$\times$",
}


def escaped(text: str) -> str:
    """Return text that LaTeX sets as it is, on one line.

    Marks of the direction of writing are left out: LaTeX knows no such characters. Letters beyond
    Latin stay, and need XeLaTeX or LuaLaTeX with a font that has them.
    """
    one_line = " ".join(text.replace(NBSP, "\0").split()).replace("\0", NBSP)
    kept = (c for c in one_line if c in _ESCAPES or unicodedata.category(c) not in ("Cf", "Cc"))
    set_apart = "".join(_ESCAPES.get(c, c) for c in kept)
    # LaTeX joins hyphens into dashes, and commas into a quotation mark.
    return re.sub(r"(?<=-)-|(?<=,),", r"{}\g<0>", set_apart)


def as_latex(tables: Sequence[HeadlineTable]) -> str:
    """Write tables as floats, each with its caption and label.

    Parameters
    ----------
    tables : sequence of HeadlineTable

    Returns
    -------
    str
        To be ``\\input`` into a document; with a final newline.
    """
    head = (
        "% Written by conceptbench. In the preamble: \\usepackage{booktabs}, and\n"
        "% \\usepackage[T1]{fontenc} with pdfLaTeX. Names beyond Latin need XeLaTeX or LuaLaTeX.\n"
    )
    if not tables:
        return f"{head}% No trial of this run is complete.\n"
    return head + "".join(f"\n{_float(table)}" for table in tables)


def _float(table: HeadlineTable) -> str:
    numbers = len(table.columns) - table.text_columns
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escaped(table.caption)}}}",
        rf"  \label{{{table.label}}}",
        rf"  \begin{{tabular}}{{{'l' * table.text_columns}{'r' * numbers}}}",
        r"    \toprule",
        f"    {' & '.join(escaped(column) for column in table.columns)} \\\\",
        r"    \midrule",
        *(f"    {' & '.join(_cell(entry) for entry in row)} \\\\" for row in table.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _cell(entry: Entry) -> str:
    text = escaped(entry.text)
    return f"\\textbf{{{text}}}" if entry.strong else text
