"""The leak check of a trial: test samples that are, or look like, its training samples."""

from __future__ import annotations

import numpy as np

from benchmarks.collection import ImageCollection
from benchmarks.harness.cache import StageCache
from benchmarks.results.leakage import Leakage, find_leaks, perceptual_hashes
from benchmarks.tasks.base import Split, Task

#: A hash of 64 bits is kept as 4 numbers of 16, which single precision holds exactly.
_WORDS = np.arange(4, dtype=np.uint64) * np.uint64(16)


def check_leaks(task: Task, split: Split, stages: StageCache) -> Leakage:
    """Look for a trial's test samples among its training samples.

    Parameters
    ----------
    task : Task
        Whose samples.
    split : Split
        Its training samples are searched for its test samples.
    stages : StageCache
        Keeps the perceptual hash of every sample, so that each is decoded for it once, and what
        was found; its ledger should not be a trial's, as this is no cost of a system.

    Returns
    -------
    Leakage
        Its pairs hold places in the task's collection, and of each test sample only the nearest
        training sample. Where samples are not images of three 8-bit channels only identical ones
        are found.
    """
    train, test = task.collection[split.train], task.collection[split.test]

    def search() -> Leakage:
        if not _are_images(train):
            return find_leaks(train.digests, test.digests)
        return find_leaks(
            train.digests, test.digests, _hashes(train, stages), _hashes(test, stages)
        )

    # All systems of a split share the answer.
    components = [find_leaks, perceptual_hashes, test.fingerprint]
    found = stages.value("leak-check", components, search, fitted_on=train)
    # Sorted by test sample; -1, identical, is the nearest of all.
    pairs = found.pairs[np.lexsort((found.pairs[:, 2], found.pairs[:, 1]))]
    _, first = np.unique(pairs[:, 1], return_index=True)
    nearest = pairs[first]
    places = np.column_stack([split.train[nearest[:, 0]], split.test[nearest[:, 1]], nearest[:, 2]])
    return Leakage(found.identical, found.near, found.tested, places.astype(np.int64))


def _are_images(X: ImageCollection) -> bool:
    first = np.asarray(X[0])
    return first.ndim == 3 and first.shape[2] == 3 and first.dtype == np.uint8


def _hashes(X: ImageCollection, stages: StageCache) -> np.ndarray:
    rows = stages.rows("perceptual-hash", [perceptual_hashes], X, _words)
    return (rows.astype(np.uint64) << _WORDS).sum(axis=1, dtype=np.uint64)


def _words(X: ImageCollection) -> np.ndarray:
    hashes = perceptual_hashes(X)
    return ((hashes[:, None] >> _WORDS) & np.uint64(0xFFFF)).astype(np.float32)
