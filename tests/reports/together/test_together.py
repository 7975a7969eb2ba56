"""Several runs in one document: sentences, circumstances, files, and what is refused."""

import json
import re
import shutil

import pandas as pd
import pytest

from benchmarks.results.run import Run
from reports.document import Document, Figure, Findings, Notice, Table, plain
from reports.html import render_html
from reports.pdf import render_pdf
from reports.together.build import build_together
from reports.together.circumstances import circumstances, suite_difference, system_changes
from reports.together.output import write_together
from reports.together.pairing import pair_up, run_names

CONCEPTS = tuple("abcdefghijkl")
SUITE = """
seeds = [0, 1]
[[systems]]
name = "words"
descriptor = {{ name = "dense-sift", step = {step} }}
[[systems]]
name = "cnn"
network = "small-cnn"
"""


@pytest.fixture(scope="module")
def runs(synthetic, tmp_path_factory):
    """A run, a copy, and one in which `words` is better, `cnn` worse and `hog` new."""
    Quality = synthetic.Quality
    folder = tmp_path_factory.mktemp("together")
    material = synthetic.Material("task", CONCEPTS, samples=400, sizes=(None,))
    old = [Quality("words", "engineered", 0.4), Quality("cnn", "learned", 2.0),
           Quality("gone", "learned", 1.0), Quality("mlp", "learned", 1.0)]  # fmt: skip
    new = [Quality("words", "engineered", 2.0), Quality("cnn", "learned", 0.4),
           Quality("hog", "engineered", 1.0), Quality("mlp", "learned", 1.0)]  # fmt: skip
    before = synthetic.make_run(folder / "before", [material], old)
    after = synthetic.make_run(folder / "after", [material], new)
    for run, step in ((before, 4), (after, 6)):
        info = json.loads((run.folder / "run.json").read_text())
        info["suite"]["source"] = SUITE.format(step=step)
        if run is after:
            info["suite"]["source"] += '[[systems]]\nname = "hog"\ndescriptor = "hog"\n'
            info["threads"] = 2
            info["versions"]["numpy"] = "2.1.0"
        (run.folder / "run.json").write_text(json.dumps(info))
    shutil.copytree(before.folder, folder / "copy")
    return {name: Run(folder / name) for name in ("before", "after", "copy")}


@pytest.fixture(scope="module")
def document(runs):
    return build_together(pair_up([runs["before"], runs["after"]]))


def said(document):
    block = next(b for b in document.blocks() if isinstance(b, Findings))
    return [plain(item.text).replace("\u00a0", " ") for item in block.items]


def table(document, identifier):
    return next(b for b in document.blocks() if isinstance(b, Table) and b.id == identifier)


def test_sentences_come_first_and_say_what_improved_and_what_got_worse(document):
    assert document.sections[0].id == "answer"
    lines = said(document)
    assert lines[0] == (
        "Of the 3 results that both runs have (a system at a training size), 1 improved, 1 got "
        "worse and 1 is the same to the last digit."
    )
    gap = r"by [+−]0\.\d{3} \[[^]]+\] \(0\.\d+ to 0\.\d+\)\."
    assert re.fullmatch(rf"Improved: words \(declared differently\) {gap}", lines[1])
    assert re.fullmatch(f"Got worse: cnn {gap}", lines[2])
    assert "Only before has results for gone; only after has results for hog." in lines
    assert lines[-1].startswith(
        "What differs: the suite's systems (1 system added and 1 system changed), versions of "
        "packages and workers or threads. As several things differ at once,"
    )


def test_the_table_agrees_with_the_sentences(document):
    rows = {row[0].text: row for row in table(document, "results-0-0").rows}
    assert set(rows) == {"words", "cnn", "mlp"}
    assert [rows[name][-1].text for name in ("words", "cnn", "mlp")] == [
        "improved", "got worse", "identical",
    ]  # fmt: skip
    assert rows["words"][5].value == pytest.approx(
        rows["words"][4].value - rows["words"][3].value, abs=1e-9
    )
    assert [rows[name][2].text for name in ("words", "cnn")] == ["changed", "same"]
    alone = {row[0].text: row[2].text for row in table(document, "alone-0-0").rows}
    assert alone == {"gone": "before", "hog": "after"}
    figure = next(b for b in document.blocks() if isinstance(b, Figure))
    assert "1 more result did not change" in figure.caption


def test_times_that_were_not_measured_alike_carry_a_warning(document, runs):
    warning = next(b for b in document.blocks() if isinstance(b, Notice))
    assert warning.kind == "warning"
    assert "Threads a worker: 1 against 2." in warning.lines
    alike = build_together(pair_up([runs["before"], runs["copy"]]))
    assert not [b for b in alike.blocks() if isinstance(b, Notice)]
    ratios = [row[-1].text for row in table(alike, "costs-0-table").rows]
    assert set(ratios) == {"1.00"}


def test_a_copy_has_not_changed(runs):
    lines = said(build_together(pair_up([runs["before"], runs["copy"]])))
    assert lines == [
        "Nothing changed: all 4 results that both runs have (a system at a training size) are "
        "the same to the last digit.",
        "The runs were given the same in all that they record: suite, data, code, versions, "
        "machine, workers.",
    ]


