"""Timelines: which pair, concepts and video are shown, and on what scale."""

import re

import numpy as np
import pytest
from scipy.stats import percentileofscore

from benchmarks.results.metrics import evaluate
from reports import Tables, build
from reports.document import Document, Figure, Paragraph, plain
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.timeline import timeline
from reports.summary import Summary
from reports.timelines import MOST_SHOTS, rescoring, standing, stretch

CONCEPTS = ("one", "two", "three", "four", "five")


@pytest.fixture(scope="module")
def measured(synthetic, tmp_path_factory):
    """Two re-scored systems on shots; `much` gains over `words`, `little` hardly over `cnn`."""
    Quality = synthetic.Quality
    systems = [
        Quality("words", "engineered", 0.6),
        Quality("cnn", "learned", 1.2),
        Quality("little", "fused", 1.25, members=("cnn",), noise_of="cnn"),
        Quality("much", "fused", 1.6, members=("words",), noise_of="words", tilt=0.3),
    ]
    material = synthetic.Material("shots", CONCEPTS, videos=True, sizes=(None,))
    run = synthetic.make_run(tmp_path_factory.mktemp("timeline"), [material], systems)
    tables = Tables.of(run)
    return run, Summary(run, tables).tasks[0]


def test_the_pair_is_the_one_that_gained_most(measured):
    found = rescoring(measured[1])
    assert (found.system.key, found.given.key, found.pairs) == ("much", "words", 2)
    assert found.seed == 0


def test_concepts_have_the_largest_the_median_and_the_smallest_gain(measured):
    run, task = measured
    found = rescoring(task)
    trials = {t.system: t for t in run.complete() if t.seed == 0}
    Y = task.task.evaluated(trials["words"].split)
    before, after = (evaluate("ap", trials[s].scores, Y).per_concept for s in ("words", "much"))
    order = np.argsort(before - after)
    expected = [CONCEPTS[order[i]] for i in (0, 2, 4)]
    assert [line.concept for line in found.timelines] == expected
    assert [line.place for line in found.timelines] == ["largest", "median", "smallest"]
    for line in found.timelines:
        j = CONCEPTS.index(line.concept)
        assert line.value_before == pytest.approx(before[j])
        assert line.value_after == pytest.approx(after[j])


def test_a_timeline_is_the_annotations_and_ranks_of_one_video(measured):
    run, task = measured
    found = rescoring(task)
    trial = next(t for t in run.complete() if t.system == "much" and t.seed == 0)
    test, record = trial.split.test, task.task
    for line in found.timelines:
        j = CONCEPTS.index(line.concept)
        rows = np.flatnonzero(record.video[test] == line.video)
        rows = rows[np.argsort(record.shot[test][rows])]
        assert line.shots.tolist() == record.shot[test][rows].tolist()
        assert line.truth.tolist() == record.annotations[test][rows, j].tolist()
        scores = trial.scores[:, j]
        share = [percentileofscore(scores, x, "mean") / 100 for x in scores[rows]]
        np.testing.assert_allclose(line.after, share)


def test_the_video_is_found_in_the_annotations_alone(measured):
    _, task = measured
    for line in rescoring(task).timelines:
        j = CONCEPTS.index(line.concept)
        test = task.trials[0].split.test
        Y, video = task.task.annotations[test, j], task.task.video[test]
        rarer = {
            v: min((Y[video == v] == 1).sum(), (Y[video == v] == 0).sum()) for v in np.unique(video)
        }
        assert rarer[line.video] == max(rarer.values())


def test_standing_keeps_the_order_and_halves_ties():
    np.testing.assert_allclose(standing(np.array([3.0, -1.0, 3.0, 9.0])), [0.5, 0.125, 0.5, 0.875])
    scores = np.random.default_rng(0).normal(size=300)
    assert np.array_equal(np.argsort(standing(scores)), np.argsort(scores))
    np.testing.assert_allclose(standing(np.exp(scores)), standing(scores))


