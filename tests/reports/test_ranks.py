"""Ranks over tasks and over concepts, and the diagram of them."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from scipy.stats import friedmanchisquare, rankdata

from reports import Tables
from reports.figures.critical_difference import SHOWN, critical_difference_figure
from reports.ranks import over_concepts, over_tasks
from reports.sections.statistics import statistics
from reports.summary import Summary


def summary_of(run):
    return Summary(run, Tables.of(run))


def texts(svg):
    root = ElementTree.fromstring(svg)
    return {"".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("}text")}


@pytest.fixture(scope="module")
def five_tasks(synthetic, tmp_path_factory):
    materials = [
        synthetic.Material(f"task-{i}", ("a", "b", "c"), samples=120 + 8 * i, sizes=(None,))
        for i in range(5)
    ]
    systems = [
        synthetic.Quality("worst", "engineered", 0.1),
        synthetic.Quality("middle", "learned", 1.2),
        synthetic.Quality("best", "fused", 3.0, members=("worst", "middle")),
        synthetic.Quality("guest", "learned", 2.0, only=("task-1",)),
    ]
    folder = tmp_path_factory.mktemp("five")
    return summary_of(synthetic.make_run(folder, materials, systems, seeds=(0,)))


def test_several_tasks_are_ranked_over_tasks(five_tasks):
    ranks = over_tasks(five_tasks)
    assert [system.key for system in ranks.systems] == ["best", "middle", "worst"]
    assert (ranks.over, ranks.blocks) == ("tasks", 5)
    np.testing.assert_allclose(ranks.result.mean_ranks, [1, 2, 3])
    # Of three systems in the same order on five tasks Friedman's statistic is N (k - 1).
    assert ranks.result.statistic == pytest.approx(10)
    assert [system.key for system in ranks.left_out] == ["guest"]
    section = statistics(five_tasks)
    ids = [block.id for block in section.blocks if hasattr(block, "id")]
    assert ids == ["critical-difference"]
    note = " ".join(section.blocks[0].notes)
    assert "not measured on every task: guest" in note
    assert "rough approximation" in note


def test_fewer_tasks_are_ranked_over_their_concepts(synthetic, tmp_path):
    systems = [synthetic.Quality(f"s{i}", "learned", 0.5 + 0.6 * i) for i in range(4)]
    material = synthetic.Material("t", tuple("abcdefgh"), samples=160, sizes=(None,))
    summary = summary_of(synthetic.make_run(tmp_path, [material], systems))
    assert over_tasks(summary) is None
    (task,) = summary.tasks
    ranks = over_concepts(task)
    table = np.array([task.concepts(s.key, task.size) for s in ranks.systems])
    np.testing.assert_allclose(ranks.result.mean_ranks, rankdata(-table, axis=0).mean(axis=1))
    assert ranks.result.statistic == pytest.approx(friedmanchisquare(*table).statistic)
    (figure,) = [b for b in statistics(summary).blocks if "critical" in getattr(b, "id", "")]
    assert "not independent" in figure.caption
    for system, rank in zip(ranks.systems, ranks.result.mean_ranks):
        assert any(system.name in t and f"{rank:.1f}" in t for t in texts(figure.svg))
        assert f"{system.name} (learned) {rank:.2f}" in figure.alt


def test_systems_that_are_alike_stand_under_one_bar(synthetic, tmp_path):
    systems = [synthetic.Quality(f"s{i}", "learned", 1.0) for i in range(4)]
    material = synthetic.Material("t", tuple("abcdef"), samples=160, sizes=(None,))
    summary = summary_of(synthetic.make_run(tmp_path, [material], systems))
    ranks = over_concepts(summary.tasks[0])
    assert not ranks.differ
    assert ranks.groups == (ranks.systems,)
    figure = critical_difference_figure(ranks, "t", "cd")
    assert "their order means nothing" in figure.caption
    assert "CD" not in " ".join(texts(figure.svg))


def test_two_systems_or_three_concepts_are_not_ranked(synthetic, tmp_path):
    two = [synthetic.Quality(n, "learned") for n in "ab"]
    material = synthetic.Material("t", tuple("abcdef"), samples=120, sizes=(None,))
    run = synthetic.make_run(tmp_path / "two", [material], two, seeds=(0,))
    assert over_concepts(summary_of(run).tasks[0]) is None
    few = synthetic.Material("t", tuple("abc"), samples=120, sizes=(None,))
    three = [synthetic.Quality(n, "learned") for n in "abc"]
    run = synthetic.make_run(tmp_path / "few", [few], three, seeds=(0,))
    assert over_concepts(summary_of(run).tasks[0]) is None


def test_of_many_systems_the_best_twenty_are_drawn_and_the_others_named(synthetic, tmp_path):
    systems = [synthetic.Quality(f"sys-{i:02d}", "learned", 0.2 * i) for i in range(24)]
    material = synthetic.Material("t", tuple("abcdef"), samples=160, sizes=(None,))
    summary = summary_of(synthetic.make_run(tmp_path, [material], systems, seeds=(0,)))
    ranks = over_concepts(summary.tasks[0])
    figure = critical_difference_figure(ranks, "t", "cd")
    drawn = " ".join(texts(figure.svg))
    for system in ranks.systems[:SHOWN]:
        assert system.name in drawn
    for system in ranks.systems[SHOWN:]:
        assert system.name not in drawn
        assert any(system.name in note for note in figure.notes)
        assert system.name in figure.alt
    assert "the best 20 of 24" in figure.caption


def test_hostile_names_stay_text(written):
    html = written.html
    for identifier in ("critical-difference-0", "pairwise-0"):
        assert f'id="{identifier}"' in html
        start = html.index(f'id="{identifier}"')
        drawing = html[start : html.index("</figure>", start)]
        assert not re.search(r"<script|javascript:", drawing)


def test_where_bars_and_verdicts_differ_a_note_says_which_counts(synthetic, tmp_path):
    systems = [synthetic.Quality(f"s{i}", "learned", 1.0) for i in range(4)]
    material = synthetic.Material("t", tuple("abcdef"), samples=160, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems)
    results = Tables.of(run).results
    rows = [
        synthetic.comparison("t", "ap", "s0", "s1", -0.2, -0.3, -0.1, 0.001, True),
        synthetic.comparison("t", "ap", "s0", "s2", -0.1, -0.3, 0.1, 0.5, False),
    ]
    for found, told in ((rows, True), (rows[1:], False)):
        summary = Summary(run, Tables(results, pd.DataFrame(found)))
        (figure,) = [b for b in statistics(summary).blocks if "critical" in getattr(b, "id", "")]
        note = "1 pair under one bar has a confirmed lead: verdicts on pairs weigh how large"
        assert figure.notes[0].startswith(note) == told
