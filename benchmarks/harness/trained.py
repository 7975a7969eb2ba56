"""Trials of systems that are trained on images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Ledger, release_memory, resident_mb
from benchmarks.harness.explanations import choose_pairs, explain_pairs, wants_explanation
from benchmarks.harness.fitted import explain
from benchmarks.harness.held_out import folds
from benchmarks.harness.model_size import model_size
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.taught import taught
from benchmarks.harness.threads import budget
from benchmarks.harness.workplace import Workplace, check_supported
from benchmarks.results.leakage import shuffled_annotations
from benchmarks.suites.spec import Suite
from benchmarks.suites.system_spec import (
    EarlySpec,
    is_control,
)
from benchmarks.systems import make
from benchmarks.tasks.base import Split, Task


def train_and_score(
    trial: PlannedTrial, place: Workplace, task: Task, split: Split, ledger: Ledger
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train a system and score the test samples; also validation, or training samples held out.

    Returns
    -------
    arrays : dict of str to ndarray
        ``train``, ``val`` and ``test``, rows of the task; ``scores`` and, where there are any,
        ``val_scores``; maps of evidence, see ``benchmarks.harness.explanations``.
    size : dict
        What the trial's record says of the system.
    """
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
    check_supported(system, task)
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
        size["fitted"] = explain(system)
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
    if wants_explanation(trial, place.suite):
        # Last of all, and on a ledger of its own: to explain itself is no cost of the system.
        if isinstance(stages := getattr(system, "stages", None), StageCache):
            stages.ledger = Ledger()
        pairs = choose_pairs(task, split)
        maps, size["explanation"] = explain_pairs(system, task, pairs, known.columns)
        arrays |= maps
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
