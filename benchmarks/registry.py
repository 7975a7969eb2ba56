"""Components by name: entry points, ``module:Name``, or ``path/to/file.py:Name``."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.code_version import code_version

#: What can be named in a suite.
KINDS = (
    "tasks",
    "descriptors",
    "aggregators",
    "classifiers",
    "networks",
    "detectors",
    "fusions",
    "rescorers",
)


class ComponentError(ValueError):
    """A component that cannot be found, loaded or built as asked."""


@dataclass(frozen=True)
class Component:
    """A component that a name led to.

    Attributes
    ----------
    kind, name : str
        As asked for.
    target : callable
        The class, or a network's `build`.
    code : str
        Hash of the source that it is made of.
    """

    kind: str
    name: str
    target: Any
    code: str


@lru_cache
def catalogue(kind: str) -> dict[str, EntryPoint]:
    """Return the declared components of a kind, by name, sorted."""
    if kind not in KINDS:
        raise ComponentError(f"no kind of component {kind!r}{nearest(kind, KINDS)}")
    found = entry_points(group=f"conceptbench.{kind}")
    return {point.name: point for point in sorted(found, key=lambda point: point.name)}


def nearest(name: str, names) -> str:
    """Return a hint at the names most like `name`: ``"; did you mean 'x'?"``, or all of them."""
    names = [str(known) for known in names]
    # As lr is short for learning_rate, which no distance between words knows.
    short = [known for known in names if _initials(known) == name.lower()]
    close = short or get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return "; did you mean " + " or ".join(repr(known) for known in close) + "?"
    return "; there are: " + ", ".join(sorted(names)) if names else ""


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split("[-_]", name) if word) if len(name) > 1 else ""


def resolve(kind: str, name: str, base: Path | None = None) -> Component:
    """Find and import a component.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name : str
        A declared name, ``module:Name``, or ``path/to/file.py:Name``.
    base : Path, optional
        Folder that a relative path starts from; the current one by default.

    Returns
    -------
    Component
        What the name stands for.

    Raises
    ------
    ComponentError
        With the nearest right names, or what failed in importing it.
    """
    declared = catalogue(kind)
    if name in declared:
        module, attribute = declared[name].module, declared[name].attr
    elif ":" in name:
        module, _, attribute = name.rpartition(":")
    else:
        raise ComponentError(
            f"no {kind.removesuffix('s')} is called {name!r}{nearest(name, declared)} "
            "(or give module:Name, or path/to/file.py:Name)"
        )
    if module.endswith(".py"):
        imported = _import_file((base or Path.cwd()) / module)
    else:
        try:
            imported = importlib.import_module(module)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise ComponentError(f"{kind} {name!r}: cannot import {module} ({problem})") from error
    try:
        target = getattr(imported, attribute)
    except AttributeError:
        public = [n for n in vars(imported) if not n.startswith("_")]
        raise ComponentError(
            f"{kind} {name!r}: {module} has no {attribute!r}{nearest(attribute, public)}"
        ) from None
    if not callable(target):
        raise ComponentError(f"{kind} {name!r}: {attribute} is neither a class nor a function")
    return Component(kind, name, target, code_version(target))


def _import_file(path: Path) -> ModuleType:
    """Import a plug-in file under a name made from its place and content."""
    path = path.resolve()
    if not path.is_file():
        raise ComponentError(f"there is no file {path}")
    source = path.read_bytes()
    digest = hashlib.sha256(str(path).encode() + b"\0" + source).hexdigest()[:12]
    name = f"conceptbench_plugin_{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ComponentError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # So that a plug-in finds the files that lie beside it.
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        # Compiled from the bytes that were hashed: a cached .pyc may be of the file before an
        # edit within one second.
        exec(compile(source, str(path), "exec"), module.__dict__)
    except Exception as error:
        del sys.modules[name]
        raise ComponentError(f"{path} failed on import: {type(error).__name__}: {error}") from error
    return module


def build(component: Component, options: Mapping[str, Any]) -> Any:
    """Make a component from its options, once they are known to be its own.

    Parameters
    ----------
    component : Component
        A class.
    options : mapping
        Keyword arguments.

    Raises
    ------
    ComponentError
        For an unknown or a missing option, or one whose value is refused.
    """
    check_options(component, options)
    try:
        return component.target(**options)
    except (TypeError, ValueError) as error:
        raise ComponentError(f"{component.kind} {component.name!r}: {error}") from error


def check_options(
    component: Component, options: Mapping[str, Any], given: tuple[str, ...] = ()
) -> None:
    """Raise ComponentError for options that a component does not take.

    Parameters
    ----------
    component : Component
        A class or function.
    options : mapping
        What a suite gives.
    given : tuple of str
        Parameters that the harness gives itself.
    """
    kind = component.kind.removesuffix("s")
    signature = inspect.signature(component.target)
    taken = {
        name: parameter
        for name, parameter in signature.parameters.items()
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and name not in given
    }
    if not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
        for option in options:
            if option not in taken:
                hint = nearest(option, taken) if taken else "; it takes none"
                raise ComponentError(f"{kind} {component.name!r} has no option {option!r}{hint}")
    missing = [n for n, p in taken.items() if p.default is p.empty and n not in options]
    if missing:
        example = ", ".join(f"{n} = ..." for n in ("name", *missing)).replace(
            "name = ...", f'name = "{component.name}"'
        )
        raise ComponentError(
            f"{kind} {component.name!r} needs {', '.join(missing)}: give it as {{ {example} }}"
        )


def first_line(target: Any) -> str:
    """Return the first sentence of an object's documentation, or an empty string."""
    text = inspect.getdoc(target) or ""
    return text.partition("\n\n")[0].replace("\n", " ").strip()
