"""Suite files read, or an error that says file, key, what was expected and the nearest key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from benchmarks.registry import nearest
from benchmarks.suites.spec import Suite, TaskSpec
from benchmarks.suites.system_spec import (
    SORTS,
)


class SuiteError(ValueError):
    """A suite that cannot be found or is wrong."""


def built_in() -> dict[str, Path]:
    """Return the suites that come with the package, by name."""
    folder = Path(str(resources.files("benchmarks.suites")))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find(name: str) -> Path:
    """Return the file of a suite, given its name or a path.

    Raises
    ------
    SuiteError
        If there is neither; with the nearest names.
    """
    if name in built_in():
        return built_in()[name]
    path = Path(name)
    if path.is_file():
        return path
    if path.suffix == ".toml" or "/" in name:
        raise SuiteError(f"there is no suite file {name}")
    raise SuiteError(
        f"no suite is called {name!r}{nearest(name, built_in())} (or give a TOML file)"
    )


def load(path: Path, text: str | None = None) -> Suite:
    """Read a suite file.

    Parameters
    ----------
    path : Path
        TOML.
    text : str, optional
        Its content, where that was read already.

    Returns
    -------
    Suite
        Checked.

    Raises
    ------
    SuiteError
        With file, key, what was expected, and the nearest right key.
    """
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path}: {error}") from error
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SuiteError(f"{path} is not TOML: {error}") from error
    except SuiteError as error:
        raise SuiteError(f"{path}: {error}") from error


def parse(content: Mapping[str, Any]) -> Suite:
    """Check a suite given as plain data; see `load`."""
    content = dict(content)
    systems = content.get("systems")
    if isinstance(systems, list):
        content["systems"] = [_system(i, system) for i, system in enumerate(systems)]
    try:
        return Suite.model_validate(content)
    except ValidationError as error:
        raise SuiteError("\n  ".join(_messages(error, Suite))) from error


def _system(place: int, system: Any) -> Any:
    """Take a system for the sort that its keys say, so that messages are about that sort."""
    if not isinstance(system, Mapping):
        raise SuiteError(f"systems.{place}: expected a table")
    label = f"systems.{place} ({system.get('name', 'without a name')})"
    sorts = [key for key in SORTS if key in system]
    if len(sorts) != 1:
        raise SuiteError(
            f"{label}: expected exactly one of the keys {', '.join(SORTS)}; found "
            + (" and ".join(sorts) if sorts else _unlike(system))
        )
    model = SORTS[sorts[0]]
    try:
        return model.model_validate(dict(system))
    except ValidationError as error:
        raise SuiteError(
            "\n  ".join(f"{label}: {message}" for message in _messages(error, model))
        ) from error


def _unlike(system: Mapping[str, Any]) -> str:
    """Say which keys a system of no sort has, and what they may have been meant to be."""
    near = [nearest(str(key), SORTS) for key in system if key not in ("name", "label")]
    hints = [hint for hint in near if hint.startswith("; did you mean")]
    return "none, but " + ", ".join(map(str, system)) + (hints[0] if hints else "")


def _messages(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            key = str(problem["loc"][-1])
            keys = TaskSpec.model_fields if problem["loc"][0] == "tasks" else model.model_fields
            yield f"unknown key {where!r}{nearest(key, keys)}"
        elif problem["type"] == "model_type":
            yield f"{where}: expected a component's name, or a table of its `name` and its options"
        else:
            text = problem["msg"].removeprefix("Value error, ")
            yield f"{where}: {text}" if where else text
