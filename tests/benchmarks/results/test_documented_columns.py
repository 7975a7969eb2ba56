"""The columns of every table stand in docs/results.md, in their order."""

import re
from pathlib import Path

from benchmarks.results.changes import CHANGES
from benchmarks.results.comparisons import COMPARISONS
from benchmarks.results.complementarity_table import COMPLEMENTARITY, WINNERS
from benchmarks.results.controls import CONTROLS
from benchmarks.results.leak_table import LEAKS
from benchmarks.results.means import MEANS
from benchmarks.results.rescoring import RESCORING
from benchmarks.results.tables import COSTS, FAILURES, RESULTS, TABLES

COLUMNS = {
    "results": RESULTS, "means": MEANS, "costs": COSTS, "comparisons": COMPARISONS,
    "failures": FAILURES, "leaks": LEAKS, "controls": CONTROLS,
    "complementarity": COMPLEMENTARITY, "winners": WINNERS, "rescoring": RESCORING,
    "changes": ["reference", "run", *CHANGES],
}  # fmt: skip


def test_the_page_lists_the_columns_of_every_table():
    text = (Path(__file__).parents[3] / "docs" / "results.md").read_text()
    found = re.findall(r"^## tables/(\w+)\.csv\n\n`([^`]*)`", text, flags=re.MULTILINE)
    assert {name: re.split(r",\s+", columns) for name, columns in found} == COLUMNS
    assert set(TABLES) | {"changes"} == set(COLUMNS)
