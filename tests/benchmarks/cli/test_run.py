"""`conceptbench run`, through the real command: complete, resumed, killed, wrong, failing."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.suites.loading import find

SCRIPT = Path(sys.executable).parent / "conceptbench"


def trial_records(run: Path) -> dict[str, dict]:
    plan = json.loads((run / "run.json").read_text())["plan"]
    return {
        planned["key"]: json.loads((run / "trials" / planned["key"] / "trial.json").read_text())
        for planned in plan
    }


def complete_trials(run: Path) -> dict[str, float]:
    """When each trial's record was written, for trials that are complete."""
    found = {}
    for path in (run / "trials").glob("*/trial.json"):
        if json.loads(path.read_text())["status"] == "complete":
            found[path.parent.name] = path.stat().st_mtime_ns
    return found


def test_quickstart_at_tiny_size(conceptbench, tmp_path):
    """The whole quickstart, every system of it, with one seed, less data and fewer epochs."""
    text = find("quickstart").read_text().replace("seeds = [0, 1]", "seeds = [0]")
    tiny = text.replace(
        'task = "digit-shots"\ntrain_sizes = [100, 300, 900]',
        'task = { name = "digit-shots", train_shots = 150, val_shots = 60, test_shots = 80 }\n'
        "train_sizes = [75, 150]",
    )
    assert tiny != text
    lines = []
    for line in tiny.splitlines():
        if line.startswith("training"):
            continue
        lines.append(line)
        if line.startswith("network"):
            lines.append("training = { epochs = 2, image_size = 32 }")
    path = tmp_path / "tiny.toml"
    path.write_text("\n".join(lines))
    output = conceptbench("run", path, "--out", "runs/tiny")
    run = tmp_path / "runs" / "tiny"
    assert f"{run / 'report.html'}" in output.replace("\n", "")
    assert (run / "report.html").stat().st_size > 50_000
    assert (run / "report.pdf").read_bytes().startswith(b"%PDF")
    records = trial_records(run)
    assert {record["status"] for record in records.values()} == {"complete"}
    frame = pd.read_csv(run / "tables" / "results.csv", keep_default_na=False, na_values=[""])
    info = json.loads((run / "run.json").read_text())
    systems = [system["name"] for system in info["systems"]]
    assert list(frame["system"].unique()) == systems
    assert set(frame["family"]) == {"engineered", "learned", "fused"}
    assert frame["value"].between(0, 1).all()
    costs = pd.read_csv(run / "tables" / "costs.csv")
    assert (costs["wall_s"] >= 0).all()
    assert set(costs["system"]) == set(systems)
    # Asked for again: nothing is computed, nothing is written.
    before = complete_trials(run)
    stamp = (run / "report.html").stat().st_mtime_ns
    output = conceptbench("run", path, "--out", "runs/tiny")
    assert f"All {len(records)} trials are complete already" in output
    assert complete_trials(run) == before
    assert (run / "report.html").stat().st_mtime_ns == stamp


def test_features_found_in_a_cache_give_what_computed_ones_gave(conceptbench, engineered, tmp_path):
    for name in ("one", "two"):
        conceptbench("run", engineered, "--no-report", "--out", name)
    one, two = (tmp_path / name / "tables" for name in ("one", "two"))
    assert (one / "results.csv").read_bytes() == (two / "results.csv").read_bytes()
    for folder, cached in ((one, False), (two, True)):
        costs = pd.read_csv(folder / "costs.csv")
        words = costs[
            (costs["system"] == "words") & costs["stage"].str.contains("encode|vocabulary")
        ]
        assert words["cached"].all() == cached


