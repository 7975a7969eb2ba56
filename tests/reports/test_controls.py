"""A control that is better than chance is warned of; one at chance is shown as such, and apart."""

import json
from types import SimpleNamespace

import pytest

from benchmarks.results.controls import CONTROLS
from benchmarks.results.run import Run
from reports.build import build
from reports.document import Notice, Table
from reports.sections.controls import control_warning, controls
from reports.summary import Summary
from reports.tables import Tables


def made(folder, synthetic, signal, concepts=("a", "b", "c", "d")) -> Run:
    """A run of two systems and a control that separates classes by `signal` deviations."""
    material = synthetic.Material("shots", concepts, samples=160, sizes=(None,))
    systems = [
        synthetic.Quality("one", "engineered"),
        synthetic.Quality("one-control", "engineered", signal=signal, slope=0),
        synthetic.Quality("two", "learned"),
    ]
    run = synthetic.make_run(folder, [material], systems)
    path = run.folder / "run.json"
    info = json.loads(path.read_text())
    for entry in [*info["plan"], *info["systems"]]:
        if "one-control" in (entry.get("system"), entry.get("name")):
            entry["control"] = True
    path.write_text(json.dumps(info))
    return Run(run.folder)


@pytest.fixture(params=[0.0, 2.0], ids=["at chance", "knows"])
def found(request, tmp_path, synthetic: SimpleNamespace) -> SimpleNamespace:
    run = made(tmp_path, synthetic, request.param)
    return SimpleNamespace(
        summary=Summary(run, Tables.of(run)), run=run, knows=request.param > 0, tmp_path=tmp_path
    )


def test_the_verdict_is_said_and_warned_of(found):
    section = controls(found.summary)
    notice, table = section.blocks
    assert isinstance(notice, Notice)
    assert isinstance(table, Table)
    (row,) = table.rows
    assert notice.kind == ("warning" if found.knows else "good")
    assert row[-1].text == ("better than chance" if found.knows else "at chance")
    assert (control_warning(found.summary) is not None) == found.knows
    document = build(found.run, lambda task: None, found.summary.tables)
    answer = next(section for section in document.sections if section.id == "answer")
    titles = [block.title for block in answer.blocks if isinstance(block, Notice)]
    assert ("A control is better than chance" in titles) == found.knows


def test_of_one_concept_what_is_better_than_other_samples_is_no_verdict(tmp_path, synthetic):
    for signal, kind in ((0.0, "good"), (2.0, "note")):
        run = made(tmp_path / kind, synthetic, signal, ("a",))
        summary = Summary(run, Tables.of(run))
        notice, table = controls(summary).blocks
        assert notice.kind == kind
        assert table.rows[0][-1].text == ("at chance" if kind == "good" else "cannot be told")
        assert "too few concepts and seeds" in table.notes[0]
        assert control_warning(summary) is None


def test_a_control_is_ranked_nowhere(found):
    task = found.summary.tasks[0]
    assert {system.key for system in task.at(-1)} == {"one", "two"}
    assert len(task.comparisons) == 1
    assert found.summary.systems["two"].place == 0
    document = build(found.run, lambda task: None, found.summary.tables)
    for block in document.blocks():
        if isinstance(block, Table) and not block.id.startswith("controls"):
            assert not any("one-control" in cell.text for row in block.rows for cell in row)


def test_without_controls_there_is_no_section(tmp_path, synthetic: SimpleNamespace):
    material = synthetic.Material("shots", ("a", "b"), samples=60)
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("one", "engineered")])
    tables = Tables.of(run)
    assert list(tables.controls.columns) == CONTROLS
    assert controls(Summary(run, tables)) is None
