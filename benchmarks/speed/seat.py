"""A contestant's process: started once, told to run again and again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.interrupts import interrupts_held
from benchmarks.harness.threads import VARIABLES, limit
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.work import Work


class ContestantError(RuntimeError):
    """A contestant that failed or died; says where and why."""


@dataclass(frozen=True)
class Lap:
    """What one run took.

    Attributes
    ----------
    wall_s, cpu_s : float
        Seconds of the clock, and of the processor in all threads.
    """

    wall_s: float
    cpu_s: float


class Seat:
    """A contestant in its process.

    Parameters
    ----------
    contestant : type of Contestant
        The class; made in the new process.
    folder : Path
        The saved work.
    threads : int
        Set in the environment before the process imports anything.
    """

    def __init__(self, contestant: type[Contestant], folder: Path, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe: Connection
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, contestant, folder, threads, os.getpid()), daemon=True
        )
        with interrupts_held(), _environment(threads):
            self._process.start()
        theirs.close()  # so that its end is seen here when the process dies

    def load(self) -> None:
        """Import and prepare."""
        self._ask("load")

    def first(self) -> Lap:
        """Make the first call, on a small part of the work."""
        return self._ask("first")

    def run(self) -> Lap:
        """Do the work once."""
        return self._ask("run")

    def output(self, path: Path) -> dict[str, np.ndarray]:
        """Return what came of the last run, by way of a file."""
        self._ask("output", path)
        with np.load(path) as arrays:
            return dict(arrays)

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._pipe.close()
        self._process.terminate()  # it keeps nothing that could be lost
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _ask(self, *order: Any) -> Any:
        try:
            self._pipe.send(order)
            status, answer = self._pipe.recv()
        except (EOFError, OSError):
            raise ContestantError(self._epitaph()) from None
        if status == "failed":
            raise ContestantError(answer)
        return answer

    def _epitaph(self) -> str:
        self._process.join(10)
        code = self._process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            hint = " (was the machine out of memory?)" if -code == signal.SIGKILL else ""
            return f"its process was ended by {name}{hint}"
        return f"its process ended with exit status {code}"


@contextmanager
def _environment(threads: int) -> Iterator[None]:
    """Set the thread budget for a process started within."""
    before = {variable: os.environ.get(variable) for variable in VARIABLES}
    os.environ.update({variable: str(threads) for variable in VARIABLES})
    try:
        yield
    finally:
        for variable, value in before.items():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _serve(
    pipe: Connection, kind: type[Contestant], folder: Path, threads: int, parent: int
) -> None:
    # A long run does not look at the pipe, so that the parent's end must be watched apart.
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    # A daemon, for its parent to end it in any case; but one that may have workers of its own,
    # which end with it: torch's do. There is no public way to say so.
    process: Any = multiprocessing.current_process()
    process._config["daemon"] = False
    contestant: Any = None
    while True:
        try:
            order, *arguments = pipe.recv()
        except EOFError:
            return
        answer: Any = None
        try:
            if order == "load":
                contestant = kind(Work.load(folder), threads)
                contestant.load()
                # These do not read the environment; a contestant without them is spared them.
                if not {"cv2", "torch"}.isdisjoint(sys.modules):
                    limit(threads)
                contestant.prepare()
            elif order == "output":
                np.savez(arguments[0], **contestant.output())
            else:
                answer = _timed(contestant.first if order == "first" else contestant.run)
        except Exception as error:  # noqa: BLE001 -- told to the parent, which shows it
            pipe.send(("failed", _where(error)))
        else:
            pipe.send(("done", answer))


def _timed(call: Any) -> Lap:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Lap(time.perf_counter() - wall, time.process_time() - cpu)


def _where(error: Exception) -> str:
    """Say what was raised, and in which line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno} in {last.name}"
    return f"{type(error).__name__}: {error} ({place})"


def _die_with(parent: int) -> None:
    """End this process when its parent is gone, however that ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
