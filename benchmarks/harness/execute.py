"""A suite executed: what is complete is found, the rest is run, and everything is recorded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console

from benchmarks.harness.journal import Journal
from benchmarks.harness.plan import PlannedTrial, select
from benchmarks.harness.progress import Reporter
from benchmarks.harness.record import (
    Settings,
    continue_record,
    describe_run,
    finish_record,
    now,
    read_record,
    says_the_same,
)
from benchmarks.harness.workers import Order, Pool
from benchmarks.results.run import write_task
from benchmarks.results.store import TrialFolder, write_atomically, write_json
from benchmarks.suites.spec import Suite
from benchmarks.tasks.base import Task


class RunFolderError(ValueError):
    """A run folder that cannot be used."""


@dataclass(frozen=True)
class Execution:
    """What an execution did: trials run, found, failed, skipped."""

    ran: int
    found: int
    failed: int
    skipped: int


def execute(
    suite: Suite,
    tasks: Mapping[str, Task],
    planned: list[PlannedTrial],
    settings: Settings,
    console: Console,
) -> Execution:
    """Run what is not complete of a plan.

    Parameters
    ----------
    suite : Suite
        What is run.
    tasks : mapping of str to Task
        Its tasks, loaded.
    planned : list of PlannedTrial
        Its plan.
    settings : Settings
        How.
    console : rich.console.Console
        Where progress is shown.

    Raises
    ------
    RunFolderError
        If another process is running in the folder, or it holds another suite's run.
    KeyboardInterrupt
        As it came; complete trials stay, and the same command goes on from them.
    """
    out = settings.out
    _check_folder(out, suite)
    (out / "trials").mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RunFolderError(
            f"another conceptbench is running in {out}; wait for it, or take another folder (--out)"
        ) from None
    try:
        wanted = select(planned, settings.only)
        complete = {t.key for t in planned if TrialFolder(out / "trials" / t.key).is_settled()}
        # Two systems that are the same by all that counts have one key, and one trial.
        to_run = list({t.key: t for t in wanted if t.key not in complete}.values())
        before = read_record(out)
        record = describe_run(suite, tasks, planned, settings)
        if not to_run and says_the_same(before, record):
            return Execution(0, len(wanted), 0, 0)
        started, clock = now(), time.perf_counter()
        journal = Journal(out / "log.jsonl")
        record = continue_record(before, record, journal.cut_short())
        write_atomically(out / "suite.toml", settings.source.encode())
        for task in tasks.values():
            write_task(out / "tasks" / task.name, task)
        write_json(out / "run.json", record)
        journal.write("start", to_run=len(to_run), found=len(wanted) - len(to_run))
        fingerprints = {name: task.fingerprint for name, task in tasks.items()}
        done = _run(to_run, complete, suite, fingerprints, settings, journal, console)
        record = finish_record(record, started, time.perf_counter() - clock, len(to_run))
        write_json(out / "run.json", record)
        journal.write("end", **asdict(done))
        return Execution(done.ran, len(wanted) - len(to_run), done.failed, done.skipped)
    finally:
        lock.release()


def _run(
    to_run: list[PlannedTrial],
    complete: set[str],
    suite: Suite,
    fingerprints: dict[str, str],
    settings: Settings,
    journal: Journal,
    console: Console,
) -> Execution:
    trials = settings.out / "trials"
    order = Order(
        suite,
        settings.base,
        settings.data,
        trials,
        settings.cache,
        settings.device,
        settings.threads,
        fingerprints,
    )

    def record_failure(trial: PlannedTrial, reason: str) -> None:
        files = TrialFolder(trials / trial.key)
        if (files.read() or {}).get("status") == "failed":
            return  # by the worker, which knew more
        files.write(
            {
                **{
                    k: v for k, v in asdict(trial).items() if k not in ("key", "held_out", "n_test")
                },
                "members": list(trial.members),
                "status": "failed",
                "reason": reason,
                "where": "worker process",
                "traceback": "",
            }
        )

    ended = set(complete)
    waiting = list(to_run)
    counts = {"complete": 0, "failed": 0, "skipped": 0}
    reporter = Reporter(to_run, len(complete), settings.jobs, console)
    with reporter, Pool(settings.jobs, order) as pool:
        while waiting or pool.running:
            while pool.free:
                ready = next((t for t in waiting if ended.issuperset(t.members)), None)
                if ready is None:
                    break
                waiting.remove(ready)
                TrialFolder(trials / ready.key).forget()
                pool.submit(ready)
                journal.write("trial", key=ready.key, label=ready.label)
            reporter.running(pool.running, pool.notes)
            for outcome in pool.outcomes(timeout=1.0):
                # A fusion whose member failed still runs: it records why it could not.
                ended.add(outcome.trial.key)
                if outcome.status == "failed":
                    record_failure(outcome.trial, outcome.reason)
                counts[outcome.status] += 1
                journal.write(
                    outcome.status,
                    key=outcome.trial.key,
                    label=outcome.trial.label,
                    wall_s=round(outcome.wall_s, 3),
                    reason=outcome.reason,
                )
                reporter.done(outcome.trial, outcome.status, outcome.reason, outcome.wall_s)
    return Execution(len(to_run), len(complete), counts["failed"], counts["skipped"])


def _check_folder(out: Path, suite: Suite) -> None:
    if out.exists() and not out.is_dir():
        raise RunFolderError(f"{out} is a file; a run needs a folder (--out)")
    info = read_record(out)
    if info is None:
        others = [p.name for p in out.iterdir() if p.name[0] != "."] if out.exists() else []
        # A killed run may have left trials or a suite, but nothing else.
        strange = sorted(set(others) - {"trials", "tasks", "suite.toml", "log.jsonl"})
        if strange:
            raise RunFolderError(
                f"{out} holds other things ({', '.join(strange[:3])}); a run needs its own"
            )
    elif info["suite"]["name"] != suite.name:
        raise RunFolderError(
            f"{out} holds a run of the suite {info['suite']['name']!r}, not {suite.name!r}; "
            "take another folder (--out)"
        )
