"""Lines of columns apart by white space, as all of TREC's text files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np


def columns(path: Path, widths: tuple[int, ...], what: str) -> Iterator[tuple[int, list[str]]]:
    """Read a file of columns, the same number of them in every line.

    Parameters
    ----------
    path : Path
        UTF-8.
    widths : tuple of int
        How many columns there may be.
    what : str
        What a line should hold, for the message.

    Yields
    ------
    number : int
        Of the line, from 1.
    values : list of str

    Raises
    ------
    ValueError
        For another number of columns, an empty line inside the file, or a file without lines.
    """
    found = 0
    text = path.read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.rstrip().split("\n"), start=1):
        values = line.split()
        if len(values) not in ((found,) if found else widths):
            expected = (
                f"{found} as in line 1" if found else " or ".join(str(width) for width in widths)
            )
            raise ValueError(
                f"{path}, line {number}: {len(values)} columns, not {expected} ({what})"
            )
        found = len(values)
        yield number, values


def whole_number(text: str, path: Path, line: int, what: str) -> int:
    """Return the whole number that `text` is.

    Raises
    ------
    ValueError
        If it is none: the message names file, line and column.
    """
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{path}, line {line}: {what} {text!r} is not a whole number") from None


def check_words(words: np.ndarray, what: str) -> None:
    """Check that words can stand in a column.

    Raises
    ------
    ValueError
        For an empty one, or one with white space in it.
    """
    for word in words.tolist():
        if not word or word.split() != [word]:
            raise ValueError(
                f"{what} {word!r} cannot stand in a TREC file: it must be a word without spaces"
            )
