"""A run folder, read: the plan's trials, the tasks' annotations, where it ran."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.results.explanations import Explained, read_explained
from benchmarks.results.store import (
    StageCost,
    Status,
    TrialFolder,
    array_bytes,
    write_atomically,
    write_json,
)
from benchmarks.tasks.base import Split, Task, taught_concepts


@dataclass(frozen=True)
class TaskRecord:
    """What a run keeps of a task: all but the images.

    Attributes
    ----------
    name, description, size_unit : str
        As in `Task`.
    concepts : tuple of str
        The c concepts.
    annotations : ndarray of shape (n, c), int8
        1, 0, -1.
    ids : ndarray of shape (n,), str
        Sample ids.
    video, shot : ndarray of shape (n,) or None
        Where samples are shots.
    single_label : bool
        One concept a sample.
    metrics : tuple of str
        The first is the headline.
    notes : tuple of str
        Remarks to show.
    excluded : tuple of (path, reason)
        Files left out.
    fingerprint : str
        Of samples and annotations.
    strata : ndarray of shape (n, c), int8, or None
        Where judgments were sampled from, as in `Task`.
    """

    name: str
    concepts: tuple[str, ...]
    annotations: np.ndarray
    ids: np.ndarray
    video: np.ndarray | None
    shot: np.ndarray | None
    single_label: bool
    metrics: tuple[str, ...]
    size_unit: str
    description: str
    notes: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    fingerprint: str
    strata: np.ndarray | None = None

    @property
    def has_videos(self) -> bool:
        """Whether samples are shots of videos."""
        return self.video is not None and self.shot is not None

    def evaluated(self, split: Split, part: Literal["test", "val"] = "test") -> np.ndarray:
        """Return the annotations that a split is evaluated by.

        Parameters
        ----------
        split : Split
            Of a complete trial.
        part : {"test", "val"}
            Which samples.

        Returns
        -------
        ndarray of shape (n, c), int8
            Of the part's samples; -1 throughout for a concept that the training samples could
            not teach and that was left out of the trial.
        """
        Y = self.annotations[split.test if part == "test" else split.val].copy()
        Y[:, ~taught_concepts(self.annotations[split.train])] = -1
        return Y

    def strata_of(self, split: Split, part: Literal["test", "val"] = "test") -> np.ndarray | None:
        """Return the strata of a part's samples, (n, c) int8; None without strata."""
        if self.strata is None:
            return None
        return self.strata[split.test if part == "test" else split.val]


def write_task(folder: Path, task: Task) -> None:
    """Write a task's record to ``task.json``, ``annotations.npy`` and, if any, ``strata.npy``."""
    folder.mkdir(parents=True, exist_ok=True)
    X = task.collection
    write_atomically(folder / "annotations.npy", array_bytes(task.annotations))
    if task.strata is not None:
        write_atomically(folder / "strata.npy", array_bytes(task.strata))
    else:
        (folder / "strata.npy").unlink(missing_ok=True)
    write_json(
        folder / "task.json",
        {
            "name": task.name,
            "concepts": list(task.concepts),
            "ids": X.ids.tolist(),
            "video": None if X.video is None else X.video.tolist(),
            "shot": None if X.shot is None else X.shot.tolist(),
            "single_label": task.single_label,
            "metrics": list(task.metrics),
            "size_unit": task.size_unit,
            "description": task.description,
            "notes": list(task.notes),
            "excluded": [list(row) for row in task.excluded],
            "fingerprint": task.fingerprint,
        },
    )


def read_task(folder: Path) -> TaskRecord:
    """Read what `write_task` wrote."""
    record = json.loads((folder / "task.json").read_bytes())
    for column, dtype in (("video", np.str_), ("shot", np.int64), ("ids", np.str_)):
        if record[column] is not None:
            record[column] = np.asarray(record[column], dtype=dtype)
    for column in ("concepts", "metrics", "notes"):
        record[column] = tuple(record[column])
    record["excluded"] = tuple((path, reason) for path, reason in record["excluded"])
    path = folder / "strata.npy"
    strata = np.load(path, allow_pickle=False) if path.is_file() else None
    return TaskRecord(annotations=np.load(folder / "annotations.npy"), strata=strata, **record)


