"""A folder a class: k a class for training, at most some of the rest for test."""

import shutil

import numpy as np
import pytest

from benchmarks.tasks.folder import FolderTask, PerClassSplitter, default_size


def classes_of(task, index):
    return np.bincount(task.annotations[index].argmax(axis=1), minlength=len(task.concepts))


def test_classes_are_folders(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    assert task.concepts == ("china", "flower")
    assert task.annotations.sum(axis=0).tolist() == [14, 9]
    assert task.single_label
    assert task.collection.ids[0] == "china/000.png"
    assert task.collection.ids[-1] == "flower/008.png"


def test_a_range_of_counts_is_told_only_where_there_is_one(folder_of_classes, tmp_path):
    folder = shutil.copytree(folder_of_classes, tmp_path / "images")
    text = FolderTask(folder).load("t").description
    assert text.startswith("23 images of 2 classes (9 to 14 each), one class an image;")
    for i in range(9, 14):
        (folder / "china" / f"{i:03d}.png").unlink()
    text = FolderTask(folder).load("t").description
    assert text.startswith("18 images of 2 classes (9 each), one class an image;")


def test_protocol(folder_of_classes):
    task = FolderTask(folder_of_classes, test_per_class=6).load("t")
    for k in (1, 3, 8):
        split = task.split(0, k)
        assert classes_of(task, split.train).tolist() == [k, k]
        assert classes_of(task, split.test).tolist() == [min(6, 14 - k), min(6, 9 - k)]
        assert len(split.val) == 0
        assert not set(split.train) & set(split.test)


def test_splits_are_drawn_by_seed_and_nested(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    small, large = task.split(3, 2), task.split(3, 5)
    assert set(small.train) < set(large.train)
    assert set(large.test) <= set(small.test)
    again = FolderTask(folder_of_classes).load("t").split(3, 2)
    np.testing.assert_array_equal(small.train, again.train)
    assert set(task.split(4, 5).train) != set(large.train)


def test_a_class_more_moves_no_other(folder_of_classes, tmp_path):
    root = tmp_path / "more"
    shutil.copytree(folder_of_classes, root)
    shutil.copytree(root / "china", root / "aaa")
    before, after = FolderTask(folder_of_classes).load("t"), FolderTask(root).load("t")

    def trained(task):
        return {i for i in task.collection.ids[task.split(0, 4).train] if i.startswith("flower")}

    assert trained(before) == trained(after)


def test_too_few_images_name_the_class(folder_of_classes):
    task = FolderTask(folder_of_classes).load("t")
    with pytest.raises(
        ValueError, match=r"class 'flower' has 9 images: too few for 9 .*lower train"
    ):
        task.split(0, 9)


def test_of_a_single_image_no_lower_size_is_advised(tmp_path, folder_of_classes):
    shutil.copytree(folder_of_classes, tmp_path / "one")
    for path in sorted((tmp_path / "one" / "flower").iterdir())[1:]:
        path.unlink()
    said = "has 1 image: too few for 1 to train on and one to test; add images to it, or leave"
    with pytest.raises(ValueError, match=said):
        FolderTask(tmp_path / "one").load("t").split(0, 1)


def test_wrong_folders(folder_of_classes, tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        FolderTask(tmp_path / "absent").load("t")
    with pytest.raises(ValueError, match="at least two"):
        FolderTask(folder_of_classes, exclude=["china"]).load("t")
    with pytest.raises(ValueError, match="not found"):
        FolderTask(folder_of_classes, exclude=["chnia"]).load("t")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with pytest.raises(ValueError, match="no images in"):
        FolderTask(tmp_path).load("t")


def test_bad_images_are_skipped_and_listed_only_when_asked(folder_of_classes, tmp_path):
    root = tmp_path / "some"
    shutil.copytree(folder_of_classes, root)
    (root / "china" / "003.png").write_bytes(b"no image")
    strict = FolderTask(root).load("t")
    assert len(strict.collection) == 23
    assert strict.excluded == []
    task = FolderTask(root, on_bad_image="skip").load("t")
    assert len(task.collection) == 22
    assert "china/003.png" not in task.collection.ids
    ((path, reason),) = task.excluded
    assert path.endswith("china/003.png")
    assert "not an image" in reason
    with pytest.raises(ValueError, match="on_bad_image is 'skp'"):
        FolderTask(root, on_bad_image="skp").load("t")


@pytest.mark.parametrize(
    ("smallest", "test_per_class", "expected"),
    [(28, 10, 18), (28, 50, 18), (31, 50, 20), (300, 50, 30), (60, 5, 30), (3, 50, 2), (2, 50, 1)],
)
def test_without_a_training_size_enough_is_left_for_test(smallest, test_per_class, expected):
    """A third of the smallest class, or as many as may be tested on; at least one."""
    assert default_size(smallest, test_per_class) == expected
    labels = np.repeat([0, 1], [smallest, smallest + 40])
    split = PerClassSplitter(labels, ("a", "b"), test_per_class, expected)(0, None)
    tested = np.bincount(labels[split.test])
    assert np.bincount(labels[split.train]).tolist() == [expected] * 2
    assert tested[0] == min(test_per_class, smallest - expected)
