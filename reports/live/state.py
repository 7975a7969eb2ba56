"""How far a run is, read from its folder at any instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.progress import Estimate
from benchmarks.results.run import Run, Trial
from reports import wording
from reports.live.journal import Journal, read_journal
from reports.live.lock import is_held

Phase = Literal["running", "finished", "interrupted"]
#: Failures that are listed.
MOST_FAILURES = 20


@dataclass(frozen=True)
class AtWork:
    """A trial at work, cleaned for display."""

    label: str
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    phase : {"running", "finished", "interrupted"}
        Of the latest execution.
    planned, complete, failed, skipped, left : int
        Trials of the plan; those at work are none of the last four. A trial that failed in an
        earlier execution is left while another goes on.
    at_work : tuple of AtWork
    seconds : float
        How long the latest execution has taken so far; NaN before there is any.
    seconds_left : float or None
        None where it cannot be estimated.
    estimated : str
        How it was, or why it was not.
    failures : tuple of (label, reason)
        Cleaned for display.
    """

    phase: Phase
    planned: int
    complete: int
    failed: int
    skipped: int
    left: int
    at_work: tuple[AtWork, ...]
    seconds: float
    seconds_left: float | None
    estimated: str
    failures: tuple[tuple[str, str], ...]

    @property
    def ended(self) -> int:
        """Trials that need not be run any more."""
        return self.complete + self.failed + self.skipped


def progress(run: Run, now: datetime | None = None) -> Progress:
    """Read how far a run is.

    Parameters
    ----------
    run : Run
        Read at this instant.
    now : datetime, optional
        With a zone; the present by default.

    Returns
    -------
    Progress
    """
    now = now or datetime.now(UTC)
    journal = read_journal(run.folder / "log.jsonl")
    phase = _phase(run, journal)
    # Systems that are the same by all that counts share a key and a trial.
    trials = {trial.key: trial for trial in run.trials}
    running = phase == "running"
    at_work = {key: one for key, one in journal.at_work.items() if running and key in trials}
    of: dict[str, list[Trial]] = {"complete": [], "failed": [], "skipped": [], "missing": []}
    for key, trial in trials.items():
        if key in at_work:
            continue
        stale = running and trial.status == "failed" and key not in journal.ended_keys
        of["missing" if stale else trial.status].append(trial)
    pending = [*of["missing"], *(trials[key] for key in at_work)]
    seconds_left, how = _left(run.info, journal, pending) if running else (None, "")
    return Progress(
        phase=phase,
        planned=len(trials),
        complete=len(of["complete"]),
        failed=len(of["failed"]),
        skipped=len(of["skipped"]),
        left=len(of["missing"]),
        at_work=tuple(
            AtWork(wording.clean(label), max(0.0, (now - since).total_seconds()))
            for label, since in at_work.values()
        ),
        seconds=_seconds(journal, phase, now),
        seconds_left=seconds_left,
        estimated=how,
        failures=tuple(
            (wording.clean(_label(trial)), wording.clean(trial.reason))
            for trial in of["failed"][:MOST_FAILURES]
        ),
    )


def _phase(run: Run, journal: Journal) -> Phase:
    ended = journal.ended if journal.started is not None else run.info.get("finished")
    if ended:
        return "finished"
    return "interrupted" if is_held(run.folder / ".lock") is False else "running"


def _seconds(journal: Journal, phase: Phase, now: datetime) -> float:
    if journal.started is None:
        return float("nan")
    end = now if phase == "running" else journal.ended or journal.last or journal.started
    return max(0.0, (end - journal.started).total_seconds())


def _label(trial: Trial) -> str:
    size = "all" if trial.train_size is None else trial.train_size
    return f"{trial.task} / {trial.system} / size {size} / seed {trial.seed}"


def _left(
    info: Mapping[str, Any], journal: Journal, pending: Sequence[Trial]
) -> tuple[float | None, str]:
    """Estimate as the command line does, from what the log says that trials took."""
    asked = journal.to_run - len(journal.ended_keys)
    if asked < len(pending):
        return None, (
            "not estimated: only a part of the plan was asked for, and the run does not record "
            "which"
        )
    jobs = int(info.get("jobs") or 1)
    planned = {entry["key"]: _planned(entry) for entry in info["plan"]}
    estimate = Estimate([planned[trial.key] for trial in pending], jobs)
    for key, wall_s in journal.took.items():
        if key in planned:
            estimate.done(planned[key], wall_s)
    seconds = estimate.seconds()
    if seconds is None:
        return None, "not estimated before a trial has ended"
    workers = wording.count(jobs, "worker")
    return seconds, (
        "each trial left is taken to cost what its system took a sample so far on the same task "
        "(a system not seen yet, the average of the others), fusing scores to cost nothing, "
        f"shared by {workers}; a trial at work counts as a whole"
    )


def _planned(entry: Mapping[str, Any]) -> PlannedTrial:
    names = ("key", "task", "system", "family", "seed", "train_size")
    return PlannedTrial(
        **{name: entry[name] for name in names},
        members=tuple(entry.get("members", ())),
        held_out=False,
        n_train=int(entry.get("n_train", 0)),
        n_test=int(entry.get("n_test", 0)),
        identity="",
    )
