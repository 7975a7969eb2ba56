"""Methods by name, with options: how one declaration tells of several fusions or re-scorings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from engineered.parameters import did_you_mean

#: A name alone, or a mapping of `name` and options.
Method = str | Mapping[str, Any]
#: What each name stands for: a class, and the options that it is given besides.
Known = Mapping[str, tuple[Any, Mapping[str, Any]]]


def make_method(method: Method, known: Known) -> tuple[str, Any]:
    """Make the estimator that a method stands for.

    Parameters
    ----------
    method : str or mapping
        A name, or a mapping of `name` and options.
    known : mapping of str to (class, options)
        The names that there are.

    Returns
    -------
    name : str
    estimator
        Unfitted.

    Raises
    ------
    ValueError
        For a name that is not known, an option that the class does not take, or a value that is
        out of its range.
    """
    options = dict(method) if isinstance(method, Mapping) else {"name": method}
    name = options.pop("name", None)
    if not isinstance(name, str) or name not in known:
        hint = did_you_mean(name, known)
        raise ValueError(f"a method must be one of {', '.join(known)}, got {name!r}{hint}")
    kind, meant = known[name]
    taken: Sequence[str] = kind._get_param_names()
    for option in options:
        if option not in taken:
            near = get_close_matches(option, taken, n=1) or taken
            raise ValueError(
                f"method {name!r} has no option {option!r}; near it: {', '.join(near)}"
            )
    made = kind(**{**meant, **options})
    try:
        made.check()
    except ValueError as error:
        raise ValueError(f"method {name!r}: {error}") from error
    return name, made
