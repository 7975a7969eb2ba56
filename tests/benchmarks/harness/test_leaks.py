"""Test samples among the training samples are counted by every trial, and shown."""

import cv2
import numpy as np
import pytest
import skimage.data

from benchmarks.collection import ImageCollection
from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Ledger
from benchmarks.harness.data import load_task
from benchmarks.harness.leaks import check_leaks
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse
from benchmarks.tasks.base import Split, Task

NAMES = ("astronaut", "chelsea", "coffee", "rocket", "page", "coins")


class Listed:
    """Samples held in memory, decoded as often as counted."""

    def __init__(self, images):
        self.images, self.decoded = images, 0

    def load(self, index):
        self.decoded += 1
        return self.images[index]

    def digest(self, index):
        return f"{hash(self.images[index].tobytes()) & (2**64 - 1):016x}"


def photographs():
    images = [getattr(skimage.data, name)() for name in NAMES]
    return [image if image.ndim == 3 else np.dstack([image] * 3) for image in images]


def task_of(images):
    n = len(images)
    collection = ImageCollection(Listed(images), [f"s{i}" for i in range(n)], threads=0)
    Y = np.arange(n)[:, None] % 2
    half = Split(np.array([4, 1, 2, 0]), np.arange(0), np.array([8, 5, 6, 7]))
    return Task("t", collection, ["odd"], Y, lambda seed, size: half)


def test_a_copy_and_a_smaller_darker_jpeg_are_found_and_decoded_once(tmp_path):
    astronaut, chelsea, coffee, rocket, page, coins = photographs()
    _, data = cv2.imencode(".jpg", (coffee[::2, ::2] * 0.9).astype(np.uint8))
    near = cv2.imdecode(data, cv2.IMREAD_COLOR)
    images = [
        astronaut,
        chelsea,
        coffee,
        coins,
        rocket,
        chelsea.copy(),
        near,
        page,
        astronaut[::-1],
    ]
    task = task_of(images)
    split = task.split(0)
    found = check_leaks(task, split, StageCache(tmp_path, Ledger()))
    assert found.counts == {"tested": 4, "identical": 1, "near": 1}
    # In the task's own places: training sample, test sample, bits.
    assert found.pairs[:, :2].tolist() == [[1, 5], [2, 6]]
    assert found.pairs[0, 2] == -1
    assert 0 <= found.pairs[1, 2] <= 3
    seen = task.collection.source.decoded
    again = check_leaks(task, split, StageCache(tmp_path, Ledger()))
    assert again.pairs.tolist() == found.pairs.tolist()
    assert task.collection.source.decoded == seen


def test_the_nearest_training_sample_is_told_once(tmp_path):
    images = photographs()
    task = task_of([images[0]] * 3 + images[1:4] + [images[0], images[4], images[5]])
    found = check_leaks(task, task.split(0), StageCache(tmp_path, Ledger()))
    assert found.counts == {"tested": 4, "identical": 1, "near": 0}
    assert found.pairs[:, 1:].tolist() == [[6, -1]]


def test_samples_that_are_no_images_are_compared_by_content_alone(tmp_path):
    rows = [np.full(5, i, np.float32) for i in (0, 1, 2, 3, 4, 5, 1, 7, 8)]
    task = task_of(rows)
    found = check_leaks(task, task.split(0), StageCache(tmp_path, Ledger()))
    assert found.counts == {"tested": 4, "identical": 1, "near": 0}


def test_hashes_survive_being_kept_in_single_precision(tmp_path):
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (32, 32, 3), dtype=np.uint8) for _ in range(5)]
    # Noise has any bits in any place; its mirror image has others.
    task = task_of(noise[:5] + [image[:, ::-1] for image in noise[:4]])
    found = check_leaks(task, task.split(0), StageCache(tmp_path, Ledger()))
    assert found.counts == {"tested": 4, "identical": 0, "near": 0}


@pytest.mark.parametrize("fused", [False, True])
def test_every_trial_records_what_was_found(tmp_path, folder_of_classes, fused):
    systems = [
        {"name": name, "descriptor": "colour-histogram", "classifier": classifier}
        for name, classifier in (("a", "linear-svm"), ("b", "knn"))
    ]
    systems += [{"name": "f", "fusion": "late", "members": ["a", "b"]}] if fused else []
    folder = {"name": "folder", "path": str(folder_of_classes), "test_per_class": 3}
    suite = parse(
        {
            "name": "t",
            "tasks": [{"name": "crops", "task": folder, "train_sizes": [5]}],
            "systems": systems,
        }
    )
    tasks = {"crops": load_task(suite.tasks[0], tmp_path, None)}
    place = Workplace(suite, tmp_path, tasks, tmp_path / "trials", tmp_path / "cache", "cpu")
    for planned in plan(suite, tasks, tmp_path, "cpu"):
        assert run_trial(planned, place) == ("complete", "")
        files = TrialFolder(tmp_path / "trials" / planned.key)
        record = files.read()
        assert record["leaks"] == {"tested": 6, "identical": 0, "near": len(files.array("leaks"))}
        assert not any("hash" in line.stage or "leak" in line.stage for line in files.costs())
