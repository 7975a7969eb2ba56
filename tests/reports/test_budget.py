"""What a budget buys."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reports import Tables
from reports.budget import _LIMITS, budget_finding, within_budgets
from reports.document import plain
from reports.figures.cost import priced
from reports.summary import Summary

points = st.lists(st.tuples(st.floats(0.01, 1e5), st.floats(0, 1)), min_size=1, max_size=12)


@given(points)
def test_no_other_within_the_limit_is_better(found):
    costs, merit = np.array(found).T
    steps = within_budgets(costs, merit, _LIMITS)
    chosen = dict(steps)
    now = None
    for place, limit in enumerate(_LIMITS):
        now = chosen.get(place, now)
        affordable = merit[costs <= limit]
        assert (now is None) == (len(affordable) == 0)
        if now is not None:
            assert costs[now] <= limit
            assert merit[now] == affordable.max()
    assert len({i for _, i in steps}) == len(steps)


def test_each_step_is_told_with_its_cost_and_whether_it_is_sure(synthetic, tmp_path):
    systems = [
        # By the synthetic stages a name's letter decides the cost: within 10 seconds, and above.
        synthetic.Quality("v", "engineered", 0.2),
        synthetic.Quality("k", "learned", 2.5),
    ]
    material = synthetic.Material("t", ("x", "y", "z"), samples=200, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    (task,) = Summary(run, Tables.of(run)).tasks
    cost = {system.key: c.train_s for system, _, c in priced(task)}
    assert 1 < cost["v"] < 10 < cost["k"] < 60
    said = plain(budget_finding(task).text).replace("\u00a0", " ")
    assert said.startswith("The best that trains within 10 seconds is v (0.")
    assert "; within a minute is k (0." in said
    # Three concepts cannot confirm anything.
    assert "a lead over v is not confirmed" in said


def test_one_system_needs_no_budget(synthetic, tmp_path):
    material = synthetic.Material("t", ("x", "y"), samples=80, sizes=(None,))
    systems = [synthetic.Quality("only", "learned", 1.0)]
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    assert budget_finding(Summary(run, Tables.of(run)).tasks[0]) is None


def test_what_is_no_better_than_chance_is_not_recommended_without_saying_so(synthetic, tmp_path):
    systems = [synthetic.Quality("v", "engineered", 0.0), synthetic.Quality("k", "learned", 2.5)]
    material = synthetic.Material("t", ("x", "y", "z"), samples=200, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    said = plain(budget_finding(Summary(run, Tables.of(run)).tasks[0]).text)
    assert said.split("; within")[0].endswith("; not to be told from chance)")
    assert said.count("chance") == 1
