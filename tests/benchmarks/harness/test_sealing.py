"""Long fittings go on where they were cut off, and damaged files are never believed."""

import time

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Cost, Ledger
from benchmarks.harness.sealing import Progress, read_value, write_value


class One:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return "0" * 64


@pytest.fixture
def X():
    return ImageCollection(One(), ["a"], threads=0)


class CutOff(Exception):
    pass


def counting(until, cut_at=None, seconds=0.0):
    """Count to `until`, saving each number; raise at `cut_at`."""
    started_from = []

    def compute(progress):
        i = progress.load() or 0
        started_from.append(i)
        while i < until:
            time.sleep(seconds)
            if i == cut_at:
                raise CutOff
            i += 1
            progress.save(i)
        return i

    compute.started_from = started_from
    return compute


def test_a_fitting_that_was_cut_off_goes_on(tmp_path, X):
    first = counting(10, cut_at=6)
    with pytest.raises(CutOff):
        StageCache(tmp_path, Ledger()).resumable("train", [1], first, X)
    second = counting(10)
    assert StageCache(tmp_path, Ledger()).resumable("train", [1], second, X) == 10
    assert second.started_from == [6]
    assert not list(tmp_path.rglob("*.progress"))
    third = counting(10)
    assert StageCache(tmp_path, Ledger()).resumable("train", [1], third, X) == 10
    assert third.started_from == []


def test_other_components_do_not_meet_its_progress(tmp_path, X):
    with pytest.raises(CutOff):
        StageCache(tmp_path, Ledger()).resumable("train", [1], counting(10, cut_at=6), X)
    other = counting(10)
    StageCache(tmp_path, Ledger()).resumable("train", [2], other, X)
    assert other.started_from == [0]


def test_the_cost_is_that_of_all_processes(tmp_path, X):
    cache = StageCache(tmp_path, Ledger())
    with pytest.raises(CutOff):
        cache.resumable("train", [1], counting(6, cut_at=4, seconds=0.05), X)
    ledger = Ledger()
    StageCache(tmp_path, ledger).resumable("train", [1], counting(6, seconds=0.05), X)
    (line,) = ledger.lines()
    assert line.wall_s >= 6 * 0.05
    assert not line.cached


def test_damaged_progress_is_no_progress(tmp_path):
    progress = Progress(tmp_path / "a.progress")
    with progress.measured():
        progress.save([1, 2])
        assert progress.load() == [1, 2]
        data = bytearray(progress.path.read_bytes())
        data[-1] ^= 1
        progress.path.write_bytes(data)
        assert progress.load() is None


def test_values_come_back_with_their_cost(tmp_path):
    path = tmp_path / "v.pickle"
    assert read_value(path) is None
    write_value(path, {"a": np.arange(3)}, Cost(1.0, 2.0, 3.0, 4.0))
    value, cost = read_value(path)
    np.testing.assert_array_equal(value["a"], [0, 1, 2])
    assert cost == Cost(1.0, 2.0, 3.0, 4.0)
    path.write_bytes(path.read_bytes()[:-1])
    assert read_value(path) is None
