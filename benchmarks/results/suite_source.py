"""What a run's own suite says that its plan does not: stages, early fusions, every option."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from benchmarks.option_text import option_text
from benchmarks.registry import catalogue
from benchmarks.results.run import Run

#: The fusion in levels, as a suite may name it without the catalogue.
_HIERARCHICAL = "fusion.hierarchical:HierarchicalFusion"


def named_stages(run: Run) -> list[str]:
    """Return the systems that the run's suite names as stages (`incorporation`), in order.

    Returns
    -------
    list of str
        Read from the suite as it is kept with the run. What a later version would refuse there
        is left out rather than an error: a report must be possible of any run.
    """
    return names(_source(run).get("incorporation"))


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
        members = names(system.get("members"))
        if "early" in system and len(members) > 1:
            found[system["name"]] = members
    return found


def hierarchical(run: Run) -> set[str]:
    """Return the systems whose fusion has levels of its own, as the run's suite says.

    Returns
    -------
    set of str
        Those fused by `fusion.hierarchical`, by the catalogue's name or by its own.
    """
    found = set()
    for system in declared_systems(run):
        method = system.get("fusion")
        name = method.get("name") if isinstance(method, Mapping) else method
        if not isinstance(name, str):
            continue
        declared = catalogue("fusions").get(name)
        target = name if declared is None else f"{declared.module}:{declared.attr}"
        if target == _HIERARCHICAL:
            found.add(system["name"])
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


def system_options(run: Run) -> dict[str, dict[str, str]]:
    """Return every option of each system, as the run's suite writes it.

    Returns
    -------
    dict of str to dict of str to str
        By system, in the suite's order; an option of a component by its path: a suite's
        ``classifier = { name = "linear-svm", C = 1.0 }`` gives ``classifier.name`` and
        ``classifier.C``. Empty for a suite that cannot be read: see `recorded_systems`.
    """
    systems = _source(run).get("systems")
    found: dict[str, dict[str, str]] = {}
    for system in systems if isinstance(systems, list) else []:
        if isinstance(system, Mapping) and isinstance(system.get("name"), str):
            found[system["name"]] = _flat({k: v for k, v in system.items() if k != "name"})
    return found


def recorded_systems(run: Run) -> dict[str, dict[str, str]]:
    """Return what the run recorded of each system: less than a suite says, but always there."""
    names = ("family", "label", "stages", "members")
    return {
        record["name"]: _flat({name: record.get(name) for name in names})
        for record in run.info["systems"]
    }


def suite_options(run: Run) -> dict[str, str]:
    """Return what the run's suite says beside its systems: seeds, tasks, stages; by path."""
    source = _source(run)
    kept = {k: v for k, v in source.items() if k not in ("systems", "title", "description")}
    tasks = kept.pop("tasks", [])
    for task in tasks if isinstance(tasks, list) else []:
        if isinstance(task, Mapping):
            kept[f"task {task.get('name', '')}"] = {k: v for k, v in task.items() if k != "name"}
    return _flat(kept)


def _flat(options: Mapping[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in options.items():
        if isinstance(value, Mapping) and value:
            found |= _flat(value, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = option_text(value)
    # `"hog"` and `{ name = "hog" }` are one.
    return {key.removesuffix(".name") if path else key: text for key, text in found.items()}


def _source(run: Run) -> dict[str, Any]:
    try:
        return tomllib.loads(run.info.get("suite", {}).get("source") or "")
    except (tomllib.TOMLDecodeError, TypeError):
        return {}


def names(value: Any) -> list[str]:
    """Return the texts in a list, each once; nothing of what is no list."""
    if not isinstance(value, list):
        return []
    return list(dict.fromkeys(name for name in value if isinstance(name, str)))
