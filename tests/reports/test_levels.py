"""What is said of fusions in levels, for every outcome."""

import pandas as pd
import pytest

from reports import Tables
from reports.document import plain
from reports.levels import in_levels
from reports.sections.fusion import fusion
from reports.summary import Summary

SOURCE = '[[systems]]\nname = "hier"\nfusion = "hierarchical"\nmembers = ["sift", "cnn"]'


@pytest.fixture(scope="module")
def run(synthetic, tmp_path_factory):
    systems = [
        synthetic.Quality("sift", "engineered", 1.0),
        synthetic.Quality("cnn", "learned", 1.2),
        synthetic.Quality("hier", "fused", 2.5, members=("sift", "cnn")),
        synthetic.Quality("flat", "fused", 2.0, members=("sift", "cnn")),
        synthetic.Quality("other", "fused", 1.5, members=("sift", "cnn")),
    ]
    material = synthetic.Material("t", tuple("abcdef"), samples=100, sizes=(None,))
    made = synthetic.make_run(tmp_path_factory.mktemp("f"), [material], systems, seeds=(0,))
    made.info["suite"]["source"] = SOURCE
    return made


def make(synthetic, run, *rows):
    """Summarise a run in which `hier` differs so from flat ones, which stand below it."""
    pairs = [
        synthetic.comparison("t", "ap", "sift", "flat", -0.2, -0.3, -0.1, 0.001, True, "fusion")
    ] + [
        synthetic.comparison("t", "ap", "hier", flat, d, low, high, 0.01, sure, "levels")
        for flat, d, low, high, sure in rows
    ]
    return Summary(run, Tables(Tables.of(run).results, pd.DataFrame(pairs)))


def text(spans):
    return plain(spans).replace("\u00a0", " ")


NAN = float("nan")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((0.1, 0.05, 0.15, True), ["hier (", ") gains 0.100 [0.050, 0.150] over flat flat ("]),
        ((-0.1, -0.15, -0.05, True), ["loses 0.100 [0.050, 0.150] against flat flat"]),
        ((-0.1, -0.15, -0.05, False), ["loses 0.100", "on these test samples, but not evenly"]),
        ((0.01, -0.1, 0.1, False), ["cannot be told from flat flat (", "; 0.010 [−0.100, 0.100])"]),
        ((0.01, NAN, NAN, False), ["differs from flat flat (", "by 0.010, without an interval"]),
    ],
)
def test_the_sentence_says_what_the_numbers_say(synthetic, run, row, words):
    told = text(in_levels(make(synthetic, run, ("flat", *row)).tasks[0]))
    assert told.startswith("In levels: hier (")
    for part in words:
        assert part in told


def test_of_several_flat_ones_the_best_on_test_is_told(synthetic, run):
    up = (0.1, 0.05, 0.15, True)
    summary = make(synthetic, run, ("other", *up), ("flat", *up))
    told = text(in_levels(summary.tasks[0]))
    assert "over flat flat" in told
    assert "other" not in told
    table, paragraph = fusion(summary).blocks
    assert "each system fused in levels against each flat fusion of the same" in table.caption
    assert text(paragraph.text) == told
    # The one in levels is the first of its rows, though it stands first in the suite as well.
    rows = [(row[0].text, row[2].text) for row in table.rows]
    assert sorted(rows) == [("flat", "sift"), ("hier", "flat"), ("hier", "other")]


def test_one_flat_fusion_was_chosen_on_validation(synthetic, run):
    table, _ = fusion(make(synthetic, run, ("flat", 0.1, 0.05, 0.15, True))).blocks
    assert "against a flat fusion of the same single systems, of several the best" in table.caption


def test_levels_without_a_flat_fusion_of_the_same_systems(synthetic, run):
    told = text(in_levels(make(synthetic, run).tasks[0]))
    assert told.startswith("In levels: whether hier gains anything by its levels is not asked")
    before = run.info["suite"]["source"]
    run.info["suite"]["source"] = ""
    try:
        assert in_levels(make(synthetic, run).tasks[0]) is None
    finally:
        run.info["suite"]["source"] = before
