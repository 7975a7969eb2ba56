"""The command line, run as a user runs it: the installed script, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.harness.threads import VARIABLES

SCRIPT = Path(sys.executable).parent / "conceptbench"

SMALL = """
name = "small"
seeds = [0, 1]

[[tasks]]
name = "digits"
task = { name = "digit-shots", train_shots = 120, val_shots = 60, test_shots = 80 }
train_sizes = [60, 120]

[[systems]]
name = "words"
descriptor = { name = "dense-sift", step = 8 }
aggregator = { name = "bag-of-words", words = 16, max_vectors = 4000 }
classifier = "linear-svm"

[[systems]]
name = "colour"
descriptor = "colour-histogram"
classifier = "kernel-svm"

[[systems]]
name = "net"
network = { name = "mlp", hidden = [16] }
training = { epochs = 2, image_size = 32 }

[[systems]]
name = "all"
fusion = "late"
members = ["words", "colour", "net"]

[[systems]]
name = "all-temporal"
rescorer = "temporal"
member = "all"
"""


@pytest.fixture
def conceptbench(tmp_path):
    """Run the command in an empty folder, with a cache of its own."""

    def run(*arguments, expect=0, cwd=tmp_path, **variables):
        environment = {**os.environ, "CONCEPTBENCH_CACHE": str(tmp_path / "cache"), **variables}
        environment = {name: value for name, value in environment.items() if value is not None}
        done = subprocess.run(
            [str(SCRIPT), *map(str, arguments)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=400,
        )
        output = done.stdout + done.stderr
        assert done.returncode == expect, output
        assert "Traceback" not in output, output
        return output

    return run


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """The same command, in this process: for what begins no work, whose imports are most of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONCEPTBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CONCEPTBENCH_DATA", raising=False)
    for variable in VARIABLES:  # `run` sets them for its workers: undone after the test
        monkeypatch.setenv(variable, "1")

    def run(*arguments, expect=0):
        monkeypatch.setattr(sys, "argv", ["conceptbench", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            main()
        output = "".join(capsys.readouterr())
        assert (done.value.code or 0) == expect, output
        return output

    return run


@pytest.fixture
def engineered(tmp_path) -> Path:
    """A suite of two systems that need no torch, for tests of what networks do not change."""
    head, words, colour, *_ = SMALL.split("[[systems]]")
    path = tmp_path / "engineered.toml"
    path.write_text("[[systems]]".join((head.replace("small", "engineered"), words, colour)))
    return path


@pytest.fixture
def small(tmp_path) -> Path:
    """A suite of five cheap systems."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path
