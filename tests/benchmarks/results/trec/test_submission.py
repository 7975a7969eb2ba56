"""A submission out of a run folder."""

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results.run import Run, write_task
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.results.trec import submission
from benchmarks.tasks.base import Split, Task

N = 20


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


def trial(folder, task, system, seed, size, status="complete"):
    key = f"{task}-{system}-{seed}-{size}"
    rng = np.random.default_rng([seed, size or 0])
    arrays = {
        "scores": rng.normal(size=(8, 3)).astype(np.float32),
        "train": np.arange(12),
        "val": np.arange(0),
        "test": np.arange(12, N)[::-1],
    }
    record = {"status": status, "reason": "ValueError: no"} if status != "complete" else {
        "status": status
    }  # fmt: skip
    TrialFolder(folder / "trials" / key).write(record, arrays)
    return {
        "key": key, "task": task, "system": system, "family": "learned", "seed": seed,
        "train_size": size,
    }  # fmt: skip


@pytest.fixture
def run(tmp_path) -> Run:
    """Two tasks, one of shots; a concept that training samples cannot teach."""
    Y = np.tile([[1, 0, 0], [0, 1, 0]], (N // 2, 1)).astype(np.int8)
    Y[:12, 2] = 0
    Y[12:, 2] = 1
    split = Split(np.arange(12), np.arange(0), np.arange(12, N))
    shots = ImageCollection(
        Nothing(), [f"v{i // 5}/{i}.jpg" for i in range(N)], [f"v{i // 5}" for i in range(N)],
        np.arange(N) % 5,
    )  # fmt: skip
    images = ImageCollection(Nothing(), [f"i {i}" for i in range(N)])
    for name, collection in (("shots", shots), ("images", images)):
        task = Task(name, collection, ["car", "boat", "rare"], Y, lambda seed, size: split)
        write_task(tmp_path / "tasks" / name, task)
    plan = [trial(tmp_path, "shots", "words", seed, size) for seed in (0, 1) for size in (6, None)]
    plan += [
        trial(tmp_path, "shots", "network", 0, None),
        trial(tmp_path, "images", "network", 0, None),
        trial(tmp_path, "shots", "broken", 0, None, "failed"),
    ]
    write_json(tmp_path / "run.json", {"tasks": ["shots", "images"], "plan": plan})
    return Run(tmp_path)


def test_the_test_shots_by_the_scores_of_the_trial(run):
    topics = {"boat": "5", "car": "9"}
    found = submission(
        run, "words", seed=1, train_size=6, topics=topics, shot="shot{video}_{shot}", tag="me_1"
    )
    scores = run.trials[2].scores
    assert run.trials[2].seed == 1
    assert run.trials[2].train_size == 6
    best = np.argsort(-scores[:, 1])
    assert found.topic.tolist() == ["5"] * 8 + ["9"] * 8
    sample = 19 - best
    expected = [f"shotv{i // 5}_{i % 5}" for i in sample]
    assert found.shot[:8].tolist() == expected
    np.testing.assert_array_equal(found.score[:8], scores[best, 1])
    np.testing.assert_array_equal(found.score[8:], np.sort(scores[:, 0])[::-1])
    assert found.tag == "me_1"


def test_by_default_topics_are_concepts_and_untaught_ones_are_left_out(run):
    found = submission(run, "network", task="shots", limit=3)
    assert found.topic.tolist() == ["car"] * 3 + ["boat"] * 3
    assert found.tag == "network"
    assert all(shot.endswith(".jpg") for shot in found.shot)


def test_all_of_the_training_samples_is_a_size(run):
    found = submission(run, "words", seed=0, train_size="all")
    np.testing.assert_array_equal(found.score[:8], np.sort(run.trials[1].scores[:, 0])[::-1])


@pytest.mark.parametrize(
    ("system", "given", "message"),
    [
        ("word", {}, "no system 'word': did you mean words?"),
        ("zzz", {}, "no system 'zzz': it has words, network, broken"),
        ("words", {}, "4 trials answer .* one of: task shots, seed 0, size 6; task shots, seed 0"),
        ("words", {"seed": 3}, "no trial answers .* task shots, seed 1, size all"),
        ("network", {}, "2 trials answer"),
        ("broken", {}, "trial of system 'broken' is failed: ValueError: no"),
        ("network", {"task": "shots", "topics": {"cars": "1"}}, "no concept 'cars': did you mean"),
        ("network", {"task": "images"}, "shot 'i 19' cannot stand in a TREC file"),
        ("network", {"task": "images", "shot": "{video}_1"}, r"the samples have only \{id\}"),
        ("network", {"task": "shots", "shot": "{frame}"}, r"have only \{id\}, \{video\}, \{shot\}"),
        ("network", {"task": "shots", "shot": "{video}"}, "two samples are the shot v"),
    ],
)
def test_errors(run, system, given, message):
    with pytest.raises(ValueError, match=message):
        submission(run, system, **given)
