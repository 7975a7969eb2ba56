"""The table of re-scored systems has a row a concept, whatever the concept is called."""

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results import single_concepts
from benchmarks.results.metrics import evaluate
from benchmarks.results.rescoring import RESCORING, rescoring
from benchmarks.results.run import Run, write_task
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.results.tables import as_csv
from benchmarks.tasks.base import Split, Task

N = 300
CONCEPTS = ["=1+1", "<script>", "never", "same"]


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(single_concepts, "MOST_RESAMPLES", 1000)


def make(folder, videos=True, concepts=CONCEPTS, systems=("words", "words-t", "net")) -> Run:
    rng = np.random.default_rng(3)
    Y = (rng.random((N, len(concepts))) < 0.4).astype(np.int8)
    if len(concepts) > 2:
        Y[:, 2] = 0
    ids = [f"s{i}" for i in range(N)]
    places = ([f"v{i // 10}" for i in range(N)], [i % 10 for i in range(N)]) if videos else ()
    split = Split(np.arange(60), np.arange(0), np.arange(60, N))
    task = Task(
        "t", ImageCollection(Nothing(), ids, *places), concepts, Y, lambda seed, size: split
    )
    write_task(folder / "tasks" / "t", task)
    plan = []
    for seed in (0, 1):
        scores = (Y[60:] + rng.standard_normal((N - 60, len(concepts)))).astype(np.float32)
        better = scores.copy()
        # Gains on the first concept, loses on the second, leaves the last.
        better[:, 0] += 2 * Y[60:, 0]
        if len(concepts) > 1:
            better[:, 1] -= Y[60:, 1]
        for name in systems:
            key = f"{name}-{seed}"
            members = [f"words-{seed}"] if name == "words-t" else []
            plan.append({"key": key, "task": "t", "system": name, "family": "engineered",
                         "seed": seed, "train_size": None, "members": members})  # fmt: skip
            arrays = {"train": split.train, "val": split.val, "test": split.test}
            arrays["scores"] = better if name == "words-t" else scores
            TrialFolder(folder / "trials" / key).write({"status": "complete"}, arrays)
    write_json(folder / "run.json", {"tasks": ["t"], "plan": plan, "suite": {"name": "s"}})
    return Run(folder)


@pytest.mark.parametrize("videos", [True, False])
def test_gains_and_losses_by_concept(tmp_path, videos):
    run = make(tmp_path, videos)
    frame = rescoring(run)
    assert list(frame.columns) == RESCORING
    assert frame["concept"].tolist() == CONCEPTS
    assert set(frame["system"]) == {"words-t"}
    assert set(frame["given"]) == {"words"}
    assert frame["verdict"].tolist() == ["gain", "loss", "undecided", "undecided"]
    assert set(frame["hypotheses"]) == {3}
    expected = np.zeros(4)
    for trial in run.complete():
        Y = run.tasks["t"].evaluated(trial.split)
        expected += (trial.system == "words-t") * evaluate("ap", trial.scores, Y).per_concept / 2
    np.testing.assert_allclose(frame["value"], expected)
    never, same = frame.iloc[2], frame.iloc[3]
    assert never[["value", "difference", "low", "high"]].isna().all()
    assert same[["difference", "low", "high"]].tolist() == [0, 0, 0]
    text = as_csv(frame).decode()
    assert ",'=1+1," in text
    assert ",never,,,,,,undecided,3,0," in text


def test_one_concept(tmp_path):
    frame = rescoring(make(tmp_path, concepts=["only"]))
    assert frame[["concept", "verdict", "hypotheses"]].values.tolist() == [["only", "gain", 1]]


def test_without_re_scored_systems_the_table_is_empty(tmp_path):
    frame = rescoring(make(tmp_path, systems=("words", "net")))
    assert list(frame.columns) == RESCORING
    assert frame.empty
