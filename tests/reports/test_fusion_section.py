"""The table of fusions: its caption says what stands against what, as it was on this run."""

import pandas as pd
import pytest

from reports import Tables
from reports.sections.fusion import fusion
from reports.summary import Summary

CHOSEN = ("late", "sift", "fusion")
OTHER = ("late", "cnn", "fusion")
RESCORED = ("sift-t", "sift", "re-scoring")


@pytest.fixture(scope="module")
def run(synthetic, tmp_path_factory):
    systems = [
        synthetic.Quality("sift", "engineered", 1.0),
        synthetic.Quality("cnn", "learned", 1.2),
        synthetic.Quality("late", "fused", 2.0, members=("sift", "cnn")),
        synthetic.Quality("early", "fused", 2.0, members=("sift", "cnn")),
        synthetic.Quality("sift-t", "engineered", 1.5, members=("sift",)),
    ]
    material = synthetic.Material("t", tuple("abcdef"), samples=100, sizes=(None,))
    return synthetic.make_run(tmp_path_factory.mktemp("f"), [material], systems, seeds=(0,))


def table(synthetic, run, *pairs):
    rows = [
        synthetic.comparison("t", "ap", given, system, 0.1, 0.05, 0.15, 0.001, True, question)
        for system, given, question in pairs
    ]
    section = fusion(Summary(run, Tables(Tables.of(run).results, pd.DataFrame(rows))))
    (found,) = section.blocks
    return found.caption, " ".join(found.notes), [row[0].text for row in found.rows]


def test_a_fusion_against_its_best_on_validation(synthetic, run):
    caption, notes, names = table(synthetic, run, CHOSEN)
    assert "best single one in it, and in a hierarchy against its best member, best on" in caption
    assert "re-scored" not in caption
    assert "have no scores" not in notes
    assert names == ["late"]


def test_a_fusion_against_each_where_there_is_no_validation_part(synthetic, run):
    caption, notes, names = table(synthetic, run, CHOSEN, OTHER, RESCORED)
    assert "against every single one in it, as these have no scores on validation" in caption
    assert "best on validation" not in caption
    assert "each re-scored system against the one that it re-scores" in caption
    assert "have no scores" not in notes
    assert sorted(names) == ["late", "late", "sift-t"]


def test_some_of_either_kind_are_told_apart_in_a_note(synthetic, run):
    early = ("early", "sift", "fusion")
    caption, notes, _ = table(synthetic, run, CHOSEN, OTHER, early)
    assert "best on validation" in caption
    assert "A fusion whose single systems have no scores on validation samples" in notes


def test_re_scoring_alone(synthetic, run):
    caption, _, _ = table(synthetic, run, RESCORED)
    assert caption.startswith("t: each re-scored system against the one that it re-scores.")
