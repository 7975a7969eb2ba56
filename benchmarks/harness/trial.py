"""One trial: fit a system, score the test samples, write scores and costs."""

from __future__ import annotations

import traceback as tracebacks
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Ledger
from benchmarks.harness.data import DataError
from benchmarks.harness.fused import fuse
from benchmarks.harness.keys import key
from benchmarks.harness.leaks import check_leaks
from benchmarks.harness.made_elsewhere import find_scores, read_made_elsewhere
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.taught import taught
from benchmarks.harness.threads import budget
from benchmarks.harness.trained import train_and_score
from benchmarks.harness.workplace import Skipped, Workplace
from benchmarks.results.store import TrialFolder
from benchmarks.suites.system_spec import ScoresSpec
from benchmarks.systems import Unavailable, identity
from benchmarks.tasks.base import Split, Task

#: Where our code lies.
PACKAGES = [
    Path(__file__).resolve().parents[2] / name
    for name in ("benchmarks", "engineered", "fusion", "learned")
]


def run_trial(trial: PlannedTrial, place: Workplace) -> tuple[str, str]:
    """Run a trial and write its folder, whatever comes of it.

    Parameters
    ----------
    trial : PlannedTrial
        From the plan.
    place : Workplace
        Where it runs.

    Returns
    -------
    status : {"complete", "failed", "skipped"}
        What came of it.
    reason : str
        Why, unless it is complete.
    """
    files = TrialFolder(place.trials / trial.key)
    ledger = Ledger()
    record: dict[str, Any] = {
        "task": trial.task,
        "system": trial.system,
        "family": trial.family,
        "seed": trial.seed,
        "train_size": trial.train_size,
        "n_train": trial.n_train,
        "members": list(trial.members),
    }
    try:
        task = place.tasks[trial.task]
        spec = place.systems[trial.system]
        try:
            found = key(identity(spec, place.base, task, place.device))
        except Unavailable as lacking:
            raise Skipped(str(lacking)) from lacking
        if found != trial.identity:
            raise RuntimeError("the code or a plug-in has changed since the plan; run again")
        split = task.split(trial.seed, trial.train_size)
        run = fuse if trial.members else train_and_score
        if isinstance(spec, ScoresSpec):
            run = _scores_of_files
        arrays, size = run(trial, place, task, split, ledger)
        for name, part in (("scores", "test"), ("val_scores", "val")):
            if name in arrays:
                _check_scores(arrays[name], len(arrays[part]), task, trial.system)
        # A ledger of its own: to look for leaks is no cost of the system.
        found_leaks = check_leaks(task, split, StageCache(place.cache, Ledger(), budget()))
        arrays["leaks"] = found_leaks.pairs
        record["leaks"] = found_leaks.counts
        files.write({**record, **size, "status": "complete"}, arrays, ledger.lines())
        return "complete", ""
    except Skipped as skipped:
        reason = str(skipped)
        files.write({**record, "status": "skipped", "reason": reason}, costs=ledger.lines())
        return "skipped", reason
    except Exception as error:  # noqa: BLE001 -- a trial's failure must not end the others
        reason = f"{type(error).__name__}: {error}"
        last = _last_frame(error)
        where = f"{Path(last.filename).name}:{last.lineno} in {last.name}"
        failure = {
            "status": "failed",
            "reason": reason,
            "where": where,
            "traceback": "".join(tracebacks.format_exception(error)),
        }
        files.write({**record, **failure}, costs=ledger.lines())
        # In a plug-in the place is what its author looks for; in our code it tells nobody.
        own = any(Path(last.filename).is_relative_to(folder) for folder in PACKAGES)
        return "failed", reason if own else f"{reason}; {where}"


def _scores_of_files(
    trial: PlannedTrial, place: Workplace, task: Task, split: Split, ledger: Ledger
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    spec = place.systems[trial.system]
    assert isinstance(spec, ScoresSpec)
    try:
        files = find_scores(
            spec, trial.task, trial.seed, trial.train_size, split, place.base, place.data
        )
    except DataError as lacking:
        if spec.optional:
            raise Skipped(str(lacking)) from lacking
        raise
    if files.content != trial.content:
        raise RuntimeError(f"{files.test} has changed since the plan; run again")
    # What it was trained on is not known; the figures leave out what the others cannot learn.
    known = taught(task, split.train, "skip")
    found = read_made_elsewhere(files, task, split)
    arrays = {"train": split.train, "val": split.val, "test": split.test}
    if "val_scores" in found and not len(split.val):
        arrays["val"] = split.train
    arrays |= {name: known.scores(known.annotations(values)) for name, values in found.items()}
    return arrays, {}


def _check_scores(scores: np.ndarray, n: int, task: Task, system: str) -> None:
    if scores.shape != (n, len(task.concepts)):
        raise ValueError(
            f"{system} gave scores of shape {scores.shape} for {n} samples and "
            f"{len(task.concepts)} concepts"
        )
    broken = [n for n, bad in zip(task.concepts, (~np.isfinite(scores)).any(axis=0)) if bad]
    if broken:
        raise ValueError(f"{system} gave NaN or infinite scores for {', '.join(broken[:5])}")


def _last_frame(error: BaseException) -> tracebacks.FrameSummary:
    """Return where, in our code or a plug-in's, it went wrong: the place of the first cause."""
    while error.__cause__ is not None and error.__cause__.__traceback__ is not None:
        error = error.__cause__
    frames = tracebacks.extract_tb(error.__traceback__)
    return ([f for f in frames if "site-packages" not in f.filename] or list(frames))[-1]
