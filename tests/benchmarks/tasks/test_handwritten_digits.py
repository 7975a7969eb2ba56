"""The handwritten digits, one an image."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks.tasks.handwritten_digits import HandwrittenDigits


def test_images_are_scikit_learns_digits_enlarged():
    task = HandwrittenDigits(image_size=8).load("d")
    data = load_digits()
    for i in (0, 1000, 1796):
        image = task.collection[i]
        assert image.shape == (8, 8, 3)
        np.testing.assert_array_equal(image[:, :, 0], np.rint(255 * (1 - data.images[i] / 16)))
    assert HandwrittenDigits().load("d").collection[3].shape == (32, 32, 3)
    np.testing.assert_array_equal(task.annotations.argmax(axis=1), data.target)
    assert task.single_label
    assert not task.mirror


def test_splits_hold_every_class_at_its_share_and_are_nested():
    task = HandwrittenDigits().load("d")
    split = task.split(0, None)
    assert (len(split.train), len(split.val), len(split.test)) == (1437, 0, 360)
    assert not set(split.train) & set(split.test)
    counts = task.annotations.sum(axis=0)
    for part in (split.train, split.test, task.split(0, 100).train):
        shares = task.annotations[part].sum(axis=0) - counts * len(part) / 1797
        assert np.abs(shares).max() < 2
    small, large = task.split(0, 100), task.split(0, 500)
    assert set(small.train) < set(large.train) < set(split.train)
    np.testing.assert_array_equal(small.test, split.test)
    np.testing.assert_array_equal(task.split(0, None).test, split.test)
    assert set(task.split(1, None).test) != set(split.test)


def test_what_it_refuses():
    with pytest.raises(ValueError, match=r"test_images must be in \[10, 1787\], got 3"):
        HandwrittenDigits(test_images=3)
    with pytest.raises(ValueError, match="image_size must be at least 8, got 7"):
        HandwrittenDigits(image_size=7)
    with pytest.raises(ValueError, match=r"train_size must be in \[1, 1437\], got 2000"):
        HandwrittenDigits().load("d").split(0, 2000)


def test_a_collection_pickles_as_its_recipe():
    collection = HandwrittenDigits().load("d").collection
    again = pickle.loads(pickle.dumps(collection))
    assert len(pickle.dumps(collection)) < 200_000
    np.testing.assert_array_equal(again[5], collection[5])
    assert again.source.digest(5) == collection.source.digest(5) != collection.source.digest(6)
    assert HandwrittenDigits(image_size=16).load("d").collection.source.digest(5) != (
        collection.source.digest(5)
    )
