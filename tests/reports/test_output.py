"""Files of the report: the same for the same run, whatever state the run is in."""

import numpy as np
import pytest

from reports import Tables, build, write
from reports.document import Gallery, Notice, Table
from reports.sections.pictures import thumbnail


@pytest.fixture(scope="module")
def small(synthetic, tmp_path_factory):
    systems = [
        synthetic.Quality("sift", "engineered"),
        synthetic.Quality("cnn", "learned", 2.0),
        synthetic.Quality("late", "fused", 2.5, members=("sift", "cnn")),
    ]
    material = synthetic.Material("task", ("a", "b", "c", "d"), sizes=(None,))
    run = synthetic.make_run(tmp_path_factory.mktemp("small"), [material], systems)
    return run, synthetic.images_of(material), Tables.of(run)


def test_the_same_run_gives_the_same_bytes_and_no_stale_drawings(small):
    run, images, tables = small
    first = {n: p.read_bytes() for n, p in write(run, images, tables=tables).items() if p.is_file()}
    for name in ("old.svg", "old.pdf"):
        (run.folder / "figures" / name).write_text("stale")
    files = write(run, images, tables=tables)
    assert {n: p.read_bytes() for n, p in files.items() if p.is_file()} == first
    assert set(first) == {"html", "pdf", "markdown", "latex"}
    names = (
        "comparison-0", "concepts-figure-0", "cost-0", "critical-difference-0", "heat-map-0",
        "pairwise-0", *(f"concept-0-{concept}-curves" for concept in range(4)),
    )  # fmt: skip
    drawings = {path.name for path in files["figures"].glob("*")}
    assert drawings == {f"{name}.{kind}" for name in names for kind in ("svg", "pdf")}


def test_only_what_is_wanted_is_written(small):
    run, images, tables = small
    files = write(run, images, tables=tables, html=False, pdf=False)
    assert set(files) == {"figures", "markdown", "latex"}


def test_nothing_failed_is_said(small):
    notices = [b for b in build(*small).blocks() if isinstance(b, Notice)]
    assert [n.lines for n in notices if n.title == "Nothing failed"] == [
        ("None of the 6 trials failed.",)
    ]


def test_hits_of_a_gallery_are_those_of_the_annotations(small):
    run, _, _ = small
    gallery = next(b for b in build(*small).blocks() if isinstance(b, Gallery))
    task = run.tasks["task"]
    concept = task.concepts.index(gallery.title)
    for strip in gallery.strips:
        trial = next(t for t in run.trials if t.system == strip.title and t.seed == 0)
        order = np.argsort(-trial.scores[:, concept], kind="stable")[:8]
        truth = task.annotations[trial.split.test[order], concept]
        words = {1: "hit", 0: "miss", -1: "unjudged"}
        assert [t.judgement for t in strip.thumbnails] == [words[int(y)] for y in truth]


@pytest.mark.parametrize(
    "statuses", [("missing", "missing"), ("failed", "skipped"), ("complete", "missing")]
)
def test_a_run_without_results_or_half_done_has_a_report(synthetic, tmp_path, statuses):
    systems = [
        synthetic.Quality(name, family, status=status)
        for name, family, status in zip("ab", ("engineered", "learned"), statuses)
    ]
    material = synthetic.Material("task", ("a", "b"), sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    files = write(run, lambda task: None)
    html = files["html"].read_text()
    assert ("No results" in html) == ("complete" not in statuses)
    assert ("This run is not finished" in html) == ("missing" in statuses)
    assert files["pdf"].read_bytes().startswith(b"%PDF")


def test_each_fused_system_stands_against_the_best_that_it_was_given(small):
    run, images, tables = small
    table = next(
        b
        for b in build(run, images, tables).blocks()
        if isinstance(b, Table) and b.id == "fusion-0"
    )
    (row,) = table.rows
    means = tables.results[tables.results["concept"] == ""]
    ap = means[means["metric"] == "ap"].groupby("system")["value"].mean()
    assert row[0].text == "late"
    assert row[2].text.startswith("cnn")
    assert row[4].value == pytest.approx(ap["late"] - ap["cnn"])
    sure = row[5].value > 0
    assert (row[6].tone == "gain") <= sure


def test_thumbnails_are_small_and_never_enlarged():
    jpeg, width, height = thumbnail(np.zeros((600, 300, 3), np.uint8))
    assert (width, height) == (56, 112)
    assert jpeg[:2] == b"\xff\xd8"
    assert thumbnail(np.zeros((9, 7, 3), np.uint8))[1:] == (7, 9)
    assert thumbnail(np.zeros((1, 4000, 3), np.uint8))[1:] == (112, 1)
    assert thumbnail(np.zeros((600, 300, 3), np.uint8), edge=224)[1:] == (112, 224)
