"""The fronts of cost: what each step takes, and what one may save without a known loss."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.transforms import Bbox

from reports import Tables
from reports.document import Figure, Table, plain
from reports.figures.cost import priced
from reports.figures.labels import _holds, _outside, _overlap
from reports.sections.cost import costs
from reports.summary import Summary


def parts(run, rows=None):
    tables = Tables.of(run)
    if rows is not None:
        tables = Tables(tables.results, pd.DataFrame(rows))
    summary = Summary(run, tables)
    return summary, costs(summary).blocks


@pytest.fixture(scope="module")
def run(synthetic, tmp_path_factory):
    # By the synthetic stages a name's letters decide what a system costs: these 4, 6 and 16.
    systems = [
        synthetic.Quality("v", "engineered", 0.3),
        synthetic.Quality("a", "learned", 1.2),
        synthetic.Quality("k", "learned", 3.0),
    ]
    material = synthetic.Material("t", ("x", "y", "z"), samples=200, sizes=(None,))
    return synthetic.make_run(tmp_path_factory.mktemp("cost"), [material], systems, seeds=(0,))


def test_the_table_holds_the_fronts_and_what_their_steps_take(run):
    summary, (_, figure, table) = parts(run)
    assert isinstance(figure, Figure)
    assert isinstance(table, Table)
    (task,) = summary.tasks
    known = priced(task)
    assert figure.alt.count("by training time") == 1
    for name, field in (("training time", "train_s"), ("prediction time", "predict_ms"),
                        ("peak memory", "peak_mb")):  # fmt: skip
        rows = [row for row in table.rows if row[1].text == name]
        cost = {system.name: getattr(c, field) for system, _, c in known}
        merit = {system.name: mean for system, mean, _ in known}
        front = [
            s for s in cost
            if not any(cost[o] <= cost[s] and merit[o] > merit[s] for o in cost)
        ]  # fmt: skip
        assert [row[0].text for row in rows] == sorted(front, key=cost.get)
        assert rows[0][4].text == "the cheapest"
        for before, row in itertools.pairwise(rows):
            gain = merit[row[0].text] - merit[before[0].text]
            ratio = cost[row[0].text] / cost[before[0].text]
            times = f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
            price = "about the same" if ratio < 1.05 else f"{times}\u00a0times the"
            assert row[4].text == f"{gain:+.3f} for {price} {name}"


def comparison(synthetic, verdict, a, b):
    low, high, p = {"tie": (-0.02, 0.3, 0.6), "better": (0.1, 0.3, 0.001)}[verdict]
    return synthetic.comparison("t", "ap", a, b, 0.14, low, high, p, verdict == "better")


def test_a_cheaper_system_that_is_not_known_to_be_behind_is_named(run, synthetic):
    rows = [comparison(synthetic, "better", "k", "v"), comparison(synthetic, "tie", "k", "a")]
    _, (words, *_) = parts(run, rows)
    text = plain(words.text)
    assert "k scores best" in text
    assert "at most 0.300 behind) is the quickest to train" in text
    # 0.004 s an image and a unit of the name's weight, 100 images, and 0.3 s: 0.7 s a unit.
    assert "(4.2\u00a0s; k takes 2.7\u00a0times that)" in text


def test_where_all_are_behind_the_next_below_is_named_with_its_gap(run, synthetic):
    rows = [comparison(synthetic, "better", "k", other) for other in "va"]
    _, (words, *_) = parts(run, rows)
    text = plain(words.text)
    assert "cannot be told apart" not in text
    assert "quicker to train, a, takes 4.2\u00a0s" in text
    assert "scores lower by 0.140 [0.100,\u00a00.300]" in text


def test_one_system_has_a_figure_and_no_front(synthetic, tmp_path):
    material = synthetic.Material("t", ("x", "y"), samples=120, sizes=(None,))
    run = synthetic.make_run(
        tmp_path, [material], [synthetic.Quality("only", "learned")], seeds=(0,)
    )
    _, blocks = parts(run)
    assert [type(block).__name__ for block in blocks] == ["Paragraph", "Figure"]
    assert plain(blocks[0].text).startswith("Of the systems whose cost is known, only scores best")


def test_boxes_are_counted_as_one_by_one():
    rng = np.random.default_rng(0)
    boxes, others = (np.sort(rng.random((n, 2, 2)), axis=1).reshape(n, 4) for n in (7, 5))
    points = rng.random((30, 2))
    for box, shared, held in zip(boxes, _overlap(boxes, others), _holds(boxes, points)):
        area = 0.0
        for other in others:
            w = min(box[2], other[2]) - max(box[0], other[0])
            h = min(box[3], other[3]) - max(box[1], other[1])
            area += w * h + 1 if w > 0 and h > 0 else 0
        assert shared == pytest.approx(area)
        inside = [box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in points]
        assert held == sum(inside)
    room = Bbox.from_extents(0.2, 0.2, 0.8, 0.8)
    np.testing.assert_allclose(_outside(np.array([[0.1, 0.3, 0.9, 0.85]]), room), [0.25])


def test_of_many_systems_only_the_best_and_the_fronts_are_named(synthetic, tmp_path):
    systems = [synthetic.Quality(f"sys-{i:02d}", "learned", 0.15 * i) for i in range(20)]
    material = synthetic.Material("t", ("x", "y", "z"), samples=160, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    summary, (_, figure, table) = parts(run)
    best = [system.name for system, _, _ in priced(summary.tasks[0])][:6]
    named = {*best, *(row[0].text for row in table.rows)}
    for system in systems:
        assert (f">{system.name}<" in figure.svg) == (system.name in named)
        assert system.name in figure.alt
    assert "Named are the best 6" in figure.caption