def test_a_long_video_is_cut_to_the_stretch_with_most_of_both_classes():
    truth = np.zeros(500, np.int8)
    truth[300:330] = 1
    truth[10] = 1
    rows, of = stretch([np.arange(500)], truth)
    assert (len(rows), of) == (MOST_SHOTS, 500)
    assert (truth[rows] == 1).sum() == 30
    # Between equal videos the first, and of two the one with more positives.
    parts = [np.arange(3), np.arange(3, 6), np.arange(6, 10)]
    assert stretch(parts, np.array([1, 0, 0, 1, 0, 0, 1, 1, 0, -1]))[0].tolist() == [6, 7, 8, 9]
    assert stretch(parts[:2], np.array([1, 0, 0, 1, 0, 0]))[0].tolist() == [0, 1, 2]


def blocks_of(run):
    section = timeline(Summary(run, Tables.of(run)))
    return None if section is None else section.blocks


def test_the_figure_says_what_it_shows_and_how_it_was_chosen(measured):
    words, figure = blocks_of(measured[0])
    assert isinstance(words, Paragraph)
    assert re.search(r"much gains [\d.]+ \[", plain(words.text).replace("\u00a0", " "))
    assert isinstance(figure, Figure)
    assert "by the annotations alone" in figure.caption
    assert "of 2 re-scored systems the one that gained most" in figure.caption
    for name in ("before: words", "after: much", "positive", "negative", "largest gain"):
        assert name in figure.svg
    unjudged = any((line.truth == -1).any() for line in rescoring(measured[1]).timelines)
    assert ("unjudged" in figure.svg) is unjudged
    found = rescoring(measured[1])
    course = "".join({1: "+", 0: "-", -1: "?"}[y] for y in found.timelines[0].truth.tolist())
    assert course in figure.alt


def test_it_is_left_out_without_videos_or_re_scored_systems(synthetic, tmp_path):
    Quality, Material = synthetic.Quality, synthetic.Material
    pair = [
        Quality("words", "engineered", 0.6),
        Quality("again", "fused", 1.0, members=("words",), noise_of="words"),
    ]
    stills = synthetic.make_run(tmp_path / "a", [Material("t", CONCEPTS, sizes=(None,))], pair)
    assert blocks_of(stills) is None
    shots = Material("t", CONCEPTS, videos=True, sizes=(None,))
    assert blocks_of(synthetic.make_run(tmp_path / "b", [shots], pair[:1])) is None
    failed = [pair[0], Quality("again", "fused", members=("words",), status="failed")]
    assert blocks_of(synthetic.make_run(tmp_path / "c", [shots], failed)) is None


@pytest.mark.parametrize("same", [True, False])
def test_one_concept_hostile_names_and_what_did_not_move(synthetic, tmp_path, same):
    Quality = synthetic.Quality
    systems = [
        Quality(f"w {synthetic.TYPST}", "engineered", 0.8),
        Quality(synthetic.SCRIPT, "fused", 0.8 if same else 0.2,
                members=(f"w {synthetic.TYPST}",), noise_of=f"w {synthetic.TYPST}"),
    ]  # fmt: skip
    material = synthetic.Material(
        "shots", (synthetic.RTL + synthetic.LONG,), videos=True, sizes=(None,)
    )
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(3,))
    section = timeline(Summary(run, Tables.of(run)))
    words, figure = section.blocks
    said = plain(words.text).replace("\u00a0", " ")
    assert ("cannot be told from" in said) is same
    assert ("unmoved here" in figure.svg) is same
    assert ("loses" in said) is not same
    assert "the only re-scored system" in figure.caption
    assert "The concept is the only one" in figure.caption or "the concept is" in figure.caption
    document = Document("t", "", "2026-01-02", (), (section,))
    assert synthetic.SCRIPT.encode() not in render_html(document)
    assert render_pdf(document).startswith(b"%PDF")


def test_the_whole_report_has_it(measured):
    document = build(measured[0], lambda task: None)
    assert "timeline" in [section.id for section in document.sections]
    assert document.numbers["timeline-figure-0"].startswith("Figure")
