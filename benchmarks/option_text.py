"""Options of a component in a line, as a suite would have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: What can stand without quotes and be nothing else.
_BARE = re.compile(r"[^\s,=()\[\]{}\"']+")


def option_text(value: Any, inside: bool = False) -> str:
    """Write an option's value much as TOML does, without quotes where none are needed.

    Parameters
    ----------
    value : Any
        Of what TOML knows: text, numbers, truth values, lists and tables, in each other.
    inside : bool
        Whether it stands in a list or table, where text with blanks or commas needs quotes.

    Returns
    -------
    str
        A table with a `name` is a component: its options follow in parentheses.

    Examples
    --------
    >>> option_text({"engineered": ["words", "mean colour"], "learned": "cnn"})
    '{ engineered = [words, "mean colour"], learned = cnn }'
    >>> option_text(["ap", {"name": "late", "per_concept": True}])
    '[ap, late (per_concept = true)]'
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        bare = not inside or _BARE.fullmatch(value)
        return value if bare else '"' + value.replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        if isinstance(value.get("name"), str):
            rest = {name: entry for name, entry in value.items() if name != "name"}
            return option_text(value["name"], True) + (f" ({options_text(rest)})" if rest else "")
        return f"{{ {options_text(value, True)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(option_text(entry, True) for entry in value)}]"
    return str(value)


def options_text(options: Mapping[str, Any], inside: bool = False) -> str:
    """Write several options: "step = 4, grids = [[1, 1], [2, 2]]"."""
    return ", ".join(
        f"{option_text(str(name), inside)} = {option_text(value, inside)}"
        for name, value in options.items()
    )
