"""Objects for another process, whose code it finds even where it lies in a plug-in's file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import io
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class UnreachableError(ValueError):
    """Something that another process could not get at."""


@dataclass(frozen=True)
class Source:
    """A module that pickled data refers to.

    Attributes
    ----------
    name : str
        As imported here.
    path : str
        Its file.
    digest : str
        Of the file's content.
    """

    name: str
    path: str
    digest: str


class _Pickler(pickle.Pickler):
    """Notes the modules of the functions and classes that it meets."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.modules: set[str] = set()

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, type) or callable(value):
            self.modules.add(str(getattr(value, "__module__", None)))
        return NotImplemented


def dumps(value: Any) -> tuple[bytes, list[Source]]:
    """Pickle an object, and list the files that its code lies in.

    Parameters
    ----------
    value : object

    Returns
    -------
    bytes
    list of Source
        Of modules that have a file of Python source.

    Raises
    ------
    UnreachableError
        Part of it is a lambda or a local function, or is defined in a session or in
        the script that runs.
    """
    file = io.BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise UnreachableError(
            f"it cannot be handed to another process ({error}): define it by name, at the top "
            "level of a module or plug-in file"
        ) from error
    if "__main__" in pickler.modules:
        raise UnreachableError(
            "it is defined in the script or session that runs, which another process cannot "
            "import: move it to a module or plug-in file"
        )
    sources = []
    for name in sorted(pickler.modules):
        path = getattr(sys.modules.get(name), "__file__", None)
        if path is not None and path.endswith(".py"):
            sources.append(Source(name, path, _digest(path)))
    return file.getvalue(), sources


def loads(data: bytes, sources: list[Source]) -> Any:
    """Unpickle an object in another process that has the same ``sys.path``.

    A module that cannot be imported by its name, as a plug-in's file, is loaded
    from its file under that name.

    Parameters
    ----------
    data, sources
        As `dumps` returned them, in a process of the same user.

    Raises
    ------
    UnreachableError
        A file has changed, or another is imported in its place.
    """
    for source in sources:
        if _digest(source.path) != source.digest:
            raise UnreachableError(f"{source.path} has changed since the training began")
        if source.name not in sys.modules:
            _load(source)
        found = getattr(sys.modules[source.name], "__file__", None)
        if found is None or Path(found).resolve() != Path(source.path).resolve():
            raise UnreachableError(f"module {source.name} is {found} here, not {source.path}")
    return pickle.loads(data)


def _load(source: Source) -> None:
    try:
        importlib.import_module(source.name)
        return
    except ModuleNotFoundError as error:
        if error.name is None or not (source.name + ".").startswith(error.name + "."):
            raise  # something that it imports is missing
    spec = importlib.util.spec_from_file_location(source.name, source.path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[source.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[source.name]
        raise


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