@pytest.mark.parametrize(
    ("suite", "pause", "trials"),
    [("small", 4.0, 20), pytest.param("quickstart", 25.0, 60, marks=pytest.mark.slow)],
)
def test_killed_ten_times_it_ends_as_another_run_in_a_fresh_folder_does(
    conceptbench, small, tmp_path, suite, pause, trials
):
    """The second with a cache of its own, so that everything is computed again."""
    suite = small if suite == "small" else suite
    conceptbench("run", suite, "--no-report", "--out", "quiet")
    rng = random.Random(20261124)
    environment = {**os.environ, "CONCEPTBENCH_CACHE": str(tmp_path / "other-cache")}
    run = tmp_path / "killed"
    seen: dict[str, float] = {}
    killed_at_work = 0
    for _ in range(10):
        (run / ".lock").unlink(missing_ok=True)
        process = subprocess.Popen(
            [str(SCRIPT), "run", str(suite), "--no-report", "--out", str(run)],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # Whoever runs the tests in the background may have told them to ignore it.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        # From the moment that the run's folder is locked, work is under way.
        begin = time.monotonic()
        first, log = len(complete_trials(run)), run / "log.jsonl"
        events = log.read_text().count('"event": "trial"') if log.exists() else 0
        while process.poll() is None and not (run / ".lock").exists():
            time.sleep(0.02)
            assert time.monotonic() - begin < 120
        time.sleep(rng.uniform(0.3, pause))
        if process.poll() is None and log.read_text().count('"event": "trial"') > events:
            killed_at_work += 1  # a trial was under way
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = complete_trials(run)
        assert len(now) >= first
        # What was complete has not been written again.
        assert {key: now.get(key) for key in seen} == seen
        seen = now
    assert killed_at_work >= 5
    conceptbench(
        "run", suite, "--no-report", "--out", run, CONCEPTBENCH_CACHE=str(tmp_path / "other-cache")
    )
    final = complete_trials(run)
    assert {key: final.get(key) for key in seen} == seen
    assert len(final) == trials
    quiet = tmp_path / "quiet" / "tables" / "results.csv"
    assert (run / "tables" / "results.csv").read_bytes() == quiet.read_bytes()


def test_ctrl_c_leaves_a_run_that_goes_on(conceptbench, engineered, tmp_path):
    environment = {**os.environ, "CONCEPTBENCH_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [str(SCRIPT), "run", str(engineered), "--out", "run"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background may have told them to ignore it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    begin = time.monotonic()
    while not complete_trials(tmp_path / "run"):
        time.sleep(0.05)
        assert process.poll() is None
        assert time.monotonic() - begin < 120
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "the same command goes on" in output
    assert "Traceback" not in output, output
    before = complete_trials(tmp_path / "run")
    assert before
    output = conceptbench("run", engineered, "--no-report", "--out", "run")
    found = "1 trial is" if len(before) == 1 else f"{len(before)} trials are"
    assert f"{found} complete already" in output
    after = complete_trials(tmp_path / "run")
    assert {key: after[key] for key in before} == before


def test_a_failed_trial_is_recorded_and_the_others_finish(conceptbench, small, tmp_path):
    (tmp_path / "bad.py").write_text(
        "import os, numpy as np\n"
        "class Raises:\n    def transform(self, X):\n        raise RuntimeError('no such luck')\n"
        "class NotFinite:\n    def transform(self, X):\n"
        "        return np.full((len(X), 3), np.nan, np.float32)\n"
        "class Dies:\n    def transform(self, X):\n        os.kill(os.getpid(), 9)\n"
    )
    suite = 'name = "bad"\n[[tasks]]\nname = "d"\n'
    suite += 'task = { name = "digit-shots", train_shots = 80, val_shots = 40, test_shots = 40 }\n'
    for name in ("Raises", "NotFinite", "Dies"):
        suite += f'[[systems]]\nname = "{name}"\ndescriptor = "bad.py:{name}"\n'
        suite += 'classifier = "linear-svm"\n'
    suite += '[[systems]]\nname = "good"\ndescriptor = "colour-histogram"\n'
    suite += 'classifier = "linear-svm"\n'
    suite += '[[systems]]\nname = "fused"\nfusion = "late"\nmembers = ["good", "Raises"]\n'
    (tmp_path / "bad.toml").write_text(suite)
    output = conceptbench("run", "bad.toml", expect=1)
    assert "4 of 5 trials failed" in output
    assert "no such luck; bad.py:4 in transform" in " ".join(output.split())
    run = tmp_path / "runs" / "bad"
    assert (run / "report.html").is_file()
    failures = pd.read_csv(run / "tables" / "failures.csv").set_index("system")
    assert "no such luck" in failures.loc["Raises", "error"]
    assert failures.loc["Raises", "where"] == "bad.py:4 in transform"
    assert "NaN or infinite values" in failures.loc["NotFinite", "error"]
    assert "SIGKILL" in failures.loc["Dies", "error"]
    assert "its member Raises failed" in failures.loc["fused", "error"]
    assert set(pd.read_csv(run / "tables" / "results.csv")["system"]) == {"good"}
    # A failure is never cached: mended, only what failed is run again.
    before = complete_trials(run)
    text = (tmp_path / "bad.py").read_text()
    text = text.replace("raise RuntimeError('no such luck')", "return np.ones((len(X), 2))")
    (tmp_path / "bad.py").write_text(text)
    conceptbench("run", "bad.toml", "--no-report", "--only", "Raises")
    after = complete_trials(run)
    assert len(after) == 2
    assert {key: after[key] for key in before} == before


def test_a_worker_that_cannot_begin_is_a_failure_like_any_other(conceptbench, tmp_path):
    """Data that vanishes between the plan and the work."""
    (tmp_path / "fickle.py").write_text(
        "import pathlib\nfrom benchmarks.tasks.digit_shots import DigitShots\n"
        "class Fickle(DigitShots):\n    def load(self, name):\n"
        "        mark = pathlib.Path(__file__).with_name('planned')\n"
        "        if mark.exists():\n            raise OSError('the disk was pulled out')\n"
        "        mark.touch()\n        return super().load(name)\n"
    )
    (tmp_path / "s.toml").write_text(
        'name = "s"\n[[tasks]]\nname = "d"\ntask = { name = "fickle.py:Fickle", '
        "train_shots = 80, val_shots = 60, test_shots = 60 }\n"
        '[[systems]]\nname = "a"\ndescriptor = "hog"\nclassifier = "linear-svm"\n'
    )
    output = conceptbench("run", "s.toml", "--no-report", expect=1)
    assert "1 of 1 trial failed" in output
    failures = pd.read_csv(tmp_path / "runs/s/tables/failures.csv")
    assert failures["status"].tolist() == ["failed"]
    assert "the disk was pulled out" in failures["error"][0]


def test_a_changed_plugin_is_run_again_and_no_other(conceptbench, small, tmp_path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        "import numpy as np\nclass Mean:\n    def transform(self, X):\n"
        "        return np.array([i.mean(axis=(0, 1)) for i in X], np.float32)\n"
    )
    small.write_text(
        small.read_text().partition("[[systems]]")[0].replace("[0, 1]", "[0]")
        + '[[systems]]\nname = "mean"\ndescriptor = "mine.py:Mean"\nclassifier = "linear-svm"\n'
        + '[[systems]]\nname = "colour"\ndescriptor = "colour-histogram"\n'
        + 'classifier = "linear-svm"\n'
    )
    conceptbench("run", small, "--no-report")
    run = tmp_path / "runs" / "small"

    def values(system):
        frame = pd.read_csv(run / "tables" / "results.csv")
        return frame[frame["system"] == system]["value"].to_numpy()

    before, mean, colour = complete_trials(run), values("mean"), values("colour")
    plugin.write_text(plugin.read_text().replace("i.mean", "i.astype(float).std"))
    conceptbench("run", small, "--no-report")
    after = complete_trials(run)
    assert {key: after[key] for key in before} == before  # the old ones lie there untouched
    assert len(after) == len(before) + 2
    assert (values("mean") != mean).any()
    assert (values("colour") == colour).all()


def test_systems_that_do_not_apply_are_listed_with_their_reason(
    conceptbench, folder_of_classes, tmp_path
):
    (tmp_path / "s.toml").write_text(
        f'name = "s"\n[[tasks]]\nname = "crops"\ntrain_sizes = [4]\n'
        f'task = {{ name = "folder", path = "{folder_of_classes}" }}\n'
        '[[systems]]\nname = "colour"\ndescriptor = "colour-histogram"\n'
        'classifier = "linear-svm"\n'
        '[[systems]]\nname = "smoothed"\nrescorer = "temporal"\nmember = "colour"\n'
    )
    output = conceptbench("run", "s.toml", "--no-report")
    assert "1 trial skipped as not applicable" in output
    failures = pd.read_csv(tmp_path / "runs/s/tables/failures.csv")
    assert failures["status"].tolist() == ["skipped"]
    assert "video" in failures["error"][0]
    assert "All 2 trials are complete already" in conceptbench("run", "s.toml", "--no-report")
