"""Members, and what they share, are counted once."""

from types import SimpleNamespace

import pytest

from benchmarks.results.member_costs import member_costs
from benchmarks.results.store import StageCost

FEATURES = {"features": (4.0, 8.0, 2.0)}


def trial(*costs, members=()):
    return SimpleNamespace(costs=list(costs), members=list(members))


def stage(name, wall, cpu, gpu=0.0, parts=None, cached=False):
    return StageCost(name, wall, cpu, gpu, 10 * wall, 5, cached, parts or {})


RUN = {
    "svm": trial(
        stage("warm-up/warm-up", 9.0, 9.0),
        stage("fit/extract", 4.0, 8.0, 2.0, FEATURES),
        stage("fit/classifier", 1.0, 1.0),
        stage("predict/extract", 0.5, 1.0, 0.25, {"others": (0.5, 1.0, 0.25)}),
    ),
    # A second descriptor beside the shared one.
    "rbf": trial(
        stage("fit/extract", 7.0, 13.0, 2.0, FEATURES | {"more": (3.0, 5.0, 0.0)}, cached=True),
        stage("fit/classifier", 2.0, 2.0),
        # The same key in another phase is other work.
        stage("predict/extract", 4.0, 8.0, 2.0, FEATURES),
    ),
    "alone": trial(stage("fit/train", 100.0, 200.0)),
}
RUN["both"] = trial(stage("fit/fusion", 0.5, 0.5), members=["svm", "rbf"])


def test_shared_parts_are_counted_once_in_each_phase():
    fit, predict = member_costs(RUN["both"], RUN)
    assert (fit.stage, predict.stage) == ("fit/members", "predict/members")
    assert (fit.wall_s, fit.cpu_s, fit.gpu_s) == (10.0, 16.0, 2.0)
    assert (fit.peak_mb, fit.images, fit.cached) == (70.0, 5, False)
    assert (predict.wall_s, predict.cpu_s, predict.gpu_s) == (4.5, 9.0, 2.25)


def test_members_of_members_are_counted_once():
    levels = trial(members=["both", "svm", "alone"])
    fit, _ = member_costs(levels, RUN)
    assert fit.wall_s == pytest.approx(10.0 + 0.5 + 100.0)


def test_lines_of_older_runs_have_no_parts_and_are_counted_whole():
    old = {"a": trial(stage("fit/extract", 4.0, 8.0)), "b": trial(stage("fit/extract", 4.0, 8.0))}
    (fit,) = member_costs(trial(members=["a", "b"]), old)
    assert fit.wall_s == 8.0


def test_a_system_without_members_has_no_line():
    assert list(member_costs(RUN["svm"], RUN)) == []
