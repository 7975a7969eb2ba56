"""What a system consists of, in lines: its stages."""

from __future__ import annotations

import ast
import re

from benchmarks.option_text import option_text
from reports.summary import System

_OPENING = {"[": "]", "{": "}"}


def stage_lines(system: System) -> list[str]:
    """Return a system's stages; its members are named in its heading, not among them."""
    lines = [readable(line) for line in system.stages]
    return [line for line in lines if not (system.members and line.startswith("of: "))]


def readable(line: str) -> str:
    """Write what an earlier version described in Python as a suite would have it.

    Parameters
    ----------
    line : str
        "fusion: hierarchical (groups = {'a': ['b', 'c']})"

    Returns
    -------
    str
        "fusion: hierarchical (groups = { a = [b, c] })"; what is no such list or table stays.
    """
    out, place = [], 0
    while place < len(line):
        end = _closing(line, place) if line[place] in _OPENING else None
        try:
            value = ast.literal_eval(line[place:end]) if end else None
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            value = None
        if end and isinstance(value, list | dict):
            out.append(option_text(value))
            place = end
        else:
            out.append(line[place])
            place += 1
    return re.sub(r"(?<== )(True|False|None)\b", lambda m: m[0].lower(), "".join(out))


def _closing(line: str, start: int) -> int | None:
    """Return the place after the bracket that closes the one at `start`; None without one."""
    waiting: list[str] = []
    quote = ""
    for place in range(start, len(line)):
        character = line[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in _OPENING:
            waiting.append(_OPENING[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
            if not waiting:
                return place + 1
    return None
