"""Costs of trials from their stages."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks.results.member_costs import members_below
from reports.costs import mean_cost, trial_cost


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


def test_what_members_share_is_charged_once(trials):
    by_key = {trial.key: trial for trial in trials.values()}
    first, second, both = (trials[name] for name in ("first", "second", "both"))
    features = next(c for c in first.costs if c.stage == "fit/extract")
    shared = replace(features, cached=True, parts={"features": (features.wall_s, 1.0, 0.0)})
    costs = [shared, *(c for c in first.costs if c is not features)]
    for member in (first, second):
        by_key[member.key] = SimpleNamespace(**vars(member) | {"costs": costs})
    cost = trial_cost(both, by_key)
    fit = sum(c.wall_s for c in costs if c.stage.startswith("fit/"))
    assert cost.train_s == pytest.approx(2 * fit - shared.wall_s + total(both, "fit/"))
    assert cost.predict_ms == pytest.approx(
        1000 * (2 * total(first, "predict/") + total(both, "predict/")) / 120
    )
    # Extraction on test images is cached without a mark, as earlier versions left it.
    assert cost.unmarked
    marked = [replace(c, parts={c.stage: (0, 0, 0)}) if c.cached else c for c in costs]
    for member in (first, second):
        by_key[member.key] = SimpleNamespace(**vars(member) | {"costs": marked})
    assert not trial_cost(both, by_key).unmarked
