"""One trial: fit a system, score the test samples, write scores and costs."""

from __future__ import annotations

import json
import math
import traceback as tracebacks
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Ledger, release_memory, resident_mb
from benchmarks.harness.data import DataError
from benchmarks.harness.held_out import folds
from benchmarks.harness.keys import key
from benchmarks.harness.leaks import check_leaks
from benchmarks.harness.made_elsewhere import find_scores, read_made_elsewhere
from benchmarks.harness.model_size import model_size
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.taught import taught
from benchmarks.harness.threads import budget
from benchmarks.results.leakage import shuffled_annotations
from benchmarks.results.store import TrialFolder
from benchmarks.suites.spec import (
    EarlySpec,
    ScoresSpec,
    Suite,
    SystemSpec,
    is_control,
    members_of,
)
from benchmarks.systems import Unavailable, identity, make
from benchmarks.tasks.base import Split, Task
from fusion.scores import Scores


class Skipped(Exception):
    """A trial that does not apply, with the reason."""


@dataclass
class Workplace:
    """What a worker has at hand for any trial of a suite.

    Attributes
    ----------
    suite : Suite
        What is run.
    base : Path
        Folder that plug-in paths start from.
    tasks : dict of str to Task
        By name.
    trials : Path
        The run's folder of trials.
    cache : Path
        The stage cache's folder.
    device : str
        For networks.
    report : callable or None
        ``report(share, words)`` is told how far a long stage is.
    data : Path or None
        The data folder.
    """

    suite: Suite
    base: Path
    tasks: dict[str, Task]
    trials: Path
    cache: Path
    device: str
    report: Callable[[float, str], None] | None = None
    data: Path | None = None
    systems: dict[str, SystemSpec] = field(init=False)

    def __post_init__(self) -> None:
        self.systems = {system.name: system for system in self.suite.systems}


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
        run = _fused if trial.members else _from_images
        if isinstance(spec, ScoresSpec):
            run = _from_files
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
        failure = {
            "status": "failed",
            "reason": reason,
            "where": _where(error),
            "traceback": "".join(tracebacks.format_exception(error)),
        }
        files.write({**record, **failure}, costs=ledger.lines())
        return "failed", reason


