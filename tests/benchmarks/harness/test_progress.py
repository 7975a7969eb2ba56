"""The time left is estimated from what trials of the same system took, a sample."""

import io

import pytest
from rich.console import Console

from benchmarks.harness import progress
from benchmarks.harness.plan import PlannedTrial
from benchmarks.harness.progress import Estimate, Reporter
from benchmarks.harness.workers import Note


def trial(key, system, n_train, members=()):
    return PlannedTrial(
        key, "t", system, "engineered", 0, n_train, tuple(members), False, n_train, 100, ""
    )


@pytest.fixture
def trials():
    return [
        trial("a1", "a", 100),
        trial("a2", "a", 300),
        trial("b1", "b", 100),
        trial("b2", "b", 300),
        trial("f1", "f", 100, ["a1", "b1"]),
    ]


def test_by_system_and_size(trials):
    estimate = Estimate(trials, jobs=1)
    assert estimate.seconds() is None
    estimate.done(trials[0], 20.0)  # 0.1 s a sample
    # a2: 400 samples of 0.1 s; b1 and b2 as the average of what was seen.
    assert estimate.seconds() == pytest.approx(40 + 20 + 40)
    estimate.done(trials[2], 2.0)  # 0.01 s a sample
    assert estimate.seconds() == pytest.approx(40 + 4)
    estimate.done(trials[4], 0.1)  # a fusion tells nothing of the others
    assert estimate.seconds() == pytest.approx(40 + 4)
    assert Estimate(trials, jobs=2).seconds() is None


def test_workers_share_what_is_left(trials):
    estimate = Estimate(trials, jobs=2)
    estimate.done(trials[0], 20.0)
    assert estimate.seconds() == pytest.approx(50)


def test_lines_where_there_is_no_terminal(trials):
    out = io.StringIO()
    with Reporter(trials, 3, 1, Console(file=out, width=200)) as reporter:
        reporter.running(trials[:1], {})
        reporter.done(trials[0], "complete", "", 20.0)
        reporter.done(trials[2], "failed", "RuntimeError: [bold]no[/bold]", 1.0)
    text = out.getvalue()
    assert "3 trials are complete already; 5 to run." in text
    assert "[1/5] t / a / size 100 / seed 0: complete in 20.0 s; about 0:01:40 left" in text
    assert "failed (RuntimeError: [bold]no[/bold])" in text


def test_long_trials_say_how_far_they_are_now_and_then(trials, monkeypatch):
    out = io.StringIO()
    with Reporter(trials, 0, 2, Console(file=out, width=200)) as reporter:
        note = {"a1": Note(0.25, "epoch 5 of 20 [x]")}
        reporter.running(trials[:2], note)
        assert "epoch" not in out.getvalue()
        monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.0)
        reporter.running(trials[:2], note)
    assert "  t / a / size 100 / seed 0 (epoch 5 of 20 [x])" in out.getvalue()
    assert "size 300" not in out.getvalue()
