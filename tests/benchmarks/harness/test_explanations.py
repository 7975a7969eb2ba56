"""A trial of the first seed and the largest size writes where its evidence lies, or why not."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.harness.data import load_task
from benchmarks.harness.explanations import choose_pairs, explain_pairs
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.explanations import read_explained
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse
from benchmarks.tasks.base import Split, Task

PLUGINS = """
from types import SimpleNamespace

import numpy as np

class Bright:
    '''A detector by itself, that finds its evidence in the upper left pixel.'''
    def fit(self, X, Y):
        self.c = Y.shape[1]
        return self
    def decision_function(self, X):
        means = np.array([image.mean() for image in X], np.float32)
        return np.repeat(means[:, None], self.c, axis=1)
    def explain(self, image, concept):
        values = np.zeros((4, 4))
        values[0, 0] = 3.0
        return SimpleNamespace(map=values, score=5.0, rest=2.0, exact=False, method="a guess")

class Broken(Bright):
    def explain(self, image, concept):
        raise RuntimeError("no idea where")

class Mute(Bright):
    explain = property()
"""
WORDS = {
    "descriptor": {"name": "dense-sift", "step": 8},
    "aggregator": {"name": "bag-of-words", "words": 8},
    "optimization": {"power": 0.5},
    "classifier": "linear-svm",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory, folder_of_classes):
    place = tmp_path_factory.mktemp("run")
    (place / "mine.py").write_text(PLUGINS)
    mine = {
        name: {"name": name, "detector": f"mine.py:{kind}", "family": "learned"}
        for name, kind in (("told", "Bright"), ("broken", "Broken"), ("mute", "Mute"))
    }
    suite = parse(
        {
            "name": "t",
            "folds": 2,
            "seeds": [3, 1],
            "tasks": [
                {
                    "name": "crops",
                    "task": {"name": "folder", "path": str(folder_of_classes)},
                    "train_sizes": [3, 5],
                }
            ],
            "systems": [
                {"name": "words", **WORDS},
                {"name": "shuffled", **WORDS, "shuffle_annotations": True},
                {
                    "name": "network",
                    "network": "mlp",
                    "training": {"epochs": 1, "image_size": 16},
                },
                *mine.values(),
                {"name": "fused", "fusion": "late", "members": ["words", "told"]},
            ],
        }
    )
    tasks = {"crops": load_task(suite.tasks[0], place, None)}
    trials = place / "trials"
    at = Workplace(suite, place, tasks, trials, place / "cache", "cpu")
    found = {}
    for planned in plan(suite, tasks, place, "cpu"):
        assert run_trial(planned, at) == ("complete", "")
        found[planned.system, planned.train_size, planned.seed] = TrialFolder(trials / planned.key)
    return found


def test_one_seed_and_size_is_explained_and_no_control_and_no_fusion(ran):
    for (system, size, seed), files in ran.items():
        asked = size == 5 and seed == 3 and system not in ("shuffled", "fused")
        assert ("explanation" in files.read()) == asked, (system, size, seed)
        assert files.is_settled()


def test_all_systems_explain_the_same_positives(ran):
    words, network, told = (ran[name, 5, 3] for name in ("words", "network", "told"))
    pairs = words.array("explained")
    np.testing.assert_array_equal(network.array("explained"), pairs)
    np.testing.assert_array_equal(told.array("explained"), pairs)
    assert len(pairs) == 4
    assert sorted(pairs[:, 1]) == [0, 0, 1, 1]
    assert set(pairs[:, 0]) <= set(words.array("test"))


def test_maps_add_up_to_what_is_said_and_scores_are_those_of_the_trial(ran):
    for name, exact in (("words", True), ("network", False)):
        files = ran[name, 5, 3]
        record = files.read()["explanation"]
        assert record["exact"] is exact
        assert (record["maps"], record["asked"], record["reason"]) == (4, 4, None)
        assert files.array("maps").dtype == np.float16
        row_of = {int(sample): i for i, sample in enumerate(files.array("test"))}
        for one in read_explained(files):
            size = float(np.abs(one.map).sum())
            assert float(one.map.sum()) == pytest.approx(one.total, abs=2e-3 * size + 1e-6)
            near = 1e-4 if exact else 0.05 * size + 1e-4
            assert one.total + one.rest == pytest.approx(one.score, abs=near)
            score = files.array("scores")[row_of[one.sample], one.concept]
            assert one.score == pytest.approx(float(score), abs=1e-3)


def test_a_plug_in_tells_in_its_own_way(ran):
    files = ran["told", 5, 3]
    one = read_explained(files)[0]
    assert (one.score, one.total, one.rest) == (5.0, 3.0, 2.0)
    assert one.map[:16, :16].sum() == pytest.approx(3)
    assert not one.map[16:].any()
    assert files.read()["explanation"]["method"] == "a guess"


@pytest.mark.parametrize(
    ("system", "reason"), [("broken", "RuntimeError: no idea where"), ("mute", "does not tell")]
)
def test_a_failure_to_explain_is_a_reason_and_no_failure_of_the_trial(ran, system, reason):
    files = ran[system, 5, 3]
    record = files.read()
    assert record["status"] == "complete"
    assert reason in record["explanation"]["reason"]
    assert record["explanation"]["maps"] == 0
    assert not files.has("maps")


def test_explaining_is_no_cost_of_the_system(ran):
    first, other = ({c.stage for c in ran["words", 5, seed].costs()} for seed in (3, 1))
    assert first == other


class Blank:
    def load(self, index):
        return np.full((8, 8, 3), index, np.uint8)

    def digest(self, index):
        return f"{index:016x}"


def task_of(c, n=60):
    Y = np.zeros((n, c), np.int8)
    Y[np.arange(n), np.arange(n) % c] = 1
    Y[:, 1] = -1  # never judged
    split = Split(np.arange(0, n, 2), np.arange(0), np.arange(1, n, 2))
    collection = ImageCollection(Blank(), [f"s{i}" for i in range(n)], threads=0)
    return Task("t", collection, [f"c{i}" for i in range(c)], Y, lambda seed, size: split)


def test_at_most_eight_concepts_are_spread_over_those_with_test_positives():
    # An odd number of concepts: each has positives at even and at odd samples.
    task = task_of(13)
    split = task.split(0)
    pairs = choose_pairs(task, split)
    concepts = [concept for _, concept in pairs]
    assert len(set(concepts)) == 8
    assert 1 not in concepts
    assert {0, 12} <= set(concepts)
    assert len(pairs) == 16
    assert len(set(concepts[:8])) == 8  # the first of each come first
    assert all(task.annotations[sample, concept] == 1 for sample, concept in pairs)
    assert {sample for sample, _ in pairs} <= set(split.test.tolist())
    shuffled = dataclasses.replace(split, test=split.test[::-1].copy())
    assert choose_pairs(task, shuffled) == pairs


def test_a_concept_without_test_positives_or_that_is_not_taught_is_left_out():
    task = task_of(4)  # concept i has positives at samples i mod 4 only
    pairs = choose_pairs(task, task.split(0))
    assert pairs == []


def test_a_system_is_asked_by_its_own_columns():
    asked = []

    class System:
        def explain(self, image, concept):
            asked.append((int(image[0, 0, 0]), concept))
            return SimpleNamespace(map=np.ones((2, 2)), score=4.0, rest=0.0, exact=True, method="m")

    columns = np.array([True, False, True, True])
    arrays, record = explain_pairs(System(), task_of(4), [(5, 0), (7, 3)], columns)
    assert asked == [(5, 0), (7, 2)]
    assert arrays["explained"].tolist() == [[5, 0], [7, 3]]
    assert record["maps"] == 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [([[np.nan]], "NaN"), ([[0.0]], "no place"), ([1.0, 2.0], "rows, columns")],
)
def test_a_map_that_is_none_is_a_reason(values, reason):
    told = SimpleNamespace(map=np.array(values), score=0.0, rest=0.0, exact=True, method="m")
    system = SimpleNamespace(explain=lambda image, concept: told)
    arrays, record = explain_pairs(system, task_of(4), [(5, 0)], np.ones(4, bool))
    assert arrays == {}
    assert reason in record["reason"]
