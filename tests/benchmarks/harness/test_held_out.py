"""Every training sample is held out once, by classes or whole videos."""

import numpy as np
import pytest

from benchmarks.harness.held_out import folds
from benchmarks.tasks.folder import FolderTask
from benchmarks.tasks.table import TableTask


def test_classes_are_spread_evenly(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    train = task.split(0, 6).train
    held = []
    for fitted, out in folds(task, train, 3, seed=0):
        assert not set(fitted) & set(out)
        assert task.annotations[train[out]].sum(axis=0).tolist() == [2, 2]
        held += out.tolist()
    assert sorted(held) == list(range(len(train)))


def test_videos_are_kept_whole(annotated):
    task = TableTask(annotated).load("t")
    train = task.split(0).train
    video = task.collection.video[train]
    parts = list(folds(task, train, 5, seed=0))
    assert len(parts) == 2  # of five asked for: there are two videos
    for fitted, out in parts:
        assert not set(video[fitted]) & set(video[out])


def test_one_sample_a_class_cannot_be_held_out(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    with pytest.raises(ValueError, match="'china' has one training sample"):
        list(folds(task, task.split(0, 1).train, 3, seed=0))


def test_seeds(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    train = task.split(0, 6).train
    one, two, other = (
        np.concatenate([out for _, out in folds(task, train, 3, seed=seed)]) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
