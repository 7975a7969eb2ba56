"""A re-scoring of shuffled material that moves is warned of, in either direction."""

import json

import pytest

from benchmarks.results.run import Run
from reports.document import Notice
from reports.sections.controls import controls
from reports.sections.headline import headline
from reports.sections.rescoring_controls import rescoring_warning
from reports.summary import Summary
from reports.tables import Tables


@pytest.mark.parametrize(
    ("signal", "kind", "words"),
    [
        (1.5, "good", "no more than noise"),
        (3.0, "warning", "a gain beyond noise"),
        (0.2, "warning", "a loss beyond noise"),
    ],
)
def test_how_far_it_moved_is_said_and_warned_of(tmp_path, synthetic, signal, kind, words):
    material = synthetic.Material("shots", ("a", "b", "c", "d"), samples=200, sizes=(None,))
    systems = [
        synthetic.Quality("one", "engineered"),
        synthetic.Quality("still", "fused", signal, members=("one",), noise_of="one"),
        synthetic.Quality("two", "learned"),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    path = run.folder / "run.json"
    info = json.loads(path.read_text())
    for entry in [*info["plan"], *info["systems"]]:
        if "still" in (entry.get("system"), entry.get("name")):
            entry["control"] = "shuffled-shots"
    path.write_text(json.dumps(info))
    run = Run(run.folder)
    summary = Summary(run, Tables.of(run))
    (notice,) = controls(summary).blocks
    assert isinstance(notice, Notice)
    assert notice.kind == kind
    (line,) = notice.lines
    assert line.startswith("With shots dealt out anew over the videos, still moves the mean AP of")
    assert line.endswith(f"]: {words}.")
    warning = rescoring_warning(summary)
    assert (warning is not None) == (kind == "warning")
    said = [x for b in headline(summary).blocks if isinstance(b, Notice) for x in b.lines]
    assert any(x.startswith("still re-scores shuffled") for x in said) == (kind == "warning")
    assert set(summary.tasks[0].systems) == {"one", "two"}