def test_circumstances_are_what_the_runs_record(runs):
    (pair,) = pair_up([runs["before"], runs["after"]])
    differing = {one.name: (one.before, one.after) for one in circumstances(pair) if one.differs}
    assert differing == {
        "Version of numpy": ("2.0.0", "2.1.0"), "Threads a worker": ("1", "2"),
    }  # fmt: skip
    changed = {one.system: one for one in system_changes(pair)}
    assert changed["hog"].kind == "added"
    assert changed["words"].options == (("descriptor.step", "4", "6"),)
    lines = suite_difference(pair).splitlines()
    assert '-descriptor = { name = "dense-sift", step = 4 }' in lines
    assert '+name = "hog"' in lines


def test_other_data_have_no_interval_and_say_why(runs, synthetic, tmp_path):
    material = synthetic.Material("task", CONCEPTS, samples=320, sizes=(None,))
    other = synthetic.make_run(tmp_path, [material], [synthetic.Quality("words", "engineered")])
    lines = said(build_together(pair_up([runs["before"], other])))
    assert lines[0] == (
        "Of the 1 result that both runs have (a system at a training size), 1 has no interval."
    )
    assert "no interval: words (the samples or their annotations are not the same)." in lines[1]
    assert "the data" in lines[-1]


def test_more_runs_are_each_set_beside_the_first(runs):
    document = build_together(pair_up([runs["before"], runs["after"], runs["copy"]]))
    titles = [b.title for b in document.blocks() if isinstance(b, Findings)]
    assert titles == ["after against before", "copy against before"]
    assert [part.title for part in document.sections[1].sections] == [
        "After against before", "Copy against before",
    ]  # fmt: skip
    ids = re.findall(r'\bid="([^"]+)"', render_html(document).decode())
    assert len(ids) == len(set(ids))


def test_runs_are_named_by_the_ends_of_their_paths(tmp_path):
    folders = [tmp_path / "a" / "run", tmp_path / "b" / "run"]
    assert run_names(folders) == ["a/run", "b/run"]
    assert run_names([tmp_path / "x", tmp_path / "y"]) == ["x", "y"]


def test_files_are_written_and_the_same_again(runs, tmp_path):
    both = [runs["before"], runs["after"]]
    files = write_together(both, tmp_path / "out")
    first = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    names = {p.relative_to(tmp_path / "out").as_posix() for p in first}
    drawings = {f"figures/changes-0-0.{kind}" for kind in ("svg", "pdf")}
    assert names == {"report.html", "report.pdf", "tables/changes.csv"} | drawings
    again = [Run(run.folder) for run in both]
    assert write_together(again, tmp_path / "out") == files
    assert {p: p.read_bytes() for p in first} == first
    frame = pd.read_csv(files["tables"] / "changes.csv")
    assert list(frame.columns[:4]) == ["reference", "run", "task", "system"]
    assert frame.set_index("system")["status"]["words"] == "compared"


def test_what_cannot_be_compared_or_written_is_refused(runs, synthetic, tmp_path):
    before = runs["before"]
    with pytest.raises(ValueError, match="is the same folder as"):
        pair_up([before, Run(before.folder / ".." / "before")])
    with pytest.raises(ValueError, match="at least two run folders"):
        pair_up([before])
    both = [before, runs["after"]]
    with pytest.raises(ValueError, match="is a run folder"):
        write_together(both, runs["copy"].folder)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(ValueError, match="holds other things"):
        write_together(both, tmp_path / "mine")
    with pytest.raises(ValueError, match="is a file"):
        write_together(both, tmp_path / "mine" / "thesis.txt")


def test_hostile_names_unfinished_runs_and_two_tasks(synthetic, tmp_path):
    systems = [
        synthetic.Quality(synthetic.SCRIPT, "engineered", 1.0),
        synthetic.Quality(synthetic.LONG, "learned", 1.0),
        synthetic.Quality(synthetic.TYPST, "learned", status="missing"),
    ]
    better = [synthetic.Quality(q.name, q.family, q.signal + 1, status=q.status) for q in systems]
    materials = [
        synthetic.Material(synthetic.RTL.replace("\u202e ", ""), CONCEPTS, sizes=(5, None)),
        synthetic.Material("objects", CONCEPTS, single_label=True, sizes=(None,),
                           metrics=("top1_error",)),
    ]  # fmt: skip
    old = synthetic.make_run(tmp_path / "old", materials, systems)
    new = synthetic.make_run(tmp_path / "new", materials, better)
    document = build_together(pair_up([old, new]))
    titles = [b.title for b in document.blocks() if isinstance(b, Notice)]
    assert titles == ["old is not complete", "new is not complete"]
    assert isinstance(document, Document)
    assert synthetic.SCRIPT.encode() not in render_html(document)
    assert render_pdf(document).startswith(b"%PDF")
    # An error falls: that is an improvement, and reads as one.
    rows = {row[0].text: row for row in table(document, "results-0-1").rows}
    row = rows[synthetic.SCRIPT]
    assert row[4].value < row[3].value
    assert row[5].text.startswith("+")
