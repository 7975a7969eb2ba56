"""Everything that needs a GPU, by one command: tests, speed, bf16 and the depth sweep.

``python -m benchmarks.gpu_check`` (or ``make gpu-check``) writes ``gpu.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

#: Of the network whose precisions are compared: enough work to fill a large card.
FULL = {"images": 2048, "image_size": 128, "epochs": 3}
QUICK = {"images": 32, "image_size": 32, "epochs": 1}
CLI = "from benchmarks.cli import main; main()"


class CheckError(RuntimeError):
    """A step that failed; says which command to look at."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all steps, and write what they found after each.

    Returns
    -------
    int
        0 if all went well, 1 if a step failed, 2 if there is no such device.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu_check", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N, or cpu to try it out")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"), help="what is written")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see it work")
    options = parser.parse_args(arguments)
    try:
        found: dict[str, Any] = {"device": describe(options.device)}
    except ValueError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    steps: dict[str, Callable[[], Any]] = {
        "tests": lambda: run_tests(options.quick),
        "training_loop": lambda: race_loop(options.quick),
        "precision": lambda: compare_precisions(options.device, options.quick),
        "depth": lambda: sweep_depth(options.device, options.quick),
    }
    failed = False
    for name, step in steps.items():
        print(f"{name} ...", flush=True)
        started = time.perf_counter()
        try:
            found[name] = step()
        except CheckError as problem:
            failed = True
            found[name] = {"error": str(problem)}
            print(f"error: {name}: {problem}", file=sys.stderr)
        found[name]["wall_s"] = round(time.perf_counter() - started, 1)
        options.out.write_text(json.dumps(found, indent=2) + "\n")
    print(f"written: {options.out}")
    return int(failed)


def describe(device: str) -> dict[str, Any]:
    """Name the device, its memory and the libraries.

    Raises
    ------
    ValueError
        If torch finds no such device.
    """
    import torch

    from benchmarks.harness.environment import machine

    about: dict[str, Any] = {"name": device, "torch": torch.__version__, **machine()}
    if device != "cpu":
        if not torch.cuda.is_available():
            raise ValueError(
                "torch finds no CUDA device: run this on a machine with a GPU and a CUDA build of "
                "torch (`make` takes one where there is an NVIDIA driver)"
            )
        card = torch.cuda.get_device_properties(device)
        about["name"], about["memory_gib"] = card.name, round(card.total_memory / 2**30, 1)
        about["cuda"] = torch.version.cuda
    return about


def run_tests(quick: bool) -> dict[str, Any]:
    """Run the tests marked ``gpu``; without a device they skip, and count as such."""
    import xml.etree.ElementTree as Xml

    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        chosen = ["tests/learned/training/test_precision.py"] if quick else ["tests/learned"]
        _call(
            [sys.executable, "-m", "pytest", "-q", "-m", "gpu", *chosen, f"--junitxml={report}"],
        )
        suite = next(Xml.parse(report).getroot().iter("testsuite"))
        return {key: int(suite.get(key, "0")) for key in ("tests", "skipped", "failures")}


def race_loop(quick: bool) -> dict[str, Any]:
    """Race the training loop on the CPU, on the GPU and bare; images a second of each."""
    from benchmarks.harness.threads import available_cpus
    from benchmarks.speed.images import take_images
    from benchmarks.speed.race import run_race
    from benchmarks.speed.training_loop import TrainingLoopRace

    race = TrainingLoopRace()
    size = race.quick if quick else race.size
    work = race.work(take_images(size.images, None), size, quick)
    standings = run_race(race, work, size.rounds, 1 if quick else available_cpus())
    rates = {}
    for standing in standings:
        if standing.status == "raced":
            name = f"{standing.contestant.name}, {standing.threads} threads"
            rates[name] = work.units / float(np.median(standing.seconds("wall")))
    left = {s.contestant.name: s.reason for s in standings if s.status != "raced"}
    return {"work": work.description, "images_per_second": rates, "left_out": left}


def compare_precisions(device: str, quick: bool) -> dict[str, Any]:
    """Train a ResNet-50 on noise in float32 and bf16; images a second, the last epochs."""
    from learned.detector import NetworkDetector
    from learned.networks.resnet import build_50

    size = QUICK if quick else FULL
    count, side, epochs = (int(size[name]) for name in ("images", "image_size", "epochs"))
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, size=(count, side, side, 3), dtype=np.uint8)
    Y = (rng.random((count, 10)) < 0.2).astype(np.int8)
    Y[:2] = [[0] * 10, [1] * 10]
    rates = {}
    for precision in ("float32", "bf16"):
        seconds = []
        # The first training also picks kernels: the difference to a longer one has none of that.
        for length in (1, 1 + epochs):
            detector = NetworkDetector(
                build_50,
                image_size=side,
                epochs=length,
                batch_size=64,
                precision=precision,
                device=device,
                random_state=0,
            )
            started = time.perf_counter()
            detector.fit(list(X), Y)
            seconds.append(time.perf_counter() - started)
        rates[precision] = count * epochs / (seconds[1] - seconds[0])
    return {"network": f"resnet-50 at {side} pixels, batches of 64", "images_per_second": rates}


def sweep_depth(device: str, quick: bool) -> dict[str, Any]:
    """Run the suite `depth`; mean AP and training seconds of each network."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "depth"
        command = [
            sys.executable, "-c", CLI, "run", "depth", "--device", device,
            "--out", str(run), "--cache", str(Path(folder) / "cache"),
        ]  # fmt: skip
        _call([*command, "--only", "perceptron"] if quick else command)
        results = pd.read_csv(run / "tables" / "results.csv", keep_default_na=False)
        costs = pd.read_csv(run / "tables" / "costs.csv")
    mean = results[(results.concept == "") & (results.metric == "ap")].set_index("system").value
    training = costs[costs.stage == "fit/train"].groupby("system").wall_s.sum()
    ap, seconds = mean.to_dict(), training.to_dict()
    return {"systems": {name: {"ap": ap[name], "train_s": seconds[name]} for name in ap}}


def _call(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise CheckError(f"exit status {done.returncode} of: {' '.join(command)}")


if __name__ == "__main__":
    raise SystemExit(main())