@dataclass(frozen=True)
class Trial:
    """One system on one task for one seed and training size, as it stands in a run.

    Attributes
    ----------
    key : str
        Names the trial's folder.
    task, system, family : str
        Family is "engineered", "learned" or "fused".
    seed : int
        Of split and system.
    train_size : int or None
        As asked for in the suite; None is everything.
    n_train : int
        Training samples used.
    status : {"complete", "failed", "skipped", "missing"}
        Missing: not run yet.
    reason : str
        Why it was skipped, or the error in a line.
    where : str
        Of a failed trial: file, line and function, innermost of ours.
    traceback : str
        Of a failed trial.
    members : tuple of str
        Keys of the trials whose scores a fused one rests on.
    parameters, model_bytes : int or None
        Size of the model.
    control : bool
        Whether something was shuffled for it, annotations, or (of one with members) what a
        re-scoring goes by: no system to be ranked.
    leaks : dict of str to int, or None
        ``tested``, ``identical`` and ``near``: test samples that were looked at, and those that
        are, or look like, training samples. None in a run from before there was a leak check.
    fitted : dict or None
        What a fusion learned, as it stands in the trial's record: ``weights_`` and the like.
    explanation : dict or None
        How its maps of evidence were made, or the ``reason`` why it has none; None where none
        were asked for.
    """

    key: str
    task: str
    system: str
    family: str
    seed: int
    train_size: int | None
    folder: Path
    status: Status | str = "missing"
    n_train: int = 0
    reason: str = ""
    where: str = ""
    traceback: str = ""
    members: tuple[str, ...] = ()
    parameters: int | None = None
    model_bytes: int | None = None
    control: bool = False
    leaks: dict[str, int] | None = None
    fitted: dict[str, Any] | None = None
    explanation: dict[str, Any] | None = None

    @cached_property
    def scores(self) -> np.ndarray:
        """Scores on the test samples, (n_test, c) float32."""
        return TrialFolder(self.folder).array("scores")

    @cached_property
    def val_scores(self) -> np.ndarray | None:
        """Scores on the samples that fusions are tuned on, of `split.val`; None without them."""
        files = TrialFolder(self.folder)
        return files.array("val_scores") if files.has("val_scores") else None

    @cached_property
    def split(self) -> Split:
        """Indices of the trial's train, val and test samples in the task's collection."""
        files = TrialFolder(self.folder)
        return Split(files.array("train"), files.array("val"), files.array("test"))

    @cached_property
    def leaking(self) -> np.ndarray:
        """Test samples that leak, (k, 3) int64: a training sample, the test sample, bits apart.

        Samples as in the task's collection; -1 bits where both are identical.
        """
        return TrialFolder(self.folder).array("leaks")

    @cached_property
    def explained(self) -> list[Explained]:
        """Maps of where the evidence in test images lies; empty where none were made."""
        if not (self.explanation or {}).get("maps"):
            return []
        return read_explained(TrialFolder(self.folder))

    @cached_property
    def costs(self) -> list[StageCost]:
        """What its stages took; of a fused trial, without its members."""
        return TrialFolder(self.folder).costs()


class Run:
    """A run folder.

    Parameters
    ----------
    folder : str or Path
        ``runs/<suite>``.

    Attributes
    ----------
    info : dict
        run.json: suite, versions, machine, times, plan.
    tasks : dict of str to TaskRecord
        By name, in the suite's order.
    trials : list of Trial
        In the plan's order.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "run.json"
        try:
            self.info: dict[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{self.folder} is not a run folder: it has no run.json. "
                "`conceptbench run SUITE` makes one."
            ) from None
        except ValueError as error:
            raise ValueError(f"{path} cannot be read: {error}") from error

    @cached_property
    def tasks(self) -> dict[str, TaskRecord]:
        """Tasks by name."""
        return {name: read_task(self.folder / "tasks" / name) for name in self.info["tasks"]}

    @cached_property
    def trials(self) -> list[Trial]:
        """Trials in the plan's order."""
        return [self._trial(planned) for planned in self.info["plan"]]

    def _trial(self, planned: dict[str, Any]) -> Trial:
        folder = self.folder / "trials" / planned["key"]
        record = TrialFolder(folder).read() or {}
        known = {
            name: record[name]
            for name in (
                "status",
                "n_train",
                "reason",
                "where",
                "traceback",
                "parameters",
                "model_bytes",
                "leaks",
                "fitted",
                "explanation",
            )
            if name in record
        }
        return Trial(
            folder=folder,
            members=tuple(planned.get("members", ())),
            control=bool(planned.get("control", False)),
            **{
                name: planned[name]
                for name in ("key", "task", "system", "family", "seed", "train_size")
            },
            **known,
        )

    def complete(self, task: str | None = None) -> list[Trial]:
        """Return the completed trials, of one task or of all, but for those of controls."""
        return [
            trial
            for trial in self.trials
            if trial.status == "complete"
            and not trial.control
            and (task is None or trial.task == task)
        ]

    def controls(self) -> list[Trial]:
        """Return the completed trials of controls: what something was shuffled for."""
        return [trial for trial in self.trials if trial.status == "complete" and trial.control]
