"""What a task is made of: the parts of its splits."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.tasks.base import Split
from reports.sections.material import splits_table


def run(split):
    trial = SimpleNamespace(train_size=None, seed=0, split=split)
    return SimpleNamespace(complete=lambda task: [trial])


@pytest.mark.parametrize(("val", "told"), [((0, 1, 2), True), ((3, 4), False), ((), False)])
def test_training_samples_that_serve_as_validation_are_told(val, told):
    split = Split(np.array([0, 1, 2]), np.array(val, int), np.array([5, 6, 7, 8]))
    task = SimpleNamespace(name="t", size_unit="images")
    table = splits_table(task, run(split), "splits")
    assert [cell.text for cell in table.rows[0][1:4]] == ["3", str(len(val)), "4"]
    assert bool(table.notes) == told
