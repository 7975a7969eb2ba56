"""A CSV becomes a task, or an error that names line and column."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.tasks.table import TableSplitter, TableTask, draw_groups


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_what_the_table_says(annotated):
    task = TableTask(annotated).load("t")
    table = pd.read_csv(annotated)
    assert task.concepts == ("china", "flower")
    np.testing.assert_array_equal(task.annotations, table[["china", "flower"]])
    assert (task.annotations == -1).any()
    assert task.collection.ids.tolist() == table["path"].tolist()
    assert task.collection.video.tolist() == table["video"].tolist()
    assert task.collection.shot.tolist() == table["shot"].tolist()
    split = task.split(0)
    for part in ("train", "val", "test"):
        expected = np.flatnonzero(table["split"] == part)
        np.testing.assert_array_equal(getattr(split, part), expected)
    assert not task.single_label
    assert task.size_unit == "shots"


def test_without_videos_and_with_one_concept_a_sample(annotated):
    table = pd.read_csv(annotated).drop(columns=["video", "shot"])
    table["flower"] = 1 - table["china"]
    table.to_csv(annotated, index=False)
    task = TableTask(annotated).load("t")
    assert task.single_label
    assert not task.has_videos
    assert task.metrics[0] == "mean_class_accuracy"


def test_the_fingerprint_is_of_all_that_a_result_rests_on(annotated):
    table = pd.read_csv(annotated)
    table["flower"] = 1 - table["china"]
    seen = set()
    for drop, single in (([], None), ([], False), (["video", "shot"], None), (["split"], None)):
        table.drop(columns=drop).to_csv(annotated, index=False)
        seen.add(TableTask(annotated, single_label=single).load("t").fingerprint)
    # Splits are not part of it: a trial's key has the split that was drawn.
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("v0,1,0,1", "v0,1,0,2", "line 3, column 'flower': '2' is not one of 1, 0, -1"),
        ("v0,1,0,1", "v0,1,,1", "line 3, column 'china': '' is not one of"),
        ("train", "trian", "line 2, column 'split': 'trian' is not one of train, val, test"),
        ("v0,1", "v0,x", "line 3: shot is not a whole number"),
        ("v0,1", "v0,0", "line 3: that shot of the video stands above"),
        ("frames/1.png", "frames/0.png", "line 3: that path stands above already"),
        ("flower", "china", "doubled column names ['china']"),
        ("path", "file", "it needs a column `path`"),
        (",shot", ",place", "`video` and `shot` come together"),
    ],
)
def test_wrong_tables(annotated, old, new, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TableTask(edit(annotated, old, new)).load("t")


def test_missing_images(annotated):
    edit(annotated, "frames/7.png", "frames/77.png")
    with pytest.raises(
        FileNotFoundError, match=r"names 1 files that do not exist, first .*77\.png"
    ):
        TableTask(annotated).load("t")
    task = TableTask(annotated, on_bad_image="skip").load("t")
    assert len(task.collection) == 23
    assert task.excluded[0][0].endswith("77.png")


def test_training_sizes_take_whole_videos_first(annotated):
    task = TableTask(annotated).load("t")
    split = task.split(1, 6)
    assert len(np.unique(task.collection.video[split.train])) == 1
    assert set(split.train) < set(task.split(1, 9).train)
    with pytest.raises(ValueError, match="there are 12 training images"):
        task.split(0, 13)


def test_a_split_that_is_drawn_keeps_videos_whole(annotated):
    table = pd.read_csv(annotated).drop(columns=["split"])
    table.to_csv(annotated, index=False)
    task = TableTask(annotated, val_share=0.25, test_share=0.25).load("t")
    seen = set()
    for seed in range(5):
        split = task.split(seed)
        videos = [set(task.collection.video[p]) for p in (split.train, split.val, split.test)]
        assert all(a.isdisjoint(b) for a, b in zip(videos, videos[1:] + videos[:1]))
        assert (len(split.val), len(split.test)) == (6, 6)
        seen.add(tuple(split.test))
    assert len(seen) > 1


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=10),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_drawn_groups_are_nested_and_cut_one_group_at_most(sizes, seed, data):
    groups = np.repeat([f"g{i}" for i in range(len(sizes))], sizes)
    groups = np.random.default_rng(seed).permutation(groups)
    small = data.draw(st.integers(0, len(groups)))
    large = data.draw(st.integers(small, len(groups)))
    a = draw_groups(groups, small, np.random.default_rng(seed))
    b = draw_groups(groups, large, np.random.default_rng(seed))
    assert len(a) == small
    assert set(a) <= set(b)
    cut = [g for g in np.unique(groups[a]) if (groups[a] == g).sum() < (groups == g).sum()]
    assert len(cut) <= 1


@settings(deadline=None, max_examples=40)
@given(n_videos=st.integers(6, 30), seed=st.integers(0, 10_000))
def test_drawn_splits_cover_everything_once(n_videos, seed):
    groups = np.repeat(np.arange(n_videos).astype(str), 4)
    split = TableSplitter(None, groups, (0.2, 0.3))(seed, None)
    parts = np.concatenate([split.train, split.val, split.test])
    assert sorted(parts) == list(range(len(groups)))
