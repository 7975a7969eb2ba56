"""The report shows who wins which concepts, and which pairs have the most to give each other."""

from types import SimpleNamespace

import pytest

from reports.document import Paragraph, Table, plain
from reports.sections.complementarity import complementarity
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
    assert "engineered systems are better on 4 of 8 concepts" in text
    assert "learned ones on 4: b, d, f, h" in text
    assert "p = 1" in text


def test_one_system_has_nothing_to_complement(tmp_path, synthetic: SimpleNamespace):
    material = synthetic.Material("shots", ("a", "b"), samples=60, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("one", "engineered")])
    assert complementarity(Summary(run, Tables.of(run))) is None
