"""Keys: hashes of all that a result depends on, so that nothing stale is ever met."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.code_version import OURS, code_version
from benchmarks.results.store import SCHEMA

#: Libraries whose release may change a number.
LIBRARIES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "scikit-image",
    "opencv-python",
    "numba",
    "torch",
    "torchvision",
    "pillow",
)


@lru_cache
def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that results rest on."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def key(*parts: Any) -> str:
    """Hash plain data, with the schema version, the libraries' versions and the threads.

    Sums are taken in another order by another number of threads, so that results differ in
    their last digits; the number is that of the environment, which a run sets for all of its
    processes.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    threads = os.environ.get("OMP_NUM_THREADS")
    text = json.dumps([SCHEMA, library_versions(), threads, parts], sort_keys=True, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def describe(value: Any) -> Any:
    """Describe a component or a parameter as plain data that is equal when it behaves equally.

    Parameters
    ----------
    value : object
        Plain data, an array, a function, or an object whose behaviour is fixed by its
        parameters (``get_params``, else its attributes) and its source.

    Raises
    ------
    TypeError
        For what cannot be told apart from another like it.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        data = np.ascontiguousarray(value)
        return ["array", str(data.dtype), data.shape, hashlib.sha256(data.tobytes()).hexdigest()]
    if isinstance(value, Mapping):
        return {str(name): describe(entry) for name, entry in value.items()}
    if isinstance(value, Sequence):
        return [describe(entry) for entry in value]
    if isinstance(value, Path):
        return str(value)
    if inspect.isclass(value) or inspect.isroutine(value):
        return [_name(value), code_version(value)]
    if hasattr(value, "get_params"):
        # Where stages run, and are kept and costed, changes nothing about what comes out.
        parameters = {k: v for k, v in value.get_params(deep=False).items() if k != "stages"}
    elif hasattr(value, "__dict__"):
        parameters = vars(value)
    else:
        raise TypeError(f"no key can be made of a {type(value).__name__}")
    return [_name(type(value)), code_version(value), describe(parameters)]


def _name(target: Any) -> str:
    # A plug-in is known by its content, wherever its file lies.
    if target.__module__.partition(".")[0] in OURS:
        return f"{target.__module__}:{target.__qualname__}"
    return target.__qualname__
