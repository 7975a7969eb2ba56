"""Copies of training samples in the test are warned of, where the answer stands and at the data."""

from types import SimpleNamespace

import pytest

from benchmarks.results.leak_table import LEAKS, leaks
from benchmarks.results.store import TrialFolder
from reports.document import Notice, Table, plain
from reports.sections.headline import headline
from reports.sections.leaks import leak_blocks, leak_warning
from reports.summary import Summary
from reports.tables import Tables


@pytest.fixture(params=[(), (3,), (3, 5)])
def found(request, tmp_path, synthetic: SimpleNamespace) -> SimpleNamespace:
    material = synthetic.Material("crops", ("a", "b", "c"), samples=60, copies=request.param)
    systems = [synthetic.Quality("one", "engineered"), synthetic.Quality("two", "learned")]
    run = synthetic.make_run(tmp_path, [material], systems)
    return SimpleNamespace(run=run, copies=len(request.param))


def test_the_warning_says_how_many(found):
    warning = leak_warning(found.run.tasks["crops"], found.run)
    notices = [b for b in headline(Summary(found.run, Tables.of(found.run))).blocks
               if isinstance(b, Notice)]  # fmt: skip
    if not found.copies:
        assert warning is None
        assert not notices
        return
    verb = "is a copy" if found.copies == 1 else "are copies"
    assert warning.startswith(f"{found.copies} of 30 test samples {verb} of training samples")
    assert warning in notices[0].lines


def test_the_data_sheet_shows_counts_and_pairs(found):
    blocks = leak_blocks(found.run.tasks["crops"], found.run, "leaks-0")
    tables = {block.id: block for block in blocks if isinstance(block, Table)}
    rows = [[cell.text for cell in row] for row in tables["leaks-0"].rows]
    assert rows == [
        [size, "30", str(found.copies), "0"] for size in ("40 samples", "all training data")
    ]
    assert ("leaks-0-pairs" in tables) == bool(found.copies)
    if found.copies:
        first = [cell.text for cell in tables["leaks-0-pairs"].rows[0]]
        assert first == ["sample-33", "sample-0", "identical"]


def test_the_table_has_a_row_a_split(found):
    frame = leaks(found.run)
    assert list(frame.columns) == LEAKS
    assert len(frame) == 4  # two sizes, two seeds, however many systems
    assert set(frame["identical"]) == {found.copies}
    assert frame["train_size"].isna().sum() == 2


def test_a_run_from_before_there_was_a_check_says_so(tmp_path, synthetic: SimpleNamespace):
    material = synthetic.Material("crops", ("a", "b"), samples=60)
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("one", "engineered")])
    for trial in run.trials:
        files = TrialFolder(trial.folder)
        record = {k: v for k, v in files.read().items() if k not in ("leaks", "sha256", "schema")}
        files.write(record)
    run = type(run)(run.folder)
    assert leaks(run).empty
    (block,) = leak_blocks(run.tasks["crops"], run, "leaks-0")
    assert "was not looked for" in plain(block.text)
