"""The stage cache: nothing is computed twice, nothing stale is met."""

import multiprocessing
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from benchmarks.collection import ImageCollection
from benchmarks.harness.cache import StageCache
from benchmarks.harness.cost import Ledger


class Numbers:
    """Sample i is an image full of i; the recipe for it is i."""

    def load(self, index):
        return np.full((2, 2, 3), index, np.uint8)

    def digest(self, index):
        return f"{index * 2654435761 % 2**32:08x}" + "0" * 56


class Scale(BaseEstimator):
    def __init__(self, factor=1.0):
        self.factor = factor


def numbers(n):
    return ImageCollection(Numbers(), [str(i) for i in range(n)], threads=0)


class Counted:
    def __init__(self, factor=1.0):
        self.factor = factor
        self.seen = []

    def __call__(self, X):
        self.seen += [int(image[0, 0, 0]) for image in X]
        return np.array([[image[0, 0, 0] * self.factor, 1.0] for image in X], np.float32)


@pytest.fixture
def cache(tmp_path):
    return StageCache(tmp_path / "cache", Ledger())


def test_rows_are_those_computed_in_order(cache):
    X = numbers(50)
    rows = cache.rows("extract", [Scale()], X, Counted())
    np.testing.assert_array_equal(rows[:, 0], np.arange(50))
    order = np.random.default_rng(0).permutation(50)
    rows = cache.rows("extract", [Scale()], X[order], Counted())
    np.testing.assert_array_equal(rows[:, 0], order)


def test_only_what_is_missing_is_computed(cache):
    X = numbers(60)
    first, second, third = Counted(), Counted(), Counted()
    cache.rows("extract", [Scale()], X[:20], first)
    cache.rows("extract", [Scale()], X, second)
    cache.rows("extract", [Scale()], X[10:50], third)
    assert sorted(first.seen) == list(range(20))
    assert sorted(second.seen) == list(range(20, 60))
    assert third.seen == []


@pytest.mark.parametrize("share_of_zeros", [0.0, 0.3, 0.9, 1.0])
def test_rows_with_zeros_come_back_as_they_were(cache, share_of_zeros):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((40, 200)).astype(np.float32)
    rows[rng.random(rows.shape) < share_of_zeros] = 0
    X = numbers(40)

    def compute(part):
        return rows[[int(image[0, 0, 0]) for image in part]]

    cache.rows("encode", [Scale()], X, compute)
    np.testing.assert_array_equal(cache.rows("encode", [Scale()], X, Counted()), rows)


def test_equal_samples_are_computed_once(cache):
    X = numbers(5)
    twice = ImageCollection(
        Numbers(), [f"{i}" for i in range(10)], index=np.arange(10) % 5, threads=0
    )
    compute = Counted()
    rows = cache.rows("extract", [Scale()], twice, compute)
    np.testing.assert_array_equal(rows[:, 0], np.arange(10) % 5)
    assert sorted(compute.seen) == list(range(5))
    np.testing.assert_array_equal(cache.rows("extract", [Scale()], X, compute)[:, 0], range(5))


def test_another_parameter_stage_or_training_set_is_another_entry(cache):
    X = numbers(10)
    cache.rows("extract", [Scale(1.0)], X, Counted())
    for arguments in (
        ("extract", [Scale(2.0)], None),
        ("encode", [Scale(1.0)], None),
        ("extract", [Scale(1.0), Scale(1.0)], None),
        ("extract", [Scale(1.0)], X[:5]),
        ("extract", [Scale(1.0)], X[:6]),
    ):
        stage, components, fitted_on = arguments
        compute = Counted()
        cache.rows(stage, components, X, compute, fitted_on)
        assert len(compute.seen) == 10, arguments


def test_another_version_of_the_code_is_another_entry(cache, monkeypatch):
    X = numbers(10)
    cache.rows("extract", [Scale()], X, Counted())
    monkeypatch.setattr("benchmarks.harness.keys.code_version", lambda target: "edited")
    compute = Counted()
    cache.rows("extract", [Scale()], X, compute)
    assert len(compute.seen) == 10


def test_another_library_version_is_another_entry(cache, monkeypatch):
    X = numbers(10)
    cache.rows("extract", [Scale()], X, Counted())
    monkeypatch.setattr("benchmarks.harness.keys.library_versions", lambda: {"numpy": "0"})
    compute = Counted()
    cache.rows("extract", [Scale()], X, compute)
    assert len(compute.seen) == 10


