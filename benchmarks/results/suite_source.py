"""What a run's own suite says that its plan does not: stages, and what early fusions join."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from benchmarks.results.run import Run


def named_stages(run: Run) -> list[str]:
    """Return the systems that the run's suite names as stages (`incorporation`), in order.

    Returns
    -------
    list of str
        Read from the suite as it is kept with the run. What a later version would refuse there
        is left out rather than an error: a report must be possible of any run.
    """
    return _names(_source(run).get("incorporation"))


def early_members(run: Run) -> dict[str, list[str]]:
    """Return what each early fusion of the run's suite joins.

    An early fusion is trained as one system: its trial rests on no other's scores, so that the
    plan names no members. It is a fusion all the same.

    Returns
    -------
    dict of str to list of str
        Members by system, both in the suite's order; read as tolerantly as `named_stages`. A
        system with fewer than two members that can be read is left out.
    """
    found: dict[str, list[str]] = {}
    for system in declared_systems(run):
        members = _names(system.get("members"))
        if "early" in system and len(members) > 1:
            found[system["name"]] = members
    return found


def declared_systems(run: Run) -> list[dict[str, Any]]:
    """Return the systems as the run's suite declares them, in order.

    Returns
    -------
    list of dict
        Each has a name, a str; nothing else is sure of it. What names no system is left out.
    """
    systems = _source(run).get("systems")
    return [
        dict(system)
        for system in (systems if isinstance(systems, list) else [])
        if isinstance(system, Mapping) and isinstance(system.get("name"), str)
    ]


def _source(run: Run) -> dict[str, Any]:
    try:
        return tomllib.loads(run.info.get("suite", {}).get("source") or "")
    except (tomllib.TOMLDecodeError, TypeError):
        return {}


def _names(value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return list(dict.fromkeys(name for name in value if isinstance(name, str)))
