"""Costs of trials from their stages."""

import pytest

from reports.costs import mean_cost, members_below, trial_cost


@pytest.fixture(scope="module")
def trials(synthetic, tmp_path_factory):
    systems = [
        synthetic.Quality("first", "engineered"),
        synthetic.Quality("second", "learned"),
        synthetic.Quality("both", "fused", members=("first", "second")),
        synthetic.Quality("again", "fused", members=("both", "first")),
    ]
    material = synthetic.Material("task", ("a", "b"), sizes=(None,))
    run = synthetic.make_run(tmp_path_factory.mktemp("costs"), [material], systems, seeds=(0,))
    return {trial.system: trial for trial in run.trials}


def total(trial, phase):
    return sum(c.wall_s for c in trial.costs if c.stage.startswith(phase))


def test_a_single_system_is_charged_its_phases(trials):
    first = trials["first"]
    cost = trial_cost(first, {})
    assert cost.train_s == pytest.approx(total(first, "fit/"))
    assert cost.predict_ms == pytest.approx(1000 * total(first, "predict/") / 120)
    assert cost.peak_mb == max(c.peak_mb for c in first.costs)
    assert cost.cached
    assert not trial_cost(trials["second"], {}).cached


def test_a_fusion_is_charged_each_of_its_members_once(trials):
    by_key = {trial.key: trial for trial in trials.values()}
    again = trials["again"]
    assert {t.system for t in members_below(again, by_key)} == {"both", "first", "second"}
    cost = trial_cost(again, by_key)
    expected = sum(total(trial, "fit/") for trial in trials.values())
    assert cost.train_s == pytest.approx(expected)
    assert cost.cached


def test_nothing_has_no_mean():
    assert mean_cost([]) is None
