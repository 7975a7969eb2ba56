"""Progress on the terminal, with an estimate of the time left; plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.workers import Note

#: On no terminal, seconds between two lines on how far the running trials are.
NOTE_EVERY_S = 180


class Estimate:
    """How long the trials that are left will take.

    Parameters
    ----------
    trials : iterable of PlannedTrial
        Those to run.
    jobs : int
        How many run at a time.

    Notes
    -----
    A trial is taken to cost what its system did a sample, on the same task, so far; a system
    not yet seen costs the average of those that were. Fusing scores is next to nothing.
    """

    def __init__(self, trials: Iterable[PlannedTrial], jobs: int) -> None:
        self.left = {trial.key: trial for trial in trials}
        self.jobs = jobs
        self._spent: dict[tuple[str, str], list[float]] = {}

    def done(self, trial: PlannedTrial, wall_s: float) -> None:
        """Take a finished trial off what is left."""
        self.left.pop(trial.key, None)
        if trial.members:
            return
        spent = self._spent.setdefault((trial.task, trial.system), [0.0, 0.0])
        spent[0] += wall_s
        spent[1] += trial.n_train + trial.n_test

    def seconds(self) -> float | None:
        """Return the estimate, or None before anything has finished."""
        if not self._spent:
            return None
        everywhere = sum(s for s, _ in self._spent.values()) / sum(
            n for _, n in self._spent.values()
        )
        total = 0.0
        for trial in self.left.values():
            if trial.members:
                continue
            spent = self._spent.get((trial.task, trial.system))
            a_sample = everywhere if spent is None else spent[0] / spent[1]
            total += a_sample * (trial.n_train + trial.n_test)
        return total / min(self.jobs, max(1, len(self.left)))


class Reporter:
    """Shows a run's progress.

    Parameters
    ----------
    trials : list of PlannedTrial
        Those to run.
    found : int
        How many of the plan were complete already.
    jobs : int
        How many run at a time.
    console : rich.console.Console
        Where to.
    """

    def __init__(self, trials: list[PlannedTrial], found: int, jobs: int, console: Console) -> None:
        self.console = console
        self.total = len(trials)
        self.count = 0
        self.estimate = Estimate(trials, jobs)
        self._said = time.perf_counter()
        self.bar = Progress(
            TextColumn("[bold]trials"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            TextColumn("[dim]{task.fields[running]}", markup=True),
            console=console,
            disable=not console.is_terminal,
        )
        if found:
            were = "trial is" if found == 1 else "trials are"
            console.print(f"{found} {were} complete already; {self.total} to run.")
        self.line = self.bar.add_task("", total=self.total, left="", running="")

    def __enter__(self) -> Reporter:
        self.bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.bar.stop()

    def running(self, trials: list[PlannedTrial], notes: Mapping[str, Note]) -> None:
        """Show what is at work, and how far it says that it is.

        On no terminal a long trial's note is a line every few minutes.
        """
        from rich.markup import escape

        words = [t.label + (f" ({notes[t.key].words})" if t.key in notes else "") for t in trials]
        self.bar.update(self.line, running=escape("; ".join(words)), left=self._left())
        now = time.perf_counter()
        if notes and not self.console.is_terminal and now - self._said > NOTE_EVERY_S:
            self._said = now
            for line, trial in zip(words, trials):
                if trial.key in notes:
                    self.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)

    def done(self, trial: PlannedTrial, status: str, reason: str, wall_s: float) -> None:
        """Show that a trial has ended; on no terminal, as a line."""
        self.estimate.done(trial, wall_s)
        self.count += 1
        self.bar.update(self.line, advance=1, left=self._left())
        if status != "complete" or not self.console.is_terminal:
            text = f"[{self.count}/{self.total}] {trial.label}: {status}"
            text += f" ({reason})" if reason else f" in {wall_s:.1f} s"
            left = self._left()
            if left and not self.console.is_terminal:
                text += f"; {left}"
            style = {"failed": "red", "skipped": "yellow"}.get(status, "")
            self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def _left(self) -> str:
        seconds = self.estimate.seconds()
        if seconds is None or not self.estimate.left:
            return ""
        return f"about {timedelta(seconds=round(seconds))} left"
