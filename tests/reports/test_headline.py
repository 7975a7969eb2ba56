"""What must be said before anybody concludes: seeds that differ, weights of elsewhere."""

import json
import shutil

import pytest

from benchmarks.results.run import Run
from reports import Tables
from reports.build import build
from reports.document import Notice, Table, plain
from reports.findings import findings
from reports.sections.headline import headline
from reports.summary import Summary

SUITE = """
[[systems]]
name = "words"
descriptor = "dense-sift"
[[systems]]
name = "features"
descriptor = { name = "pretrained", network = "resnet-18", weights = "imagenet" }
[[systems]]
name = "both"
members = ["words", "features"]
"""


@pytest.fixture
def run(synthetic, tmp_path):
    systems = [
        synthetic.Quality("words", "engineered", 1.0),
        synthetic.Quality("features", "learned", 1.4),
        synthetic.Quality("both", "fused", 1.6, members=("words", "features")),
    ]
    material = synthetic.Material("t", ("a", "b", "c"), samples=90, sizes=(None,))
    return synthetic.make_run(tmp_path, [material], systems, seeds=(0, 1, 2))


def said(run):
    document = build(run, lambda task: None)
    notices = [block for block in document.blocks() if isinstance(block, Notice)]
    return [line for n in notices if n.title == "Before you conclude" for line in n.lines]


def test_with_equal_seeds_and_no_weights_of_elsewhere_nothing_is_said(run):
    assert said(run) == []


def test_a_system_with_fewer_seeds_is_named_where_means_are_compared(run):
    gone = [trial for trial in run.trials if trial.system == "both" and trial.seed > 0]
    for trial in gone:
        shutil.rmtree(trial.folder)
    run = Run(run.folder)
    (line,) = said(run)
    assert line.startswith("both has fewer seeds than others.")
    tables = [b for b in build(run, lambda task: None).blocks() if isinstance(b, Table)]
    (table,) = [table for table in tables if table.id == "systems-table-0"]
    assert any("both (1 seed)" in note for note in table.notes)


def test_weights_of_elsewhere_are_named_of_a_fusion_too(run):
    path = run.folder / "run.json"
    record = json.loads(path.read_bytes())
    record["suite"]["source"] = SUITE
    path.write_text(json.dumps(record))
    (line,) = said(Run(run.folder))
    assert line.startswith("both and features rest on weights that were trained on other images")


def test_failed_trials_are_told_before_the_answer(synthetic, tmp_path):
    material = synthetic.Material("t", ("x", "y"), samples=80, sizes=(None,))
    systems = [
        synthetic.Quality("a", "learned", 1.0),
        synthetic.Quality("b", "engineered", status="failed"),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    first = headline(Summary(run, Tables.of(run))).blocks[0]
    assert (first.kind, first.title) == ("warning", "Trials failed")
    assert first.lines[0].startswith("2 of 4 trials failed; all figures below are of the others")


def test_where_weights_of_elsewhere_win_the_images_alone_are_compared_too(synthetic, tmp_path):
    systems = [
        synthetic.Quality("words", "engineered", 1.0),
        synthetic.Quality("features", "learned", 2.4),
        synthetic.Quality("scratch", "learned", 0.2),
    ]
    material = synthetic.Material("t", tuple("abcdefgh"), samples=400, sizes=(None,))
    made = synthetic.make_run(tmp_path / "made", [material], systems)
    path = made.folder / "run.json"
    record = json.loads(path.read_bytes())

    def first_sentence():
        (task,) = Summary(Run(made.folder), Tables.of(Run(made.folder))).tasks
        return plain(findings(task).items[0].text).replace("\u00a0", " ")

    assert "Of systems trained on these images alone" not in first_sentence()
    record["suite"]["source"] = SUITE
    path.write_text(json.dumps(record))
    text = first_sentence()
    assert "the best learned system, features (0." in text
    end = text.partition(" Of systems trained on these images alone, ")[2]
    assert end.startswith("the best engineered system, words (0.")
    assert "is ahead of the best learned one, scratch (0." in end
