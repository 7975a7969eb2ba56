"""Changes between runs: what can be paired is, and what cannot has a reason and no interval."""

import shutil

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results.changes import CHANGES, changes
from benchmarks.results.metrics import evaluate
from benchmarks.results.run import Run, write_task
from benchmarks.results.statistics import Replicate, compare, holm
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.results.suite_source import recorded_systems, suite_options, system_options
from benchmarks.tasks.base import Split, Task

N, C = 200, 9
TRAIN, TEST = np.arange(80), np.arange(80, N)


class Nothing:
    def __init__(self, salt=""):
        self.salt = salt

    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{self.salt}{index:060x}"


def make(
    folder, systems, *, seeds=(0, 1), salt="", name="t", test=TEST, turn=False, metrics=("ap",),
    sizes=(None,),
):  # fmt: skip
    """Write a run: `systems` gives each system's signal and the seed of its noise."""
    Y = (np.random.default_rng(3).random((N, C)) < 0.4).astype(np.int8)
    if turn:
        Y[0, 0] = 1 - Y[0, 0]
    X = ImageCollection(Nothing(salt), [f"s{i}" for i in range(N)])
    split = Split(TRAIN, TRAIN[:0], test)
    task = Task(name, X, [f"c{i}" for i in range(C)], Y, lambda s, n: split, metrics=metrics)
    write_task(folder / "tasks" / name, task)
    plan = []
    for system, (signal, noise) in systems.items():
        for size in sizes:
            for seed in seeds:
                entry = {"key": f"{system}-{size}-{seed}", "task": name, "system": system,
                         "family": "engineered", "seed": seed, "train_size": size}  # fmt: skip
                plan.append(entry)
                rng = np.random.default_rng([noise, seed])
                scores = (signal * Y[test] + rng.standard_normal((len(test), C))).astype(np.float32)
                TrialFolder(folder / "trials" / entry["key"]).write(
                    {**entry, "status": "complete", "n_train": len(TRAIN)},
                    {"scores": scores, "train": TRAIN, "val": TRAIN[:0], "test": test},
                )
    write_json(folder / "run.json", {
        "schema": 1, "suite": {"name": "s", "title": "s", "description": "", "source": ""},
        "tasks": [name], "systems": [], "plan": plan,
    })  # fmt: skip
    return Run(folder)


OLD = {"same": (1.0, 1), "up": (0.5, 2), "down": (2.0, 3), "gone": (1.0, 4)}
NEW = {"same": (1.0, 1), "up": (2.0, 2), "down": (0.5, 3), "new": (1.0, 5)}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changes")
    return make(folder / "old", OLD), make(folder / "new", NEW)


def rows_of(old, new):
    frame = changes(old, new)
    assert list(frame.columns) == CHANGES
    return {row["system"]: row for _, row in frame.iterrows()}


def test_values_are_those_of_the_metric(both):
    rows = rows_of(*both)
    for column, run, system in (
        ("reference_value", both[0], "up"), ("value", both[1], "up"), ("value", both[1], "new"),
        ("reference_value", both[0], "gone"),
    ):  # fmt: skip
        trials = [t for t in run.complete() if t.system == system]
        Y = run.tasks["t"].evaluated(trials[0].split)
        expected = np.mean([evaluate("ap", t.scores, Y).mean for t in trials])
        assert rows[system][column] == pytest.approx(expected)


def test_every_system_has_its_status(both):
    rows = rows_of(*both)
    assert {name: row["status"] for name, row in rows.items()} == {
        "same": "identical", "up": "compared", "down": "compared",
        "gone": "only in the reference", "new": "only in the other",
    }  # fmt: skip
    same = rows["same"]
    assert (same["difference"], same["low"], same["high"]) == (0.0, 0.0, 0.0)
    assert np.isnan(rows["gone"]["difference"])


