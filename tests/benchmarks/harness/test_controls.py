"""A control learns from shuffled annotations, falls to chance, and is ranked with nothing."""

import numpy as np
import pytest
from rich.console import Console

from benchmarks.harness.execute import execute
from benchmarks.harness.prepare import prepare
from benchmarks.harness.record import Settings
from benchmarks.results.chance import by_other_concepts, share_as_good
from benchmarks.results.comparisons import comparisons
from benchmarks.results.controls import controls
from benchmarks.results.metrics import evaluate
from benchmarks.results.run import Run
from benchmarks.results.statistics import Replicate
from benchmarks.results.tables import costs, results
from benchmarks.suites.loading import SuiteError, parse

COLOUR = {"name": "colour", "descriptor": "colour-histogram", "classifier": "linear-svm"}
CONTROL = {**COLOUR, "name": "colour-control", "shuffle_annotations": True}
DIGITS = {
    "name": "digits",
    "task": {"name": "digit-shots", "train_shots": 150, "val_shots": 60, "test_shots": 150},
}


def suite_of(*systems, **more):
    return {"name": "t", "seeds": [0, 1, 2], "tasks": [DIGITS], "systems": list(systems), **more}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("controls")
    suite = parse(suite_of(COLOUR, CONTROL, {**COLOUR, "name": "other", "classifier": "knn"}))
    settings = Settings(folder / "run", folder / "cache", folder, "", "", device="cpu")
    with pytest.MonkeyPatch.context() as patched:
        # As the command does: the number is part of every key.
        patched.setenv("OMP_NUM_THREADS", str(settings.threads))
        tasks, planned = prepare(suite, folder, None, "cpu")
        done = execute(suite, tasks, planned, settings, Console(quiet=True))
    found = Run(folder / "run")
    reasons = {trial.reason for trial in found.trials if trial.status != "complete"}
    assert (done.ran, done.failed, done.skipped) == (9, 0, 0), reasons
    return found


def test_the_control_falls_to_chance_where_the_system_does_not(run):
    (row,) = controls(run).to_dict("records")
    assert (row["task"], row["system"], row["seeds"]) == ("digits", "colour-control", 3)
    assert row["at_chance"]
    assert row["against"] == "concepts"
    assert row["low"] <= row["value"] <= row["high"]
    task = run.tasks["digits"]
    for trial in run.complete():
        if trial.system != "colour":
            continue
        Y = task.evaluated(trial.split)
        reached = by_other_concepts("ap", "colour", [Replicate({"colour": trial.scores}, Y)])
        assert share_as_good(evaluate("ap", trial.scores, Y).mean, reached, True) == 0.005


def test_it_is_in_no_other_table(run):
    for frame in (results(run), costs(run)):
        assert set(frame["system"]) == {"colour", "other"}
    pairs = comparisons(run, threads=1)
    assert len(pairs) == 1
    assert set(pairs["system_a"]) | set(pairs["system_b"]) == {"colour", "other"}


def test_each_seed_shuffles_anew_and_the_system_itself_is_left_alone(run):
    of = {(t.system, t.seed): t.scores for t in [*run.complete(), *run.controls()]}
    assert not np.array_equal(of["colour", 0], of["colour-control", 0])
    assert not np.array_equal(of["colour-control", 0], of["colour-control", 1])
    record = next(s for s in run.info["systems"] if s["name"] == "colour-control")
    assert record["control"]
    assert record["stages"][0] == "control: its training annotations are shuffled"


@pytest.mark.parametrize(
    ("system", "message"),
    [
        ({"fusion": "late", "members": ["colour", "colour-control"]}, "'colour-control' is a con"),
        ({"rescorer": "temporal", "member": "colour-control"}, "nothing can be made of it"),
        (
            {
                "early": "concatenation",
                "members": ["colour", "colour-control"],
                "classifier": "linear-svm",
            },
            "nothing can be made of it",
        ),
        (
            {"fusion": "late", "members": ["colour", "other"], "shuffle_annotations": True},
            "unknown key 'shuffle_annotations'",
        ),
    ],
)
def test_nothing_is_made_of_a_control(system, message):
    other = {**COLOUR, "name": "other"}
    with pytest.raises(SuiteError, match=message):
        parse(suite_of(COLOUR, other, CONTROL, {"name": "made", **system}))


def test_a_control_is_no_stage():
    with pytest.raises(SuiteError, match="is a control, and no stage"):
        parse(suite_of(COLOUR, CONTROL, incorporation=["colour", "colour-control"]))
