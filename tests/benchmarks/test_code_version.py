"""The version of code changes with what its behaviour rests on, and with nothing else."""

import subprocess
import sys

import pytest

from benchmarks.code_version import code_version, imported_beside, package_version
from benchmarks.registry import resolve
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.hog import HOG
from learned.networks.small_cnn import build

VERSION = """
import sys
from pathlib import Path
from benchmarks.registry import resolve
for other in sys.argv[2:]:
    resolve("descriptors", other, Path(sys.argv[1]))
print(resolve("descriptors", "mine.py:Mine", Path(sys.argv[1])).code)
"""


def version(folder, *others):
    """As a process of its own sees it, after it has imported other plug-ins."""
    done = subprocess.run(
        [sys.executable, "-c", VERSION, str(folder), *others], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def plugin(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import near\nfrom pack.inner import thing\n\nclass Mine:\n    pass\n"
    )
    (tmp_path / "near.py").write_text("from json import loads\nimport far\n")
    (tmp_path / "far.py").write_text("VALUE = 1\n")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "inner.py").write_text("thing = 1\n")
    (tmp_path / "stranger.py").write_text("class Other:\n    pass\n")
    return tmp_path


def test_what_a_plugin_imports_is_found_by_reading(plugin):
    names = {path.relative_to(plugin).as_posix() for path in imported_beside(plugin / "mine.py")}
    assert names == {"mine.py", "near.py", "far.py", "pack/__init__.py", "pack/inner.py"}


@pytest.mark.parametrize("name", ["mine.py", "near.py", "far.py", "pack/inner.py"])
def test_an_edit_changes_the_version(plugin, name):
    before = version(plugin)
    (plugin / name).write_text((plugin / name).read_text() + "\nmore = 1\n")
    assert version(plugin) != before


def test_what_else_lies_or_is_imported_there_does_not(plugin):
    before = version(plugin)
    assert version(plugin, "stranger.py:Other") == before
    (plugin / "stranger.py").write_text("class Other:\n    x = 1\n")
    assert version(plugin) == before


def test_a_process_keeps_the_version_that_it_imported(plugin):
    found = resolve("descriptors", "mine.py:Mine", plugin)
    (plugin / "far.py").write_text("VALUE = 2\n")
    assert code_version(found.target) == found.code
    assert code_version(found.target()) == found.code


def test_ours_have_their_packages_version():
    assert code_version(DenseSIFT) == code_version(HOG()) == package_version("engineered")
    assert code_version(build) == package_version("learned") != package_version("engineered")
