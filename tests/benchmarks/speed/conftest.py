"""A race between contestants that are made to behave, or not."""

import importlib
import sys

import pytest

CONTESTANTS = """
import os
import numpy as np
from benchmarks.speed.agreement import largest_difference
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.race import Race, Size
from benchmarks.speed.work import Work

LOADED_WITH = os.environ.get("OMP_NUM_THREADS")


class Doubles(Contestant):
    name, module, distribution = "doubles", "numpy", "numpy"
    factor = 2

    def load(self):
        self.runs = 0

    def first(self):
        self.log("first")

    def run(self):
        self.runs += 1
        self.log("run")
        self.result = self.factor * self.work.arrays["x"]

    def output(self):
        return {"y": self.result, "threads": np.array([int(LOADED_WITH), self.threads])}

    def log(self, what):
        with open(self.work.settings["log"], "a") as log:
            log.write(f"{self.name} {what} {os.getpid()}\\n")


class Peer(Doubles):
    name = "peer"
    factor = 2.5


class Half(Doubles):
    name = "half"

    @classmethod
    def part(cls, work):
        return 1.5 / work.units


class Raises(Doubles):
    name = "raises"

    def run(self):
        super().run()
        if self.runs == 2:
            raise RuntimeError("no such luck")


class Dies(Doubles):
    name = "dies"

    def first(self):
        os.kill(os.getpid(), 9)


class BadImport(Doubles):
    name = "bad import"

    def load(self):
        import no_such_module_at_all


class Missing(Doubles):
    name, module, distribution = "missing", "no_such_library", "faiss-cpu"


class Unknown(Doubles):
    name, module, distribution = "unknown", "no_such_library", "no-such-thing"


class OtherShape(Doubles):
    name = "other shape"

    def output(self):
        return {"y": np.zeros(1)}


class FakeRace(Race):
    name = title = "fake"
    size = quick = Size(images=1, rounds=3)
    contestants = (Doubles, Peer)

    def work(self, images, size, quick):
        return Work(3, "x", {"log": images}, {"x": np.array([1.0, 2.0, -4.0])})

    def agreement(self, work, ours, theirs):
        return largest_difference(ours["y"], theirs["y"])
"""


@pytest.fixture(scope="session")
def fake(tmp_path_factory):
    """A module that the contestants' processes can import, too."""
    folder = tmp_path_factory.mktemp("contestants")
    (folder / "fake_contestants.py").write_text(CONTESTANTS)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("fake_contestants")
    sys.path.remove(str(folder))


@pytest.fixture
def race(fake, tmp_path):
    """Race given contestants for three rounds; return their standings and the log's lines."""
    from benchmarks.speed.race import run_race

    def run(*names, threads=1, peers=True):
        fake.FakeRace.contestants = tuple(getattr(fake, name) for name in names)
        work = fake.FakeRace().work(str(tmp_path / "log"), None, False)
        standings = run_race(fake.FakeRace(), work, rounds=3, threads=threads, peers=peers)
        lines = (tmp_path / "log").read_text().splitlines()
        return standings, [line.rsplit(" ", 1) for line in lines]

    return run
