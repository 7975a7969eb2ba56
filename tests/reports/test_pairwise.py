"""The matrix of differences: every pair, its number and its verdict."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from reports import Tables
from reports.figures.pairwise import _BARE, _SURE, SHOWN, compact, pairwise_figure
from reports.sections.statistics import statistics
from reports.summary import Summary


def task_of(synthetic, folder, signals, rows=None, metrics=("ap",)):
    material = synthetic.Material("t", ("a", "b", "c"), samples=120, sizes=(None,), metrics=metrics)
    systems = [synthetic.Quality(f"s{i}", "learned", x) for i, x in enumerate(signals)]
    run = synthetic.make_run(folder, [material], systems, seeds=(0,))
    tables = Tables.of(run)
    if rows is not None:
        found = pd.DataFrame([synthetic.comparison("t", metrics[0], *row) for row in rows])
        tables = Tables(tables.results, found)
    return Summary(run, tables)


def texts(svg):
    root = ElementTree.fromstring(svg)
    return ["".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("}text")]


def test_each_verdict_is_drawn_in_its_own_way_and_said(synthetic, tmp_path):
    rows = [
        ("s0", "s1", -0.2, -0.3, -0.1, 0.001, True),
        ("s0", "s2", -0.35, -0.5, -0.2, 0.2, False),
        ("s1", "s2", -0.051, -0.2, 0.1, 0.6, False),
    ]
    summary = task_of(synthetic, tmp_path, (0.2, 1.5, 3.0), rows)
    (task,) = summary.tasks
    assert [s.key for s in task.at(task.size)] == ["s2", "s1", "s0"]
    figure = pairwise_figure(task, "pairs")
    written = texts(figure.svg)
    assert {".051", ".350", ".200"} <= set(written)
    assert "s2 against s1 +0.051 (cannot be told apart), s0 +0.350 (ahead, not" in figure.alt
    assert "s1 against s0 +0.200 (ahead)" in figure.alt
    # A filled and a bare cell, and each once in the legend; the third is framed.
    assert [figure.svg.count(f"fill: {colour}") for colour in (_SURE, _BARE)] == [2, 2]
    said = "".join(span.text for span in statistics(summary).blocks[0].text)
    assert "1 of 3 pairs of systems have a confirmed lead" in said
    assert "1 differ on these test samples" in said
    assert "1 cannot be told apart" in said
    assert "The best, s2, cannot be told apart from s1" in said


def test_a_lower_error_is_a_lead(synthetic, tmp_path):
    material = synthetic.Material(
        "t", tuple("abcde"), samples=200, single_label=True, sizes=(None,), metrics=("top1_error",)
    )
    systems = [synthetic.Quality("weak", "learned", 0.3), synthetic.Quality("strong", "fused", 3)]
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    (task,) = Summary(run, Tables.of(run)).tasks
    figure = pairwise_figure(task, "pairs")
    assert figure.alt.startswith("Matrix of differences. strong against weak +")
    assert "A lead is a lower value" in figure.caption


def test_one_system_has_no_pairs(synthetic, tmp_path):
    summary = task_of(synthetic, tmp_path, (1.0,))
    assert pairwise_figure(summary.tasks[0], "pairs") is None
    assert statistics(summary) is None


def test_pairs_without_an_interval_are_not_called_even(synthetic, tmp_path):
    summary = task_of(synthetic, tmp_path, (0.2, 1.5), [("s0", "s9", 0, 0, 0, 1.0, False)])
    assert "no interval" in pairwise_figure(summary.tasks[0], "pairs").alt


def test_of_many_systems_the_best_sixteen_are_drawn(synthetic, tmp_path):
    summary = task_of(synthetic, tmp_path, [0.2 * i for i in range(19)])
    (task,) = summary.tasks
    figure = pairwise_figure(task, "pairs")
    names = [system.name for system in task.at(task.size)]
    assert set(names[:SHOWN]) <= set(texts(figure.svg))
    assert not set(names[SHOWN:]) & set(texts(figure.svg))
    assert all(name in figure.notes[0] for name in names[SHOWN:])


@pytest.mark.parametrize(
    ("metric", "x", "text"),
    [("ap", 0.0314, ".031"), ("ap", -0.2, "−.200"), ("ap", 0.0, ".000"), ("ap", 1.0, "1.000"),
     ("top1_error", 0.0314, "3.1"), ("top1_error", 0.004, "0.4")],
)  # fmt: skip
def test_numbers_are_short(metric, x, text):
    assert compact(metric, x) == text
