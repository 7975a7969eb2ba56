"""A system whose scores were made elsewhere: its files found, told apart and read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.harness.data import DataError, find
from benchmarks.results.external_scores import read_scores
from benchmarks.suites.system_spec import (
    ScoresSpec,
)
from benchmarks.tasks.base import Split, Task


@dataclass(frozen=True)
class ScoreFiles:
    """The files of one trial.

    Attributes
    ----------
    test : Path
        Has scores of the test samples.
    tuning : Path or None
        May have scores of the samples that fusions are tuned on.
    """

    test: Path
    tuning: Path | None

    @property
    def content(self) -> str:
        """Hash of what they say, whatever they are called."""
        total = hashlib.sha256()
        for path in (self.test, self.tuning):
            # Of an array, the names of its rows and columns stand beside it.
            named = [] if path is None else [path.with_suffix(f".{n}.txt") for n in _NAMES]
            for part in [path, *named]:
                there = part is not None and part.is_file()
                total.update(_digest(part) if there and part is not None else b"none")
        return total.hexdigest()


_NAMES = ("ids", "concepts")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def find_scores(
    spec: ScoresSpec,
    task: str,
    seed: int,
    size: int | None,
    split: Split,
    base: Path,
    data: Path | None,
) -> ScoreFiles:
    """Find the files of one trial.

    Parameters
    ----------
    spec : ScoresSpec
        Of the system.
    task : str
        Name of the task.
    seed, size : int, and int or None
        Of the trial.
    split : Split
        Tells whether the task has a validation part.
    base, data : Path, and Path or None
        Where paths start from: the suite's folder, then the data folder.

    Returns
    -------
    ScoreFiles

    Raises
    ------
    DataError
        If the file with scores of the test samples is not there.
    """

    def path(partition: str) -> str:
        values = {"task": task, "seed": seed, "size": "all" if size is None else size}
        return spec.scores.format(**values, partition=partition)

    try:
        test = find(path("test"), base, data)
    except DataError as error:
        raise DataError(f"system {spec.name!r}: {error}") from None
    if not spec.by_partition:
        # Scores of training samples in it may be of a model that was trained on them.
        return ScoreFiles(test, test if len(split.val) else None)
    try:
        return ScoreFiles(test, find(path("val" if len(split.val) else "held-out"), base, data))
    except DataError:
        return ScoreFiles(test, None)


def read_made_elsewhere(files: ScoreFiles, task: Task, split: Split) -> dict[str, np.ndarray]:
    """Read the scores of one trial.

    Parameters
    ----------
    files : ScoreFiles
        From `find_scores`.
    task : Task
        Whose samples and concepts they name.
    split : Split
        Of the trial.

    Returns
    -------
    dict of str to ndarray
        ``scores`` (n_test, c) float32, and, where the files have them, ``val_scores`` of the
        validation part, or, in a task without, of the training samples.

    Raises
    ------
    ValueError
        As for `read_scores`; or if only some of the samples that fusions are tuned on have scores.
    """
    ids, concepts = task.collection.ids.tolist(), task.concepts
    tested = np.zeros(len(ids), bool)
    tested[split.test] = True
    scores = read_scores(files.test, ids, concepts, needed=tested)
    found = {"scores": scores[split.test]}
    if files.tuning is None:
        return found
    part = split.val if len(split.val) else split.train
    if files.tuning == files.test:
        tuned = scores[part]
    else:
        tuned = read_scores(files.tuning, ids, concepts, needed=np.zeros(len(ids), bool))[part]
    absent = np.flatnonzero(np.isnan(tuned).any(axis=1))
    if len(absent) == len(part):
        return found
    if len(absent):
        what = "validation" if len(split.val) else "training"
        raise ValueError(
            f"{files.tuning}: no scores for {len(absent)} of {len(part)} {what} samples, first "
            f"{ids[part[absent[0]]]}; give those of all, or of none"
        )
    return {**found, "val_scores": tuned}
