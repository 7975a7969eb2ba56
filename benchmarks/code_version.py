"""The version of a piece of code: a hash of the source that its behaviour rests on."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import sys
from functools import cache
from pathlib import Path
from typing import Any

#: The import packages whose source counts, whole, as the version of what they contain.
OURS = ("engineered", "learned", "fusion", "benchmarks")


def code_version(target: Any) -> str:
    """Hash the source that an object's behaviour rests on, as it was when first asked for.

    For ours, all of the package that it is in. For another's: its file and the files around
    it that it imports, or all of its package; and our packages, which it may build on.

    Parameters
    ----------
    target : object
        A class, a function, or an instance of a class.

    Returns
    -------
    str
        Hexadecimal.
    """
    if not (inspect.isclass(target) or inspect.isroutine(target)):
        target = type(target)
    if getattr(sys.modules.get(target.__module__), "__file__", None) is None:
        # Typed into a session, or built in: what can be read of it stands for it.
        try:
            return hashlib.sha256(inspect.getsource(target).encode()).hexdigest()
        except (OSError, TypeError):
            return hashlib.sha256(repr(target).encode()).hexdigest()
    return _module_version(target.__module__)


@cache
def _module_version(name: str) -> str:
    # Cached, since a file may be edited while a process goes on with what it has imported.
    package = name.partition(".")[0]
    if package in OURS:
        return package_version(package)
    file = Path(str(sys.modules[name].__file__)).resolve()
    if "." in name or file.name == "__init__.py":
        root = Path(str(sys.modules[package].__file__)).resolve().parent
        files = tuple(sorted(root.rglob("*.py")))
    else:
        files = imported_beside(file)
    ours = "".join(package_version(ours) for ours in ("engineered", "learned", "fusion"))
    return hashlib.sha256((_files_version(files) + ours).encode()).hexdigest()


def imported_beside(file: Path) -> tuple[Path, ...]:
    """Return a file and the files of its folder that it imports, directly or not.

    They are found by reading import statements, so that what else a process has imported
    plays no part.
    """
    folder, found, pending = file.parent, set(), [file]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported_names(path):
            steps = folder.joinpath(*name.split("."))
            for other in (steps.with_suffix(".py"), steps / "__init__.py"):
                if other.is_file():
                    pending.append(other.resolve())
    return tuple(sorted(found))


def _imported_names(path: Path) -> set[str]:
    """Return every dotted name, and its parents, that a file's import statements may load."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = node.module or ""
            names.update(f"{stem}.{alias.name}".strip(".") for alias in node.names)
            names.update({stem} if stem else set())
    return names | {name[:i] for name in names for i, c in enumerate(name) if c == "."}


def _files_version(files: tuple[Path, ...]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@cache
def file_version(file: Path) -> str:
    """Hash a source file, as it was when first asked for."""
    return _files_version((file,))


@cache
def package_version(package: str) -> str:
    """Hash the source of one of our packages."""
    folder = Path(importlib.import_module(package).__file__ or "").parent
    if package == "benchmarks":
        # The harness around a system does not change what the system computes; tasks,
        # which do, are known by their samples' and annotations' fingerprint.
        folder = folder / "tasks"
    return _files_version(tuple(sorted(folder.rglob("*.py"))))