def test_values(cache):
    X = numbers(10)
    calls = []

    def fit():
        calls.append(1)
        return {"vocabulary": np.arange(3)}

    for _ in range(2):
        value = cache.value("vocabulary", [Scale()], fit, X)
        np.testing.assert_array_equal(value["vocabulary"], np.arange(3))
    assert len(calls) == 1
    cache.value("vocabulary", [Scale()], fit, X[:9])
    assert len(calls) == 2


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_entry_is_made_again(cache, damage):
    X = numbers(30)
    expected = cache.rows("extract", [Scale()], X, Counted())
    cache.value("vocabulary", [Scale()], lambda: "good", X)
    files = [p for p in cache.folder.rglob("*") if p.suffix in (".rows", ".pickle")]
    assert len(files) > 5
    for path in files:
        data = bytearray(path.read_bytes())
        if damage == "flip":
            data[len(data) // 2] ^= 0xFF
        path.write_bytes({"cut": data[: len(data) // 2], "flip": data, "empty": b""}[damage])
    compute = Counted()
    np.testing.assert_array_equal(cache.rows("extract", [Scale()], X, compute), expected)
    assert len(compute.seen) == 30
    assert cache.value("vocabulary", [Scale()], lambda: "again", X) == "again"


def test_a_failure_is_not_cached(cache):
    X = numbers(10)

    def fail(X):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        cache.rows("extract", [Scale()], X, fail)
    compute = Counted()
    cache.rows("extract", [Scale()], X, compute)
    assert len(compute.seen) == 10


def test_a_value_of_a_plugin_that_has_moved_is_made_again(cache, tmp_path):
    from benchmarks.registry import resolve

    X = numbers(5)
    (tmp_path / "mine.py").write_text("class Vocabulary:\n    pass\n")
    made = resolve("aggregators", "mine.py:Vocabulary", tmp_path).target()
    cache.value("vocabulary", [Scale()], lambda: made, X)
    del sys.modules[type(made).__module__]  # as in a process that never met the file
    assert cache.value("vocabulary", [Scale()], lambda: "again", X) == "again"


def test_wrong_number_of_rows(cache):
    with pytest.raises(ValueError, match="expected 1 rows"):
        cache.rows("extract", [Scale()], numbers(1), lambda X: np.zeros((3, 2), np.float32))


def test_costs_of_what_is_found_are_those_of_its_making(tmp_path):
    X = numbers(32)

    def slow(X):
        time.sleep(0.01 * len(X))
        return Counted()(X)

    first = Ledger()
    StageCache(tmp_path, first).rows("extract", [Scale()], X, slow)
    second = Ledger()
    StageCache(tmp_path, second).rows("extract", [Scale()], X, slow)
    half = Ledger()
    StageCache(tmp_path, half).rows("extract", [Scale()], X[:16], slow)
    (made,), (found,), (part,) = first.lines(), second.lines(), half.lines()
    assert (made.stage, made.images, made.cached) == ("fit/extract", 32, False)
    assert found.cached
    assert part.cached
    assert made.wall_s >= 0.32
    assert found.wall_s == pytest.approx(made.wall_s)
    assert part.wall_s == pytest.approx(made.wall_s / 2, rel=0.4)
    # The same images are the same entry, fewer of them are not.
    assert made.parts.keys() == found.parts.keys() != part.parts.keys()
    assert list(made.parts.values()) == [(made.wall_s, made.cpu_s, made.gpu_s)]


def _work(folder: str, log: str, start: float) -> None:
    def compute(X):
        with open(log, "a") as file:
            for image in X:
                file.write(f"{os.getpid()} {image[0, 0, 0]}\n")
        time.sleep(0.01)
        return Counted()(X)

    def fit():
        with open(log, "a") as file:
            file.write(f"{os.getpid()} fit\n")
        time.sleep(0.05)
        return 7

    time.sleep(max(0.0, start - time.time()))
    cache = StageCache(Path(folder), Ledger())
    X = numbers(100)
    assert cache.value("vocabulary", [Scale()], fit, X) == 7
    rows = cache.rows("extract", [Scale()], X, compute)
    np.testing.assert_array_equal(rows[:, 0], np.arange(100))


def test_workers_share_the_work_and_do_none_twice(tmp_path):
    log = tmp_path / "log"
    log.touch()
    context = multiprocessing.get_context("fork")
    start = time.time() + 0.3
    workers = [
        context.Process(target=_work, args=(str(tmp_path / "cache"), str(log), start))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    lines = [line.split() for line in log.read_text().splitlines()]
    assert sorted(int(what) for _, what in lines if what != "fit") == list(range(100))
    assert sum(what == "fit" for _, what in lines) == 1
