"""Costs measure what they say."""

import sys
import time

import numpy as np
import pytest

from benchmarks.harness.cost import Cost, Ledger, measured, resident_mb


def test_time():
    cost = Cost()
    with measured(cost):
        time.sleep(0.1)
    assert 0.1 <= cost.wall_s < 5
    assert cost.cpu_s < 0.09
    with measured(cost):
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
    assert cost.cpu_s >= 0.1
    assert cost.gpu_s == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is reset on Linux only")
def test_peak_memory_is_that_of_the_block_alone():
    def peak(mb):
        cost = Cost()
        with measured(cost, resident_mb()):
            np.ones(mb * 2**17).sum()
        return cost.peak_mb

    large = peak(200)
    small = peak(20)
    assert 180 < large < 260
    assert small < 100


def test_a_ledger_has_a_line_a_phase_and_stage():
    ledger = Ledger()
    ledger.add("extract", Cost(1.0, 2.0, 0.0, 50.0), 10, cached=True)
    ledger.add("extract", Cost(0.5, 0.5, 0.0, 70.0), 5, cached=False)
    ledger.phase = "predict"
    ledger.add("extract", Cost(3.0, 3.0, 0.0, 10.0), 7, cached=True)
    with ledger.timed("scoring", 7):
        pass
    first, second, third = ledger.lines()
    assert first.stage == "fit/extract"
    assert (first.wall_s, first.cpu_s, first.peak_mb, first.images) == (1.5, 2.5, 70.0, 15)
    assert not first.cached
    assert second.cached
    assert (third.stage, third.images, third.cached) == ("predict/scoring", 7, False)


def test_a_stage_that_fails_is_not_written_down():
    ledger = Ledger()
    with pytest.raises(RuntimeError), ledger.timed("train", 1):
        raise RuntimeError
    assert ledger.lines() == []


def test_an_entry_of_the_cache_that_is_read_again_counts_once():
    ledger = Ledger()
    for entry in ("a", "b", "a"):
        ledger.add("extract", Cost(1.0, 2.0, 0.5, 50.0), 10, cached=True, entry=entry)
    (line,) = ledger.lines()
    assert (line.wall_s, line.cpu_s, line.gpu_s, line.images) == (2.0, 4.0, 1.0, 20)
    assert line.parts == {"a": (1.0, 2.0, 0.5), "b": (1.0, 2.0, 0.5)}
    ledger.phase = "predict"
    ledger.add("extract", Cost(1.0, 2.0, 0.5, 50.0), 10, cached=True, entry="a")
    assert [line.wall_s for line in ledger.lines()] == [2.0, 1.0]