def _from_images(
    trial: PlannedTrial, place: Workplace, task: Task, split: Split, ledger: Ledger
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    known = taught(task, split.train, place.suite.on_empty_concept)
    X, annotations = task.collection, task.annotations
    if is_control(place.systems[trial.system]):
        annotations = shuffled_annotations(annotations, split.train, X.video, trial.seed)
    Y = known.annotations(annotations)

    def detector() -> Any:
        stages = StageCache(place.cache, ledger, budget(), place.report)
        return make(
            place.systems[trial.system],
            place.base,
            seed=trial.seed,
            stages=stages,
            task=task,
            device=place.device,
        )

    system = detector()
    _check_supported(system, task)
    if hasattr(system, "warm_up"):
        ledger.phase = "warm-up"
        with ledger.timed("warm-up", 0):
            system.warm_up()
    release_memory()
    ledger.baseline_mb = resident_mb()  # libraries are loaded now
    ledger.phase = "fit"
    system.fit(X[split.train], Y[split.train])
    arrays = {"train": split.train, "val": split.val, "test": split.test}
    ledger.phase = "predict"
    arrays["scores"] = known.scores(system.decision_function(X[split.test]))
    size: dict[str, Any] = dict(model_size(system))
    if isinstance(place.systems[trial.system], EarlySpec):
        size["fitted"] = _explain(system)
    ledger.phase = "validate"
    if len(split.val):
        arrays["val_scores"] = known.scores(system.decision_function(X[split.val]))
    elif trial.held_out:
        # What this is for is a fusion: where it fails, the fusion cannot be, but this can.
        try:
            arrays["val_scores"] = _held_out(detector, system, place.suite, task, split, trial.seed)
            arrays["val"] = split.train
        except Exception as error:  # noqa: BLE001 -- said by the fusion that needs it
            size["held_out_error"] = f"{type(error).__name__}: {error}"
    return arrays, size


def _held_out(
    detector: Callable[[], Any], system: Any, suite: Suite, task: Task, split: Split, seed: int
) -> np.ndarray:
    """Score each training sample by what was trained without it.

    A concept that only some of the folds can teach is scored by 0 in the others.
    """
    X, train = task.collection, split.train
    parts = list(folds(task, train, suite.folds, seed))
    taught_by = [taught(task, train[fitted], suite.on_empty_concept) for fitted, _ in parts]
    known = taught(task, train, suite.on_empty_concept)
    if hasattr(system, "held_out_scores") and all(
        (part.columns == known.columns).all() for part in taught_by
    ):
        Y = known.annotations(task.annotations[train])
        return known.scores(system.held_out_scores(X[train], Y, parts))
    scores = np.zeros((len(train), len(task.concepts)), np.float32)
    for (fitted, held_out), part in zip(parts, taught_by):
        anew = detector()
        anew.fit(X[train[fitted]], part.annotations(task.annotations[train[fitted]]))
        scores[held_out] = part.scores(anew.decision_function(X[train[held_out]]))
    return scores


def _from_files(
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


def _fused(
    trial: PlannedTrial, place: Workplace, task: Task, split: Split, ledger: Ledger
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    members = [TrialFolder(place.trials / member) for member in trial.members]
    for member in members:
        record = member.read() or {"status": "missing", "system": "a member"}
        if record["status"] == "skipped":
            raise Skipped(f"its member {record['system']} was skipped: {record['reason']}")
        if record["status"] != "complete":
            raise RuntimeError(
                f"its member {record['system']} failed: {record.get('reason', 'it was not run')}"
            )
        if "held_out_error" in record:
            raise RuntimeError(
                f"its member {record['system']} could not be scored on samples held out of "
                f"training: {record['held_out_error']}"
            )
        if not member.has("val_scores"):
            raise RuntimeError(_untuned(record["system"], bool(len(split.val))))
    system = make(place.systems[trial.system], place.base)
    _check_supported(system, task)
    known = taught(task, split.train, place.suite.on_empty_concept)
    val = members[0].array("val")
    video, shot = task.collection.video, task.collection.shot

    def scores(name: str, index: np.ndarray) -> Scores:
        values = np.stack([member.array(name) for member in members], axis=1)
        return Scores(
            known.annotations(values),
            None if video is None else video[index],
            None if shot is None else shot[index],
            members=members_of(place.systems[trial.system]),
            concepts=[name for name, kept in zip(task.concepts, known.columns) if kept],
        )

    on_val, on_test = scores("val_scores", val), scores("scores", split.test)
    with ledger.timed("fusion", len(val)):
        system.fit(on_val, known.annotations(task.annotations[val]))
    ledger.phase = "predict"
    with ledger.timed("fusion", len(split.test)):
        fused = known.scores(system.decision_function(on_test))
    ledger.phase = "validate"
    arrays = {"train": split.train, "val": val, "test": split.test, "scores": fused}
    arrays["val_scores"] = known.scores(system.decision_function(on_val))
    return arrays, {**model_size(system), "fitted": _explain(system)}


def _untuned(member: str, validated: bool) -> str:
    """Say why a file of scores cannot be fused, and what would help."""
    if validated:
        return (
            f"its member {member} has no scores of the validation samples, on which a fusion is "
            "tuned: add them to its file, or, with {partition} in its path, in a file for val"
        )
    return (
        f"its member {member} has no scores of the training samples by models trained without "
        "them, on which a fusion is tuned as there is no validation part: with {partition} in its "
        "path, give them in a file for held-out"
    )


def _explain(system: Any) -> dict[str, Any]:
    """Return the fitted attributes of a fusion that are plain enough to show."""
    shown: dict[str, Any] = {}
    for name, value in vars(system).items():
        if not name.endswith("_") or name.startswith("_"):
            continue
        if isinstance(value, np.ndarray) and value.size <= 10_000:
            # JSON knows no NaN; what is undefined is shown as absent.
            shown[name] = _plain(value.tolist())
        elif isinstance(value, (bool, int, str)) or _is_plain(value):
            shown[name] = value
    return shown


def _is_plain(value: Any) -> bool:
    """Whether a list is of what JSON knows."""
    try:
        return isinstance(value, list) and bool(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        return False


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _check_supported(system: Any, task: Task) -> None:
    reason = system.unsupported(task) if hasattr(system, "unsupported") else None
    if reason:
        raise Skipped(reason)


def _check_scores(scores: np.ndarray, n: int, task: Task, system: str) -> None:
    if scores.shape != (n, len(task.concepts)):
        raise ValueError(
            f"{system} gave scores of shape {scores.shape} for {n} samples and "
            f"{len(task.concepts)} concepts"
        )
    broken = [n for n, bad in zip(task.concepts, (~np.isfinite(scores)).any(axis=0)) if bad]
    if broken:
        raise ValueError(f"{system} gave NaN or infinite scores for {', '.join(broken[:5])}")


def _where(error: BaseException) -> str:
    frames = tracebacks.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or list(frames)
    last = ours[-1]
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"
