"""`conceptbench serve` as a user starts and ends it, and what it refuses."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("waitress")
pytest.importorskip("werkzeug")

SCRIPT = Path(sys.executable).parent / "conceptbench"


@pytest.fixture
def run(tmp_path):
    """A run folder whose execution has only just begun."""
    folder = tmp_path / "run"
    folder.mkdir()
    info = {
        "schema": 1, "suite": {"name": "s", "title": "Seen live"}, "tasks": [], "systems": [],
        "plan": [], "jobs": 1, "finished": None,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(info))
    return folder


def first_line(process, seconds=60):
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    assert ready, "nothing was printed"
    return process.stdout.readline()


def test_it_prints_its_address_answers_and_ends_cleanly(run):
    # As a terminal would: a shell in the background may have told its children to ignore it.
    def heed():
        signal.signal(signal.SIGINT, signal.default_int_handler)

    process = subprocess.Popen(
        [SCRIPT, "serve", run, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, preexec_fn=heed, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        found = re.match(r"(http://127\.0\.0\.1:(\d+)/)  \(Ctrl-C ends it\)", first_line(process))
        assert found
        with urllib.request.urlopen(found[1], timeout=20) as answer:
            assert b"Seen live" in answer.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "ended" in out
    assert err == ""
    for _ in range(20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(found[2]))):
                break
        time.sleep(0.1)
    else:
        pytest.fail("the port is still open")
    # It left nothing behind in the run.
    assert [path.name for path in run.iterdir()] == ["run.json"]


def test_wrong_use_is_told(run, tmp_path, conceptbench):
    assert "is not a run folder" in conceptbench("serve", tmp_path, expect=2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = conceptbench("serve", run, "--port", port, expect=2)
    assert f"port {port} cannot be had" in said
    assert "--port 0" in said


def test_without_its_library_it_says_how_to_install_it(run, tmp_path, conceptbench):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "waitress.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'waitress'\", name='waitress')\n"
    )
    path = os.pathsep.join(
        filter(None, [str(tmp_path / "hidden"), os.environ.get("PYTHONPATH", "")])
    )
    said = conceptbench("serve", run, expect=2, PYTHONPATH=path)
    assert "pip install 'conceptbench[serve]'" in said
