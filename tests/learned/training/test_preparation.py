import tempfile
from pathlib import Path

import numpy as np
import pytest

from learned import pixel_store
from learned.pixels import channel_statistics, resize
from learned.training.preparation import TrainingImages


class Collection(list):
    video = np.array(["a", "a", "b", "c", "c", "d"])


def images(n=6):
    rng = np.random.default_rng(0)
    return Collection(
        rng.integers(0, 256, (*rng.integers(3, 12, 2), 3), dtype=np.uint8) for _ in range(n)
    )


CHOSEN = np.array([True, False, True, True, True, True])


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("bound", [0, 10**9])
def test_the_chosen_images_are_decoded_once_into_memory_or_a_file(monkeypatch, threads, bound):
    monkeypatch.setattr(pixel_store, "IN_MEMORY", bound)
    X = images()
    with TrainingImages(X, CHOSEN, 5, threads) as found:
        expected = np.stack([resize(image, 5) for image, wanted in zip(X, CHOSEN) if wanted])
        assert np.array_equal(found.store.pixels, expected)
        assert found.store is found.store
        assert found.store.in_file == (bound == 0)
        for mine, theirs in zip(found.statistics, channel_statistics(expected)):
            assert np.array_equal(mine, theirs)
        assert found.videos.tolist() == ["a", "b", "c", "c", "d"]


def test_nothing_is_decoded_that_nobody_asks_for():
    class Forbidden(list):
        def __iter__(self):
            raise AssertionError("decoded")

    with TrainingImages(Forbidden([1] * 6), CHOSEN, 5) as found:
        assert found.videos is None


def test_an_image_that_fails_leaves_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    X = [*images()[:5], np.zeros((2, 2), np.uint8)]

    def read():
        with TrainingImages(X, CHOSEN, 5, shared=True) as found:
            return found.store

    with pytest.raises(ValueError, match="image 5: "):
        read()
    assert not list(Path(tmp_path).iterdir())


def test_pretrained_weights_say_what_to_standardise_by():
    class Weights:
        mean, deviation = np.ones(3, np.float32), np.full(3, 2, np.float32)

    class Silent:
        mean = deviation = None

    with TrainingImages(images(), CHOSEN, 5) as found:
        assert found.standardization(Weights()) == (Weights.mean, Weights.deviation)
        assert found.standardization(Silent()) is found.standardization(None) is found.statistics


def test_samples_are_split_among_those_that_say_something():
    Y = np.array([[1], [-1], [1], [0], [0]], np.int8)
    with TrainingImages(images(), CHOSEN, 5) as found:
        rows, held_out = found.split("bce", Y, 0.0, seed=0)
        assert rows.tolist() == [0, 2, 3, 4]
        assert held_out is None
        for seed in range(9):
            rows, held_out = found.split("bce", Y, 0.3, seed)
            assert sorted([*rows, *held_out]) == [0, 2, 3, 4]
            # The two middle ones are of one video.
            assert (2 in rows) == (3 in rows)
