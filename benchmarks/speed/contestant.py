"""One way to do the work of a race."""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np

from benchmarks.speed.work import Work

#: How to get what a contestant needs, by the name of its distribution.
INSTALL = {
    "cyvlfeat": (
        "Debian, Ubuntu: apt-get install libvlfeat-dev; pip install numpy cython setuptools; "
        "pip install --no-build-isolation cyvlfeat"
    ),
    "faiss-cpu": "pip install faiss-cpu",
    "kornia": "pip install --no-deps kornia kornia-rs",
}


class Contestant(ABC):
    """Ours or a peer; lives in a process of its own.

    A subclass imports its library in `load` and nowhere else: neither importing
    nor preparing is timed, and a race can be listed without any peer.

    Parameters
    ----------
    work : Work
        What is to be done.
    threads : int
        How many threads it may use.
    """

    #: As the table shows it.
    name: ClassVar[str]
    #: Module without which it cannot take part, and the distribution it comes in.
    module: ClassVar[str]
    distribution: ClassVar[str]
    #: What it computes otherwise than ours, in a few words.
    differs: ClassVar[str] = ""
    #: A limit of the machine: ours is measured as a share of it, not against it.
    limit: ClassVar[bool] = False
    #: Whether its output is of the same kind as ours.
    comparable: ClassVar[bool] = True

    @classmethod
    def part(cls, work: Work) -> float:
        """Return the part of the work that it does, in (0, 1]; its times are divided by it.

        For a peer that would take hours: its work must be a sum of equal pieces, of which it does
        a few. `differs` says so.
        """
        return 1.0

    def __init__(self, work: Work, threads: int) -> None:
        self.work = work
        self.threads = threads
        self.result: Any = None

    @classmethod
    def missing(cls) -> str | None:
        """Say why it cannot take part, as something it needs is not there; None if it can."""
        if importlib.util.find_spec(cls.module) is not None:
            return None
        how = INSTALL.get(cls.distribution, f"pip install {cls.distribution}")
        return f"not installed: {how}"

    @classmethod
    def title(cls) -> str:
        """Return its name as the table shows it, with what only this machine knows."""
        return cls.name

    @abstractmethod
    def load(self) -> None:
        """Import the library; not timed."""

    def prepare(self) -> None:
        """Lay the work out as the library likes it best; not timed."""
        return

    @abstractmethod
    def first(self) -> None:
        """Do a small part of the work: the first call, timed apart from the others."""

    @abstractmethod
    def run(self) -> None:
        """Do the work and keep what comes of it in `result`; timed."""

    @abstractmethod
    def output(self) -> dict[str, np.ndarray]:
        """Return what came of the last run, in a form that can be compared; not timed."""

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Apply a function to items, by a pool of threads if there are several."""
        if self.threads == 1:
            return [function(item) for item in items]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(function, items))
