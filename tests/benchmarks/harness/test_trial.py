"""A trial writes what it found, or why it could not, and never the one as the other."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.registry import ComponentError
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse

PLUGINS = """
import numpy as np

class Mean:
    def transform(self, X):
        return np.array([image.mean(axis=(0, 1)) for image in X], np.float32)

class OneRow:
    def fit(self, F, Y):
        self.c = Y.shape[1]
    def decision_function(self, F):
        return np.zeros((1, self.c), np.float32)

class Columns:
    def fit(self, F, Y):
        pass
    def decision_function(self, F):
        return np.zeros((len(F), 7), np.float32)

class Picky:
    '''Refuses few samples, as a rare concept makes a fold refuse.'''
    def fit(self, F, Y):
        if len(F) < 8:
            raise ValueError("too few samples for me")
        self.mean = F.mean(axis=0)
        self.c = Y.shape[1]
    def decision_function(self, F):
        return np.repeat(((F - self.mean) ** 2).sum(axis=1)[:, None], self.c, axis=1)
"""


@pytest.fixture
def run(tmp_path, folder_of_classes):
    (tmp_path / "mine.py").write_text(PLUGINS)

    def go(classifier, *more):
        systems = [
            {"name": "a", "descriptor": "mine.py:Mean", "classifier": classifier},
            {"name": "b", "descriptor": "mine.py:Mean", "classifier": "linear-svm"},
            {"name": "f", "fusion": "late", "members": ["a", "b"]},
            *more,
        ]
        suite = parse(
            {
                "name": "t",
                "folds": 2,
                "tasks": [
                    {
                        "name": "crops",
                        "task": {"name": "folder", "path": str(folder_of_classes)},
                        "train_sizes": [4],
                    }
                ],
                "systems": systems,
            }
        )
        tasks = {"crops": load_task(suite.tasks[0], tmp_path, None)}
        trials = tmp_path / "trials"
        place = Workplace(suite, tmp_path, tasks, trials, tmp_path / "cache", "cpu")
        found = {}
        for planned in plan(suite, tasks, tmp_path, "cpu"):
            run_trial(planned, place)
            found[planned.system] = TrialFolder(trials / planned.key)
        return found

    return go


def test_scores_held_out_of_training_tune_the_fusion(run):
    found = run("linear-svm")
    for name in "abf":
        assert found[name].read()["status"] == "complete", found[name].read()
    member = found["a"]
    np.testing.assert_array_equal(member.array("val"), member.array("train"))
    assert member.array("val_scores").shape == (8, 2)
    assert member.array("scores").dtype == np.float32
    assert {line.stage.partition("/")[0] for line in member.costs()} == {
        "warm-up", "fit", "predict", "validate",
    }  # fmt: skip


def test_an_early_fusion_shares_its_members_rows_and_tells_its_weights(run):
    early = {
        "name": "e",
        "early": "kernel-sum",
        "members": ["a", "b"],
        "classifier": "linear-svm",
    }
    late = {"name": "l", "fusion": "late", "members": ["e", "b"]}
    found = run("linear-svm", early, late)
    record = found["e"].read()
    assert record["status"] == "complete", record
    assert record["family"] == "engineered"
    assert sum(record["fitted"]["weights_"]) == pytest.approx(1)
    lines = {line.stage: line for line in found["e"].costs()}
    assert lines["fit/extract"].cached
    assert lines["predict/extract"].cached
    assert not lines["fit/classifier"].cached
    assert found["l"].read()["status"] == "complete"


def test_options_of_an_early_fusion_are_checked_before_anything_runs(tmp_path, run):
    early = {"name": "e", "early": "kernel-sums", "members": ["a", "b"], "classifier": "linear-svm"}
    with pytest.raises(ComponentError, match="'e': method must be one of"):
        run("linear-svm", early)
    early["early"] = {"name": "kernel-sum", "weight": "equal"}
    with pytest.raises(ComponentError, match="no option 'weight'; did you mean 'weights'"):
        run("linear-svm", early)


@pytest.mark.parametrize(
    ("classifier", "reason"),
    [
        ("mine.py:OneRow", "gave scores of shape (1, 2) for 15 samples and 2 concepts"),
        ("mine.py:Columns", "gave scores of shape (15, 7) for 15 samples and 2 concepts"),
    ],
)
def test_scores_of_another_shape_are_a_failure(run, classifier, reason):
    record = run(classifier)["a"].read()
    assert record["status"] == "failed"
    assert reason in record["reason"]


def test_what_fails_held_out_fails_the_fusion_and_not_the_member(run):
    found = run("mine.py:Picky")
    assert found["a"].read()["status"] == "complete"
    fused = found["f"].read()
    assert fused["status"] == "failed"
    assert "its member a could not be scored on samples held out" in fused["reason"]
    assert "too few samples for me" in fused["reason"]


def test_code_that_changed_since_the_plan_is_not_run(tmp_path, folder_of_classes, run):
    suite = parse(
        {
            "name": "t",
            "tasks": [
                {
                    "name": "crops",
                    "task": {"name": "folder", "path": str(folder_of_classes)},
                    "train_sizes": [4],
                }
            ],
            "systems": [{"name": "a", "descriptor": "mine.py:Mean", "classifier": "linear-svm"}],
        }
    )
    tasks = {"crops": load_task(suite.tasks[0], tmp_path, None)}
    (planned,) = plan(suite, tasks, tmp_path, "cpu")
    path = Path(tmp_path / "mine.py")
    path.write_text(path.read_text().replace("image.mean", "image.max"))
    place = Workplace(suite, tmp_path, tasks, tmp_path / "trials", tmp_path / "cache", "cpu")
    status, reason = run_trial(planned, place)
    assert status == "failed"
    assert "changed since the plan" in reason
