"""Trials of fusions and re-scorings: of scores that other trials wrote."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness.cost import Ledger
from benchmarks.harness.fitted import explain
from benchmarks.harness.model_size import model_size
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.taught import taught
from benchmarks.harness.workplace import Skipped, Workplace, check_supported
from benchmarks.results.store import TrialFolder
from benchmarks.suites.system_spec import (
    members_of,
)
from benchmarks.systems import make
from benchmarks.tasks.base import Split, Task
from fusion.scores import Scores


def fuse(
    trial: PlannedTrial, place: Workplace, task: Task, split: Split, ledger: Ledger
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Fit a fusion or a re-scoring on its members' validation scores, and apply it to test's.

    Returns
    -------
    arrays, size
        As of ``benchmarks.harness.trained``.
    """
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
    # The seed is for a control alone: it shuffles.
    system = make(place.systems[trial.system], place.base, seed=trial.seed)
    check_supported(system, task)
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
    return arrays, {**model_size(system), "fitted": explain(system)}


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
