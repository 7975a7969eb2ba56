"""The embedded task: what it is made of, how it is split, and that it is the same each time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from benchmarks.tasks.base import Task
from benchmarks.tasks.digit_shots import DigitShots
from benchmarks.tasks.digits.concepts import CONCEPTS
from benchmarks.tasks.digits.script import LEAST, scene, script

SMALL = {"train_shots": 120, "val_shots": 70, "test_shots": 80}


@pytest.fixture(scope="module")
def maker() -> DigitShots:
    return DigitShots(**SMALL)


@pytest.fixture(scope="module")
def task(maker) -> Task:
    return maker.load("digit-shots")


@pytest.fixture(scope="module")
def default() -> Task:
    return DigitShots().load("digit-shots")


def part_rows(task, seed=0, train_size=None):
    split = task.split(seed, train_size)
    return {"train": split.train, "val": split.val, "test": split.test}


def test_sizes_are_exact(task, default):
    assert {p: len(r) for p, r in part_rows(task).items()} == {"train": 120, "val": 70, "test": 80}
    assert {p: len(r) for p, r in part_rows(default).items()} == {
        "train": 900,
        "val": 300,
        "test": 600,
    }
    assert len(task.collection) == 270


def test_task_declares_its_protocol(task):
    assert task.has_videos
    assert not task.single_label
    assert not task.mirror
    assert task.size_unit == "shots"
    assert task.metrics[0] == "ap"
    assert any("photographs" in note for note in task.notes)
    assert [c for c in task.concepts if c.startswith("digit-")] == [f"digit-{d}" for d in range(10)]


def test_parts_share_no_video(task):
    video = task.collection.video
    owners = [set(video[rows]) for rows in part_rows(task).values()]
    assert sum(map(len, owners)) == len(set.union(*owners)) == len(set(video))


@pytest.mark.parametrize("seed", [0, 3])
def test_parts_share_no_handwritten_digit(seed):
    maker = DigitShots(**SMALL, seed=seed)
    drawn: dict[str, set[int]] = {"train": set(), "val": set(), "test": set()}
    for shot in script(maker.recipe).shots:
        seen = scene(maker.recipe, shot)
        # Fragments among the clutter are handwriting too.
        drawn[shot.part] |= {glyph.image for glyph in seen.glyphs}
        drawn[shot.part] |= {thing.image for thing in seen.clutter}
    assert all(len(images) > 50 for images in drawn.values())
    assert not drawn["train"] & drawn["val"]
    assert not drawn["train"] & drawn["test"]
    assert not drawn["val"] & drawn["test"]


def test_neighbouring_shots_show_other_handwriting(maker):
    """Otherwise temporal re-scoring would gain from near-duplicates."""
    shots = script(maker.recipe).shots
    images = [tuple(g.image for g in scene(maker.recipe, shot).glyphs) for shot in shots]
    repeated = sum(bool(set(a) & set(b)) for a, b in pairwise(images)) / len(images)
    assert repeated < 0.2


def test_videos_are_rows_of_shots(task):
    video, shot = task.collection.video, task.collection.shot
    for name in np.unique(video):
        rows = np.flatnonzero(video == name)
        np.testing.assert_array_equal(np.diff(rows), 1)
        np.testing.assert_array_equal(shot[rows], np.arange(len(rows)))
        assert 8 <= len(rows) <= 15


@pytest.mark.parametrize("seed", range(12))
def test_training_sets_are_nested_whole_videos(default, seed):
    video = default.collection.video
    sets = [default.split(seed, size).train for size in (50, 100, 300, 900)]
    for small, large in pairwise(sets):
        np.testing.assert_array_equal(small, large[: len(small)])
    for rows in sets:
        lengths = [np.sum(video == v) - np.sum(video[rows] == v) for v in np.unique(video[rows])]
        assert np.count_nonzero(lengths) <= 1  # only the last video may be cut


def test_split_seeds_differ_and_leave_val_and_test(default):
    one, same, other = default.split(1, 100), default.split(1, 100), default.split(2, 100)
    np.testing.assert_array_equal(one.train, same.train)
    assert set(one.train) != set(other.train)
    np.testing.assert_array_equal(one.val, other.val)
    np.testing.assert_array_equal(one.test, other.test)


@pytest.mark.parametrize("size", [60, 100, 300])
def test_every_concept_has_both_annotations_in_small_training_sets(default, size):
    for seed in range(60):
        seen = default.annotations[default.split(seed, size).train]
        assert ((seen == 1).sum(axis=0) >= 1).all()
        assert ((seen == 0).sum(axis=0) >= 1).all()


@pytest.mark.parametrize("unjudged", [0.0, 0.1, 0.95])
@pytest.mark.parametrize("seed", [0, 5])
def test_every_concept_has_both_annotations_in_each_part(unjudged, seed):
    task = DigitShots(**SMALL, unjudged=unjudged, seed=seed).load("t")
    for rows in part_rows(task).values():
        seen = task.annotations[rows]
        assert ((seen == 1).sum(axis=0) >= LEAST).all()
        assert ((seen == 0).sum(axis=0) >= LEAST).all()


def test_annotations_are_what_the_scenes_show(maker, task):
    """Told again here, independently of `CONCEPTS`."""
    held = np.empty(task.annotations.shape, dtype=bool)
    for row, shot in enumerate(script(maker.recipe).shots):
        seen = scene(maker.recipe, shot)
        digits = [glyph.digit for glyph in seen.glyphs]
        inks = [glyph.ink for glyph in seen.glyphs]
        facts = {f"digit-{digit}": digit in digits for digit in range(10)}
        facts |= {"red-ink": "red" in inks, "blue-ink": "blue" in inks}
        facts |= {"mixed-inks": len(set(inks)) >= 2, "crowded": len(digits) > 2}
        facts |= {f"{kind}-ground": seen.ground.kind == kind for kind in ("striped", "noisy")}
        facts["large-digit"] = max(glyph.height for glyph in seen.glyphs) > 0.45
        facts["odd-only"] = set(digits) <= {1, 3, 5, 7, 9}
        held[row] = [facts[concept] for concept in task.concepts]
    known = task.annotations >= 0
    np.testing.assert_array_equal(task.annotations[known], held[known])
    assert known.mean() > 0.8


def test_unjudged_share_is_the_parameter(default):
    for rows in part_rows(default).values():
        shares = (default.annotations[rows] == -1).mean(axis=0)
        assert shares.mean() == pytest.approx(0.1, abs=0.02)
        assert (shares < 0.25).all()
        assert (shares > 0).all()
    assert (DigitShots(**SMALL, unjudged=0).load("t").annotations >= 0).all()


def test_unjudged_hides_positives_and_negatives_alike(default):
    everything = DigitShots(unjudged=0).load("t").annotations
    hidden = default.annotations == -1
    assert hidden[everything == 1].mean() == pytest.approx(hidden[everything == 0].mean(), abs=0.03)
    np.testing.assert_array_equal(default.annotations[~hidden], everything[~hidden])


def test_concepts_last_and_occur_together(default):
    """What temporal re-scoring and conceptual fusion are to find."""
    truth = DigitShots(unjudged=0).load("t").annotations
    video = default.collection.video
    within = video[1:] == video[:-1]
    for column, concept in enumerate(default.concepts):
        before, after = truth[:-1, column][within], truth[1:, column][within]
        share = truth[:, column].mean()
        assert after[before == 1].mean() > share + 0.25, concept
        assert 0.08 < share < 0.6, concept
    together = np.corrcoef(truth.T)
    names = list(default.concepts)
    assert together[names.index("red-ink"), names.index("digit-7")] > 0.15
    assert together[names.index("digit-0"), names.index("digit-7")] < 0


def test_without_persistence_shots_are_loosely_tied():
    def agreement(persistence: float) -> float:
        task = DigitShots(**SMALL, persistence=persistence, unjudged=0).load("t")
        within = task.collection.video[1:] == task.collection.video[:-1]
        return float((task.annotations[1:] == task.annotations[:-1])[within].mean())

    assert agreement(0.0) + 0.1 < agreement(0.9) < agreement(1.0) == 1.0


def test_the_name_is_the_suites(maker):
    assert maker.load(name="mine").name == "mine"


def test_training_size_out_of_range_is_refused(task):
    with pytest.raises(ValueError, match=r"task digit-shots: .* 121 shots .* there are 120"):
        task.split(0, 121)
    with pytest.raises(ValueError, match="0 shots"):
        task.split(0, 0)


def test_training_set_without_a_concept_is_refused(task):
    with pytest.raises(ValueError, match=r"5 training shots have no judged .* of '.*' with seed 0"):
        task.split(0, 5)


def test_part_too_small_is_refused():
    with pytest.raises(ValueError, match="task tiny: val_shots = 3 is too few"):
        DigitShots(train_shots=100, val_shots=3, test_shots=100).load("tiny")


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({"train_shots": 0}, "train_shots"),
        ({"val_shots": 70.0}, "val_shots"),
        ({"test_shots": True}, "test_shots"),
        ({"image_size": 16}, "image_size"),
        ({"seed": -1}, "seed"),
        ({"unjudged": 1.0}, "unjudged"),
        ({"unjudged": -0.1}, "unjudged"),
        ({"persistence": 1.5}, "persistence"),
        ({"persistence": float("nan")}, "persistence"),
        ({"shots_per_video": [8, 12]}, "shots_per_video"),
        ({"shots_per_video": [0, 12]}, "shots_per_video"),
        ({"shots_per_video": [8]}, "shots_per_video"),
    ],
)
def test_wrong_parameters_are_named(options, parameter):
    with pytest.raises(ValueError, match=parameter):
        DigitShots(**options)


def test_every_parameter_changes_the_fingerprint(task):
    changes = [
        {"train_shots": 121},
        {"val_shots": 71},
        {"test_shots": 81},
        {"image_size": 64},
        {"shots_per_video": [8, 16]},
        {"persistence": 0.8},
        {"unjudged": 0.2},
        {"seed": 1},
    ]
    found = [DigitShots(**(SMALL | change)).load("t").fingerprint for change in changes]
    assert len({task.fingerprint, *found}) == len(changes) + 1


def test_unjudged_leaves_the_pixels_fingerprint(task):
    """So that features are shared between tasks that differ in annotations only."""
    other = DigitShots(**SMALL, unjudged=0.3).load("t")
    assert other.collection.fingerprint == task.collection.fingerprint


def test_concepts_of_the_task_are_the_table(task):
    assert task.concepts == tuple(CONCEPTS)
    assert len(set(task.collection.ids)) == len(task.collection)
