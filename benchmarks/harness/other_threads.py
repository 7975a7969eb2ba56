"""Complete trials that are not found again, since they ran on another number of threads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.record import read_record
from benchmarks.results.store import TrialFolder


def notice(out: Path, planned: Sequence[PlannedTrial], threads: int) -> str | None:
    """Say how many complete trials another number of threads hides, and how to reuse them.

    Parameters
    ----------
    out : Path
        The run folder.
    planned : sequence of PlannedTrial
        What is to be run or found.
    threads : int
        Threads a worker.

    Returns
    -------
    str or None
        None where there is nothing to say.
    """
    before = read_record(out)
    if before is None or before.get("threads") in (None, threads):
        return None
    found = {trial.key for trial in planned}
    wanted = {(t.task, t.system, t.train_size, t.seed) for t in planned}
    hidden = [
        trial["key"]
        for trial in before.get("plan", [])
        if trial["key"] not in found
        and (trial["task"], trial["system"], trial["train_size"], trial["seed"]) in wanted
        and TrialFolder(out / "trials" / trial["key"]).is_settled()
    ]
    if not hidden:
        return None
    n, then = len(hidden), before["threads"]
    return (
        f"{n} complete trial{'s' * (n != 1)} in {out} {'are' if n != 1 else 'is'} not reused: made "
        f"with {then} thread{'s' * (then != 1)} a worker, not {threads}, by which last digits "
        f"differ. With --threads {then}, what is otherwise unchanged is found again."
    )
