"""`conceptbench report ... --together`: what a user types, and what is refused."""

import json
import shutil

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results.run import write_task
from benchmarks.results.store import StageCost, TrialFolder, write_json
from benchmarks.tasks.base import Split, Task


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


@pytest.fixture
def run(tmp_path):
    """A small run folder: one system on one task."""
    folder, n, c = tmp_path / "before", 60, 7
    Y = (np.random.default_rng(0).random((n, c)) < 0.5).astype(np.int8)
    split = Split(np.arange(20), np.arange(0), np.arange(20, n))
    X = ImageCollection(Nothing(), [f"s{i}" for i in range(n)])
    task = Task("t", X, [f"c{i}" for i in range(c)], Y, lambda seed, size: split, metrics=("ap",))
    write_task(folder / "tasks" / "t", task)
    entry = {"key": "k", "task": "t", "system": "words", "family": "engineered", "seed": 0,
             "train_size": None}  # fmt: skip
    scores = np.random.default_rng(1).random((40, c)).astype(np.float32)
    TrialFolder(folder / "trials" / "k").write(
        {**entry, "status": "complete", "n_train": 20},
        {"scores": scores, "train": split.train, "val": split.val, "test": split.test},
        [StageCost("fit/classifier", 1.0, 1.0, 0.0, 1.0, 20, False)],
    )
    info = {"schema": 1, "command": "conceptbench run s", "tasks": ["t"], "systems": [],
            "suite": {"name": "s", "title": "s", "description": "", "source": ""},
            "plan": [entry], "started": "2026-01-02T03:04:05+00:00"}  # fmt: skip
    write_json(folder / "run.json", info)
    return folder


def test_one_document_on_two_runs(run, tmp_path, conceptbench):
    shutil.copytree(run, tmp_path / "after")
    said = conceptbench("report", "before", "after", "--together", "both").split()
    assert said == ["both/report.html", "both/report.pdf", "both/tables"]
    assert "Nothing changed" in (tmp_path / "both" / "report.html").read_text()
    assert (tmp_path / "both" / "tables" / "changes.csv").is_file()
    assert not (run / "report.html").exists()


def test_what_is_refused(run, tmp_path, conceptbench):
    def refused(*arguments):
        return conceptbench("report", *arguments, "--together", "both", expect=2)

    assert "before is the same folder as before" in refused("before", "before")
    assert "is not a run folder" in refused("before", tmp_path)
    other = shutil.copytree(run, tmp_path / "other")
    (other / "tasks" / "t").rename(other / "tasks" / "u")
    for name in ("run.json", "tasks/u/task.json"):
        info = json.loads((other / name).read_text())
        (other / name).write_text(json.dumps(info | ({"tasks": ["u"]} if "tasks" in info else {})))
    assert "no task in common" in refused("before", "other")
    assert not (tmp_path / "both").exists()
