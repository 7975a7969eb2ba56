"""Real collections, where CONCEPTBENCH_DATA names them: read whole, and above chance."""

import numpy as np
import pytest

from benchmarks.harness.data import load_task
from benchmarks.results.metrics import evaluate
from benchmarks.suites.loading import find, load
from engineered.classifiers.kernel_svm import KernelSVM
from engineered.descriptors.colour_histogram import ColourHistogram
from engineered.pipeline import EngineeredDetector

pytestmark = pytest.mark.data

SIZES = {
    "caltech101": (9144, 102),
    "camvid-shots": (651, 10),
    "msrc": (591, 22),
    "mirflickr": (4000, 14),
}


@pytest.fixture
def task(data, request):
    name = request.param
    if not (data / name).is_dir():
        pytest.skip(f"there is no {name} in {data}")
    (spec,) = load(find(name)).tasks
    return load_task(spec, data, data)


@pytest.mark.parametrize("task", SIZES, indirect=True)
def test_read_whole(task):
    assert task.annotations.shape == SIZES[task.name]
    assert len(set(task.collection.digests)) > 0.95 * len(task.collection)
    split = task.split(0, 15 if task.name == "caltech101" else None)
    assert (task.annotations[split.train] == 1).any(axis=0).all()
    assert (task.annotations[split.test] == 1).any(axis=0).all()
    if task.has_videos:
        video = task.collection.video
        assert not set(video[split.train]) & set(video[split.test])
    first = task.collection[0]
    assert first.dtype == np.uint8
    assert first.ndim == 3


@pytest.mark.parametrize("task", ["camvid-shots", "msrc"], indirect=True)
def test_a_colour_histogram_beats_a_constant_scorer(task):
    split = task.split(0)
    X, Y = task.collection, task.annotations
    system = EngineeredDetector(ColourHistogram(), KernelSVM())
    system.fit(X[split.train], Y[split.train])
    scores = system.decision_function(X[split.test])
    found = evaluate("ap", scores, Y[split.test])
    constant = evaluate("ap", np.zeros_like(scores), Y[split.test])
    assert found.mean > 1.2 * constant.mean
    assert (found.per_concept > constant.per_concept).mean() > 0.8
