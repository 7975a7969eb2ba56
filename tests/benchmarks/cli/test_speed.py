"""`conceptbench speed`, through the real command, without peers that need installing."""

import contextlib
import csv
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).parent / "conceptbench"

#: Read by Python as it starts: a machine on which no optional peer is installed.
WITHOUT_PEERS = """
from importlib.machinery import PathFinder

found = PathFinder.find_spec


def find_spec(name, path=None, target=None):
    hidden = name.partition(".")[0] in ("cyvlfeat", "faiss", "kornia")
    return None if hidden else found(name, path, target)


PathFinder.find_spec = find_spec
"""


@pytest.fixture
def bare(tmp_path):
    """Variables for a machine without peers or data."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WITHOUT_PEERS)
    return {"PYTHONPATH": str(tmp_path / "site"), "CONCEPTBENCH_DATA": None, "COLUMNS": "160"}


def test_a_quick_race_without_peers(conceptbench, tmp_path, bare):
    output = conceptbench("speed", "assignment", "--quick", "--csv", "speed.csv", **bare)
    flat = " ".join(output.split())
    for said in (
        "8,000 RootSIFT vectors (step 4) of 128 values to 64 words",
        "photographs embedded in scikit-image and scikit-learn",
        "1 thread each; wall time, medians of 2 rounds",
        "scikit-learn predict",
        "equal labels",
        "faiss IndexFlatL2 is not installed: pip install faiss-cpu",
        "VLFeat kmeans_quantize is not installed: Debian, Ubuntu: apt-get install libvlfeat-dev",
    ):
        assert said in flat
    assert "reaches" in flat  # a share of the bare product
    with (tmp_path / "speed.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    status = {row["contestant"]: row["status"] for row in rows}
    assert status["conceptbench"] == status["numpy.dot alone"] == "raced"
    assert status["faiss IndexFlatL2"] == "missing"
    assert sum(row["contestant"] == "conceptbench" for row in rows) == 2


def test_images_of_a_folder(conceptbench, folder_of_classes, bare):
    output = conceptbench(
        "speed", "svm", "--quick", "--data", folder_of_classes, "--rounds", "1", **bare
    )
    flat = " ".join(output.split())
    assert f"20 of 23 images under {folder_of_classes}" in flat
    assert "2 concepts" in flat
    assert "scikit-learn LinearSVC" in flat
    assert "medians of 1 round taken" in flat


def test_without_a_name_it_lists_who_takes_part(conceptbench, bare):
    output = conceptbench("speed", **bare)
    for said in ("dense-sift", "OpenCV SIFT.compute", "not installed: pip install faiss-cpu"):
        assert said in output
    assert "conceptbench speed fisher --data" in conceptbench("speed", "--help", **bare)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dens-sift"], "there is no race 'dens-sift'; did you mean 'dense-sift'?"),
        (["svm", "--vectors", "5"], "svm takes no --vectors"),
        (["svm", "--clock", "wal"], "there is no clock 'wal'; did you mean 'wall'?"),
        (["svm", "--threads", "100000"], "--threads 100000: this machine has"),
        (["svm", "--rounds", "0"], "Invalid value for '--rounds'"),
        (["svm", "--data", "absent"], "which is not a folder"),
        (["svm", "--data", "site"], "holds no images"),
        (["kmeans", "--quick", "--vectors", "10"], "64 words need at least as many vectors"),
    ],
)
def test_wrong_use(conceptbench, bare, arguments, message):
    output = conceptbench("speed", *arguments, expect=2, **bare)
    assert message in " ".join(output.split())


def test_ctrl_c_leaves_nothing(tmp_path, bare):
    environment = {**os.environ, **bare, "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    environment = {name: value for name, value in environment.items() if value is not None}
    process = subprocess.Popen(
        [str(SCRIPT), "speed", "kmeans", "--quick", "--rounds", "1000000", "--csv", "speed.csv"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background may have told them to ignore it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        begin = time.monotonic()
        while not list((tmp_path / "tmp").glob("conceptbench-speed-*/work/work.json")):
            time.sleep(0.05)
            assert process.poll() is None
            assert time.monotonic() - begin < 120
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
        output, _ = process.communicate(timeout=60)
    finally:
        # A million rounds would outlive a test that fails.
        with contextlib.suppress(ProcessLookupError):
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130, output
    assert "interrupted; nothing is kept" in output
    assert "Traceback" not in output, output
    assert list((tmp_path / "tmp").glob("conceptbench-speed-*")) == []
    assert not (tmp_path / "speed.csv").exists()
    # No process of the group is left, once Python's own watcher of resources has gone, too.
    deadline = time.monotonic() + 20
    while alive(process.pid):
        time.sleep(0.05)
        assert time.monotonic() < deadline


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
