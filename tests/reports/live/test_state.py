"""How far a run is, told from files in every state that a run can leave or be writing them in."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from filelock import FileLock

from benchmarks.results.metrics import evaluate
from benchmarks.results.run import Run
from reports.live.journal import read_journal
from reports.live.lock import is_held
from reports.live.results import ResultsSoFar
from reports.live.state import progress

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONCEPTS = tuple("abcdefgh")


@pytest.fixture
def run(synthetic, tmp_path):
    """A run of which `cnn` has not begun; two seeds, 120 training and 120 test samples."""
    systems = [
        synthetic.Quality("words", "engineered", 1.0),
        synthetic.Quality("hog", "engineered", 2.0),
        synthetic.Quality("cnn", "learned", status="missing"),
        synthetic.Quality("bad", "learned", status="failed"),
    ]
    material = synthetic.Material("task", CONCEPTS, sizes=(None,))
    run = synthetic.make_run(tmp_path / "run", [material], systems)
    info = json.loads((run.folder / "run.json").read_text())
    for entry in info["plan"]:
        entry |= {"n_train": 120, "n_test": 120}
    info |= {"finished": None, "jobs": 2}
    (run.folder / "run.json").write_text(json.dumps(info))
    return Run(run.folder)


def keys(run, system):
    return [trial.key for trial in run.trials if trial.system == system]


def log(run, *events):
    """Write a log: each event is (seconds after the start, event, values)."""
    lines = []
    for seconds, event, values in events:
        time = (START + timedelta(seconds=seconds)).isoformat(timespec="seconds")
        lines.append(json.dumps({"time": time, "event": event, **values}))
    (run.folder / "log.jsonl").write_text("\n".join(lines) + "\n")


def began(run):
    """Six of eight trials ended after 30 s, one is at work, one is left."""
    done = [*keys(run, "words"), *keys(run, "hog")]
    ended = [
        (10, "complete", {"key": key, "label": key, "wall_s": 12.0, "reason": ""}) for key in done
    ]
    ended += [
        (20, "failed", {"key": key, "label": key, "wall_s": 1.0, "reason": "x"})
        for key in keys(run, "bad")
    ]
    at_work = (20, "trial", {"key": keys(run, "cnn")[0], "label": "task / cnn / seed 0"})
    return [(0, "start", {"to_run": 8, "found": 0}), *ended, at_work]


def look(run, seconds=30):
    return progress(Run(run.folder), START + timedelta(seconds=seconds))


def test_counts_time_and_estimate_while_it_runs(run):
    log(run, *began(run))
    with FileLock(run.folder / ".lock"):
        found = look(run)
    assert found.phase == "running"
    assert (found.planned, found.complete, found.failed, found.left) == (8, 4, 2, 1)
    assert [(one.label, one.seconds) for one in found.at_work] == [("task / cnn / seed 0", 10.0)]
    assert found.seconds == 30.0
    # Two trials of an unseen system of 240 samples, at 12 s for 240, shared by two workers.
    assert found.seconds_left == pytest.approx(2 * 12.0 / 2)
    assert "shared by 2 workers" in found.estimated
    assert found.failures[0][0] == "task / bad / size all / seed 0"


def test_ended_and_interrupted_runs_are_told_apart(run):
    log(run, *began(run), (40, "end", {"ran": 8}))
    assert (look(run, 90).phase, look(run, 90).seconds) == ("finished", 40.0)
    log(run, *began(run))
    (run.folder / ".lock").touch()
    if is_held(run.folder / ".lock") is None:
        pytest.skip("no list of locks on this system")
    found = look(run, 90)
    assert (found.phase, found.at_work, found.left, found.seconds) == ("interrupted", (), 2, 20.0)
    assert found.seconds_left is None


def test_a_later_execution_begins_anew(run):
    again = (100, "start", {"to_run": 4, "found": 4})
    log(run, *began(run), again)
    with FileLock(run.folder / ".lock"):
        found = look(run, 130)
    # What failed before is to be run again, and counts as left until it has been.
    assert (found.complete, found.failed, found.left, found.at_work) == (4, 0, 4, ())
    assert found.seconds == 30.0
    assert found.seconds_left == pytest.approx(4 * 12.0 / 2)


def test_nothing_is_estimated_without_a_trial_or_for_a_part_of_the_plan(run):
    with FileLock(run.folder / ".lock"):
        log(run, (0, "start", {"to_run": 8, "found": 0}))
        assert look(run).seconds_left is None
        assert "before a trial has ended" in look(run).estimated
        log(run, *began(run)[:1], (0, "start", {"to_run": 1, "found": 0}), *began(run)[1:5])
        assert "only a part of the plan" in look(run).estimated


@pytest.mark.parametrize("end", [b'{"time": "2026-01-02T03:04:', b"\xff\xfe\x00", b"[]\n{}\n\n"])
def test_a_line_that_is_not_whole_is_passed_over(run, end):
    log(run, *began(run))
    whole = read_journal(run.folder / "log.jsonl")
    with (run.folder / "log.jsonl").open("ab") as file:
        file.write(end)
    assert read_journal(run.folder / "log.jsonl") == whole
    assert read_journal(run.folder / "none.jsonl").started is None


def test_the_lock_is_seen_without_being_taken(tmp_path):
    path = tmp_path / ".lock"
    if is_held(path) is None:
        pytest.skip("no list of locks on this system")
    assert is_held(path) is False
    with FileLock(path):
        assert is_held(path) is True
    assert is_held(path) is False
    assert is_held(path, tmp_path / "no-list") is None


def test_results_are_means_of_what_has_ended(run):
    (task,) = ResultsSoFar().read(Run(run.folder))
    assert [row.system for row in task.rows] == ["hog", "words"]
    trials = [trial for trial in run.trials if trial.system == "words"]
    Y = run.tasks["task"].evaluated(trials[0].split)
    expected = np.mean([evaluate("ap", trial.scores, Y).mean for trial in trials])
    assert task.rows[1].value == f"{expected:.3f}"
    assert task.rows[1].seeds == "2 of 2"


def test_a_trial_that_is_replaced_while_it_is_read_is_left_out(run, monkeypatch):
    results = ResultsSoFar()
    results.read(Run(run.folder))
    broken = next(trial for trial in run.trials if trial.system == "hog")
    (broken.folder / "scores.npy").write_bytes(b"half")
    (task,) = results.read(Run(run.folder))
    # It was evaluated before, and its record is the same.
    assert {row.system: row.seeds for row in task.rows} == {"hog": "2 of 2", "words": "2 of 2"}
    (task,) = ResultsSoFar().read(Run(run.folder))
    assert {row.system: row.seeds for row in task.rows} == {"hog": "1 of 2", "words": "2 of 2"}


def test_a_look_that_has_no_time_leaves_trials_to_the_next(run):
    results = ResultsSoFar()
    assert results.read(Run(run.folder), at_once_s=-1.0) == []
    assert results.unread == 4
    (task,) = results.read(Run(run.folder), at_once_s=60.0)
    assert results.unread == 0
    # What is known costs no time.
    assert results.read(Run(run.folder), at_once_s=-1.0) == [task]
