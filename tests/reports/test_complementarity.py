"""The report shows who wins which concepts, and which pairs have the most to give each other."""

from types import SimpleNamespace

import pandas as pd
import pytest

from benchmarks.results.complementarity_table import complementarity as table
from reports.document import Paragraph, Table, plain
from reports.sections.complementarity import _won, complementarity
from reports.summary import Summary
from reports.tables import Tables


@pytest.fixture
def summary(tmp_path, synthetic: SimpleNamespace) -> Summary:
    material = synthetic.Material("shots", tuple("abcdefgh"), samples=400, sizes=(None,))
    systems = [
        synthetic.Quality("even", "engineered", 1.6, tilt=-1.4),
        synthetic.Quality("even too", "engineered", 1.6, tilt=-1.4),
        synthetic.Quality("odd", "learned", 1.6, tilt=1.4),
        synthetic.Quality("both", "fused", 2.0, members=("even", "odd")),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    return Summary(run, Tables.of(run))


def test_the_pair_of_unlike_systems_comes_first(summary):
    paragraph, table = complementarity(summary).blocks
    assert isinstance(paragraph, Paragraph)
    assert isinstance(table, Table)
    names = [(row[0].text, row[1].text) for row in table.rows]
    assert len(names) == 3
    assert names[-1] == ("even", "even too")
    gains = [row[-1].value for row in table.rows]
    assert gains == sorted(gains, reverse=True)
    text = plain(paragraph.text)
    assert "by the mean of each family's single systems (2 engineered and 1 learned), " in text
    assert "learned), engineered systems are" in text
    assert "better on 4 of 8 concepts (a, c, e and g); learned ones on 4 (b, d, f and h)." in text
    # Any count is as uneven as an even one: there is nothing to test.
    assert "p =" not in text


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (10, 0, "would come up with p = 0.002"),
        (5, 4, None),
        (20, 2, "would come up with p < 0.001"),
        (7, 3, "would come up with p = 0.344"),
    ],
)
def test_a_p_value_only_where_it_says_something(summary, first, second, said):
    names = [f"c{i}" for i in range(first + second)]
    winners = pd.DataFrame(
        {"concept": names, "winner": ["learned"] * first + ["engineered"] * second}
    )
    text = plain(_won(summary.tasks[0], winners).text)
    assert (said in text) if said else ("p =" not in text)
    if first == 10:
        assert "(c0, c1, c2, c3, c4, c5, c6, c7 and 2 more); engineered ones on 0. " in text


def test_an_early_fusion_is_in_no_pair(summary):
    summary.run.info["suite"]["source"] = (
        '[[systems]]\nname = "even too"\nearly = "kernel-sum"\nmembers = ["even", "odd"]'
    )
    pairs, winners = table(summary.run)
    assert pairs[["system_a", "system_b"]].to_numpy().tolist() == [["even", "odd"]]
    assert set(winners["winner"]) == {"engineered", "learned"}


def test_one_system_has_nothing_to_complement(tmp_path, synthetic: SimpleNamespace):
    material = synthetic.Material("shots", ("a", "b"), samples=60, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("one", "engineered")])
    assert complementarity(Summary(run, Tables.of(run))) is None
