"""A table whose test shots were judged as TRECVID judges is evaluated by inferred measures."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.harness.data import DataError, load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.comparisons import comparisons
from benchmarks.results.metrics import evaluate
from benchmarks.results.metrics.strata import estimated_share
from benchmarks.results.run import Run, read_task, write_task
from benchmarks.results.store import write_json
from benchmarks.results.tables import results
from benchmarks.suites.loading import parse

QRELS = """\
11 0 shotv2_0 1 1
11 0 shotv2_1 1 0
11 0 shotv2_2 2 1
11 0 shotv2_3 2 -1
11 0 shotv2_4 2 -1
12 0 shotv2_0 1 0
12 0 shotv2_1 1 1
12 0 shotv2_2 1 -1
12 0 shotv2_5 2 0
13 0 shotv2_5 2 1
"""


@pytest.fixture
def judged(tmp_path, annotated):
    """The annotated crops, with judgments of the test shots instead of annotations."""
    table = pd.read_csv(annotated)
    table.loc[table["split"] == "test", ["china", "flower"]] = -1
    table.to_csv(annotated, index=False)
    (tmp_path / "sin.qrels").write_text(QRELS)
    (tmp_path / "topics.csv").write_text("topic,concept\n11,china\n12,flower\n13,car\n")
    return {
        "name": "table",
        "path": str(annotated),
        "judgments": "sin.qrels",
        "topics": "topics.csv",
    }


def load(options, folder, **spec):
    systems = [
        {"name": name, "descriptor": "colour-histogram", "classifier": classifier}
        for name, classifier in (("a", "linear-svm"), ("b", "knn"))
    ]
    task = {"name": "sin", "task": options, **spec}
    suite = parse({"name": "t", "tasks": [task], "systems": systems})
    return suite, load_task(suite.tasks[0], folder, None)


def test_judgments_are_the_tests_annotations_and_strata(tmp_path, judged):
    _, task = load(judged, tmp_path)
    test = task.split(0).test
    assert task.metrics == ("xinfap", "infap")
    assert task.annotations[test].tolist() == [[1, 0], [0, 1], [1, -1], [-1, -1], [-1, -1], [-1, 0]]
    assert task.strata[test].tolist() == [[1, 1], [1, 1], [2, 1], [2, -1], [2, -1], [-1, 2]]
    rest = np.setdiff1d(np.arange(24), test)
    assert (task.strata[rest] == 0).all()
    assert (task.annotations[rest] >= 0).any()
    # Of "china": 1 of 2 in stratum 1, and 1 of 1 judged stands for the 3 of stratum 2.
    assert estimated_share(task.annotations[test], task.strata[test])[0] == pytest.approx(4 / 6)


def test_strata_are_part_of_the_task_and_come_back(tmp_path, judged):
    _, task = load(judged, tmp_path)
    path = tmp_path / "sin.qrels"
    path.write_text(QRELS.replace("shotv2_2 2 1", "shotv2_2 1 1"))
    _, other = load(judged, tmp_path)
    assert (task.annotations == other.annotations).all()
    assert task.fingerprint != other.fingerprint
    write_task(tmp_path / "task", task)
    np.testing.assert_array_equal(read_task(tmp_path / "task").strata, task.strata)
    write_task(tmp_path / "task", load({"name": "table", "path": judged["path"]}, tmp_path)[1])
    assert read_task(tmp_path / "task").strata is None


def test_tables_of_a_run_use_them(tmp_path, judged):
    suite, task = load(judged, tmp_path)
    tasks = {"sin": task}
    place = Workplace(suite, tmp_path, tasks, tmp_path / "trials", tmp_path / "cache", "cpu")
    planned = plan(suite, tasks, tmp_path, "cpu")
    for trial in planned:
        assert run_trial(trial, place) == ("complete", "")
    write_task(tmp_path / "tasks" / "sin", task)
    names = ("key", "task", "system", "family", "seed", "train_size")
    entries = [{name: getattr(trial, name) for name in names} for trial in planned]
    write_json(tmp_path / "run.json", {"tasks": ["sin"], "plan": entries})
    run = Run(tmp_path)
    frame = results(run)
    test = task.split(0).test
    for trial in run.complete():
        for metric in ("xinfap", "infap"):
            mine = frame[(frame["system"] == trial.system) & (frame["metric"] == metric)]
            expected = evaluate(metric, trial.scores, task.annotations[test], task.strata[test])
            assert mine["value"].iloc[0] == expected.mean
    (row,) = comparisons(run, threads=1).to_dict("records")
    a, b = (frame[(frame["system"] == s) & (frame["concept"] == "")]["value"].iloc[0] for s in "ab")
    assert row["metric"] == "xinfap"
    assert row["difference"] == pytest.approx(a - b)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"topics": None}, "`judgments` and `topics` come together"),
        ({"judgments": "none.qrels"}, r"none\.qrels is not a file"),
        ({"shot_name": "{id}"}, "judged shots are not among the 6 samples, first shotv2_0"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, judged, change, message):
    options = {k: v for k, v in {**judged, **change}.items() if v is not None}
    with pytest.raises(DataError, match=message):
        load(options, tmp_path)


def test_annotated_test_samples_and_a_missing_topic_are_refused(tmp_path, judged, annotated):
    text = annotated.read_text()
    annotated.write_text(text.replace("v2,3,-1,-1", "v2,3,1,-1"))
    with pytest.raises(DataError, match="shotv2_3 is annotated for 'china', but judged by"):
        load(judged, tmp_path)
    annotated.write_text(text)
    (tmp_path / "topics.csv").write_text("topic,concept\n11,china\n")
    with pytest.raises(DataError, match="no topic for concept 'flower'"):
        load(judged, tmp_path)


def test_stratified_measures_need_strata(tmp_path, annotated):
    with pytest.raises(ValueError, match="xinfap needs the strata"):
        load({"name": "table", "path": str(annotated)}, tmp_path, metrics=["xinfap"])
