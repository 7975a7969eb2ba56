"""Concepts that training samples cannot teach: an error that names them, or left out and listed."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.taught import Taught
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.metrics import evaluate
from benchmarks.results.run import read_task, write_task
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse

SYSTEMS = [
    {"name": "a", "descriptor": "colour-histogram", "classifier": "linear-svm"},
    {"name": "b", "descriptor": "lbp", "classifier": "linear-svm"},
    {"name": "f", "fusion": "late", "members": ["a", "b"]},
]


@pytest.fixture
def rare(annotated):
    """A collection with a third concept, whose positives are in test only."""
    table = pd.read_csv(annotated)
    table.insert(5, "rare", (table.split == "test").astype(int) * (table.index % 2))
    table.to_csv(annotated, index=False)
    return annotated


def run(path, folder, **more):
    tasks = [{"name": "t", "task": {"name": "table", "path": str(path)}}]
    suite = parse({"name": "s", "tasks": tasks, "systems": SYSTEMS, **more})
    loaded = {"t": load_task(suite.tasks[0], folder, None)}
    place = Workplace(suite, folder, loaded, folder / "trials", folder / "cache", "cpu")
    planned = plan(suite, loaded, folder, "cpu")
    for trial in planned:
        run_trial(trial, place)
    return loaded["t"], {p.system: TrialFolder(folder / "trials" / p.key) for p in planned}


def test_an_empty_concept_is_an_error_that_names_it_and_the_way_out(rare, tmp_path):
    _, trials = run(rare, tmp_path)
    reason = trials["a"].read()["reason"]
    assert "no positive among the 12 training samples for 'rare'" in reason
    assert 'on_empty_concept = "skip"' in reason


def test_an_empty_concept_is_left_out_when_the_suite_says_so(rare, annotated, tmp_path):
    task, trials = run(rare, tmp_path, on_empty_concept="skip")
    column = task.concepts.index("rare")
    others = [i for i in range(3) if i != column]
    write_task(tmp_path / "task", task)
    for trial in trials.values():
        assert trial.read()["status"] == "complete", trial.read()
        scores = trial.array("scores")
        assert scores.shape[1] == 3
        assert (scores[:, column] == 0).all()
        assert all(np.ptp(scores[:, i]) > 0 for i in others)
        Y = read_task(tmp_path / "task").evaluated(task.split(0))
        found = evaluate("ap", scores, Y)
        assert np.isnan(found.per_concept[column])
        assert found.mean == pytest.approx(np.mean(found.per_concept[others]))


def test_the_other_concepts_are_scored_as_if_the_empty_one_were_not_there(rare, tmp_path):
    task, with_it = run(rare, tmp_path / "with", on_empty_concept="skip")
    pd.read_csv(rare).drop(columns="rare").to_csv(rare, index=False)
    _, without = run(rare, tmp_path / "without")
    others = [i for i, name in enumerate(task.concepts) if name != "rare"]
    for system in ("a", "b", "f"):
        kept = with_it[system].array("scores")[:, others]
        np.testing.assert_array_equal(kept, without[system].array("scores"))


def test_what_is_left_out_belongs_to_the_key_only_where_something_is(annotated, tmp_path):
    tasks = [{"name": "t", "task": {"name": "table", "path": str(annotated)}}]
    keys = []
    for mode in ("error", "skip"):
        suite = parse({"name": "s", "tasks": tasks, "systems": SYSTEMS, "on_empty_concept": mode})
        loaded = {"t": load_task(suite.tasks[0], tmp_path, None)}
        keys.append([trial.key for trial in plan(suite, loaded, tmp_path, "cpu")])
    assert keys[0] == keys[1]


def test_columns_go_out_and_come_back():
    taught = Taught(np.array([True, False, True]))
    Y = np.array([[1, -1, 0], [0, 0, 1]], np.int8)
    np.testing.assert_array_equal(taught.annotations(Y), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(taught.scores(np.array([[1.0, 2.0]])), [[1.0, 0.0, 2.0]])
    # What has not the right number of columns is left for the check of scores to refuse.
    assert taught.scores(np.zeros((1, 7))).shape == (1, 7)
