"""Files that tell when they are damaged: fitted things, and work on them that was cut off."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.harness.cost import Cost, measured
from benchmarks.results.store import write_atomically


def sealed(data: bytes) -> bytes:
    """Return data behind its checksum."""
    return hashlib.sha256(data).digest() + data


def unsealed(path: Path) -> bytes | None:
    """Return what was sealed in a file, or None where it is absent or damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data[32:] if hashlib.sha256(data[32:]).digest() == data[:32] else None


def read_value(path: Path) -> tuple[Any, Cost] | None:
    """Return a value and what it took, or None where there is none that can be read."""
    data = unsealed(path)
    if data is None:
        return None
    try:
        return pickle.loads(data)
    except (ImportError, AttributeError, pickle.UnpicklingError):
        # Made by a plug-in's file that has since moved: made again.
        return None


def write_value(path: Path, value: Any, cost: Cost) -> None:
    """Write a value and what it took."""
    data = pickle.dumps((value, cost), protocol=pickle.HIGHEST_PROTOCOL)
    write_atomically(path, sealed(data))


class Progress:
    """How far a long fitting has come, kept in a file until it is done.

    Parameters
    ----------
    path : Path
        The file.
    baseline_mb : float, default=0.0
        What the process held before.

    Attributes
    ----------
    cost : Cost
        What all processes that worked on it have spent, once `measured` is left.
    """

    def __init__(self, path: Path, baseline_mb: float = 0.0) -> None:
        self.path = path
        self.cost = Cost()
        self._baseline_mb = baseline_mb

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add what the block takes to `cost`."""
        self._before, self._part = Cost(), Cost()
        with measured(self._part, self._baseline_mb) as self._so_far:
            yield
        self.cost = self._before.plus(self._part)

    def load(self) -> Any:
        """Return the state that was last saved, in this process or an earlier one, or None."""
        found = read_value(self.path)
        if found is None:
            return None
        state, self._before = found
        return state

    def save(self, state: Any) -> None:
        """Keep a state, in place of the last; it must pickle."""
        write_value(self.path, state, self._before.plus(self._so_far()))

    def delete(self) -> None:
        """Remove the file, as the work is done."""
        self.path.unlink(missing_ok=True)