def test_intervals_are_a_paired_bootstrap_of_both_runs(both):
    rows = rows_of(*both)
    replicates = []
    for seed in (0, 1):
        scores = {
            f"{side} {t.system}": t.scores
            for side, run in (("a", both[0]), ("b", both[1]))
            for t in run.complete()
            if t.seed == seed and t.system in ("up", "down")
        }
        Y = both[0].tasks["t"].annotations[TEST]
        replicates.append(Replicate(scores, Y, samples=TEST))
    expected = compare(replicates, [("b up", "a up"), ("b down", "a down")])
    corrected = holm([found.p_value for found in expected])
    for system, found, p_holm in zip(("up", "down"), expected, corrected):
        row = rows[system]
        assert (row["difference"], row["low"], row["high"]) == pytest.approx(found.difference)
        assert row["p_holm"] == pytest.approx(p_holm)
        assert (row["hypotheses"], row["units"]) == (2, len(TEST))
    assert rows["up"]["significant"]
    assert rows["up"]["low"] > 0
    assert rows["down"]["high"] < 0


def test_the_other_way_round_signs_turn(both):
    forth, back = rows_of(*both), rows_of(*both[::-1])
    for system in ("up", "down"):
        assert back[system]["difference"] == pytest.approx(-forth[system]["difference"])
        assert back[system]["low"] == pytest.approx(-forth[system]["high"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"salt": "f"}, "the samples or their annotations are not the same"),
        ({"turn": True}, "the samples or their annotations are not the same"),
        ({"seeds": (5, 6)}, "no seed in common: 0, 1 against 5, 6"),
        ({"test": TEST[:-1]}, "seed 0 is tested on other samples"),
        ({"metrics": ("roc_auc",)}, "ap is not measured in the other run"),
    ],
)
def test_what_cannot_be_paired_has_a_reason_and_no_interval(both, tmp_path, options, reason):
    row = rows_of(both[0], make(tmp_path, NEW, **options))["up"]
    assert (row["status"], row["reason"]) == ("no interval", reason)
    assert np.isnan([row["low"], row["high"], row["p_value"]]).all()
    if "metrics" not in options:
        assert row["difference"] == pytest.approx(row["value"] - row["reference_value"])


def test_values_and_intervals_are_of_the_seeds_that_both_have(both, tmp_path):
    more = make(tmp_path, NEW, seeds=(1, 2, 3))
    row = rows_of(both[0], more)["up"]
    assert (row["seeds"], row["status"]) == ("1", "compared")
    trial = next(t for t in more.complete() if t.system == "up" and t.seed == 1)
    Y = more.tasks["t"].evaluated(trial.split)
    assert row["value"] == pytest.approx(evaluate("ap", trial.scores, Y).mean)


def test_sizes_are_paired_with_the_same_size_alone(both, tmp_path):
    frame = changes(both[0], make(tmp_path, NEW, sizes=(40, None)))
    at_40 = frame[frame["train_size"] == 40]
    assert set(at_40["status"]) == {"only in the other"}
    assert len(frame) == 5 + 4


def test_a_copy_is_identical_and_no_common_task_is_an_error(both, tmp_path):
    shutil.copytree(both[0].folder, tmp_path / "copy")
    assert set(changes(both[0], Run(tmp_path / "copy"))["status"]) == {"identical"}
    with pytest.raises(ValueError, match=r"no task in common.*'t' against 'other'"):
        changes(both[0], make(tmp_path / "other", NEW, name="other"))


def test_options_of_systems_are_read_by_their_paths(both):
    run = Run(both[0].folder)
    run.info["suite"]["source"] = """
seeds = [0, 1]
[[tasks]]
name = "t"
task = { name = "table", path = "a.csv" }
[[systems]]
name = "words"
descriptor = "hog"
classifier = { name = "linear-svm", C = 10.0 }
"""
    assert system_options(run) == {
        "words": {"descriptor": "hog", "classifier": "linear-svm", "classifier.C": "10.0"}
    }
    assert suite_options(run) == {
        "seeds": "[0, 1]", "task t.task": "table", "task t.task.path": "a.csv",
    }  # fmt: skip
    run.info["suite"]["source"] = "no [toml"
    run.info["systems"] = [{"name": "words", "family": "learned", "stages": ["a", "b"]}]
    assert system_options(run) == {}
    assert recorded_systems(run)["words"]["stages"] == "[a, b]"
    assert suite_options(run) == {}
