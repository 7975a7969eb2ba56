"""Worker processes that run trials one at a time, and whose end ends no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from benchmarks.harness.data import load_task
from benchmarks.harness.interrupts import interrupts_held
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.threads import limit, set_environment
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.suites.spec import Suite


@dataclass(frozen=True)
class Order:
    """What a worker is told when it starts; it pickles small, and the worker loads the rest."""

    suite: Suite
    base: Path
    data: Path | None
    trials: Path
    cache: Path
    device: str
    threads: int
    fingerprints: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of a trial: its status, and why unless it is complete."""

    trial: PlannedTrial
    status: str
    reason: str
    wall_s: float


@dataclass(frozen=True)
class Note:
    """How far a long stage of a trial is: its share that is done, and in words."""

    share: float
    words: str


class Pool:
    """A fixed number of workers, each replaced when it dies.

    Parameters
    ----------
    jobs : int
        How many work at a time.
    order : Order
        What they are told.
    """

    def __init__(self, jobs: int, order: Order) -> None:
        self.jobs = jobs
        self.order = order
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        set_environment(self.order.threads)
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        for worker in self._workers:
            worker.stop(at_once=kind is not None)

    @property
    def free(self) -> bool:
        """Whether a trial can be submitted now."""
        return sum(worker.trial is not None for worker in self._workers) < self.jobs

    @property
    def running(self) -> list[PlannedTrial]:
        """The trials at work."""
        return [worker.trial for worker in self._workers if worker.trial is not None]

    @property
    def notes(self) -> dict[str, Note]:
        """How far trials at work say that they are, by key."""
        return {w.trial.key: w.note for w in self._workers if w.trial is not None and w.note}

    def submit(self, trial: PlannedTrial) -> None:
        """Give a trial to a free worker, starting one if there are fewer than `jobs`."""
        for worker in self._workers:
            if worker.trial is None and worker.alive:
                worker.give(trial)
                return
        worker = _Worker(self._context, self.order)
        self._workers.append(worker)
        worker.give(trial)

    def outcomes(self, timeout: float) -> Iterator[Outcome]:
        """Yield what came of trials that end within `timeout` seconds."""
        busy = {w.pipe: w for w in self._workers if w.trial is not None}
        for pipe in wait(list(busy), timeout):
            worker = busy[pipe]  # type: ignore[index]
            trial, wall = worker.trial, time.perf_counter() - worker.since
            assert trial is not None
            try:
                said = worker.pipe.recv()
            except (EOFError, OSError):
                reason = worker.epitaph()
                self._workers.remove(worker)
                yield Outcome(trial, "failed", reason, wall)
                continue
            if isinstance(said, Note):
                worker.note = said
                continue
            status, reason = said
            worker.trial = None
            yield Outcome(trial, status, reason, wall)


class _Worker:
    def __init__(self, context: Any, order: Order) -> None:
        self.pipe: Connection
        self.pipe, theirs = context.Pipe()
        self.trial: PlannedTrial | None = None
        self.since = 0.0
        self.note: Note | None = None
        self.process = context.Process(target=_work, args=(theirs, order, os.getpid()), daemon=True)
        with interrupts_held():
            self.process.start()
        theirs.close()  # so that its end is seen here when the worker dies

    @property
    def alive(self) -> bool:
        return bool(self.process.is_alive())

    def give(self, trial: PlannedTrial) -> None:
        self.trial, self.since, self.note = trial, time.perf_counter(), None
        try:
            self.pipe.send(trial)
        except (BrokenPipeError, OSError):
            # It died while idle; `outcomes` will meet the end of its pipe.
            return

    def epitaph(self) -> str:
        self.process.join(10)
        code = self.process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            hint = " (was the machine out of memory?)" if -code == signal.SIGKILL else ""
            return f"the worker process was ended by {name}{hint}"
        return f"the worker process ended with exit status {code}"

    def stop(self, at_once: bool) -> None:
        self.pipe.close()
        if not at_once:
            self.process.join(5)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _work(pipe: Connection, order: Order, parent: int) -> None:
    # Ctrl-C goes to the whole group, but was made to be ignored here when this process
    # started; the parent alone decides what it means.
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    limit(order.threads)
    place: Workplace | None = None
    while True:
        try:
            trial = pipe.recv()
        except EOFError:
            return
        try:
            if place is None:
                place = _workplace(order)
                place.report = lambda share, words: pipe.send(Note(share, words))
            result = run_trial(trial, place)
        except Exception as error:  # noqa: BLE001 -- told to the parent, which records it
            result = ("failed", f"{type(error).__name__}: {error}")
        limit(order.threads)  # torch may have been imported by the trial
        pipe.send(result)


def _workplace(order: Order) -> Workplace:
    tasks = {spec.name: load_task(spec, order.base, order.data) for spec in order.suite.tasks}
    for name, task in tasks.items():
        task.collection.threads = order.threads
        if task.fingerprint != order.fingerprints[name]:
            raise ValueError(
                f"the data of task {name!r} has changed since the run was planned; run again"
            )
    return Workplace(
        order.suite,
        order.base,
        tasks,
        order.trials,
        order.cache,
        order.device,
        data=order.data,
    )


def _die_with(parent: int) -> None:
    """End this process when its parent is gone, however that ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
