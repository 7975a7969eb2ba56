"""Synthetic runs: known qualities of systems in, a whole run folder out."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results.run import Run, write_task
from benchmarks.results.statistics import least_concepts
from benchmarks.results.store import StageCost, TrialFolder, write_json
from benchmarks.tasks.base import Split, Task
from reports import write

SCRIPT = "<script>alert('x')</script>"
TYPST = '#panic("typst") $x^2$ [a] @b <c> `d` *e* \\f'
QUOTES = '"quotes" & \'amp\'; url(#clip) id="a"'
RTL = "\u05e9\u05dc\u05d5\u05dd \u202e drow"
LONG = "l" + "o" * 210 + "ng"
HOSTILE = (SCRIPT, TYPST, QUOTES, RTL, LONG, "control\x07\x1b[31m", "__proto__", "{{ 7*7 }}")


class Memory:
    """Images that are made when they are asked for."""

    def load(self, index: int) -> np.ndarray:
        rng = np.random.default_rng(index)
        ground = rng.integers(0, 256, (1, 1, 3))
        ramp = np.linspace(0, 80, 90)[None, :, None]
        return np.clip(ground + ramp + np.zeros((60 + 10 * (index % 4), 1, 1)), 0, 255).astype(
            np.uint8
        )

    def digest(self, index: int) -> str:
        return hashlib.sha256(str(index).encode()).hexdigest()


@dataclass
class Quality:
    """A system to be made up: how well it separates positives from negatives.

    `signal` is the distance of the classes in standard deviations at the largest size; `slope`
    is what a halving of the training set costs; `tilt` adds to the odd concepts and takes from
    the even ones.
    """

    name: str
    family: str
    signal: float = 1.5
    slope: float = 0.3
    tilt: float = 0.0
    members: tuple[str, ...] = ()
    status: str = "complete"
    only: tuple[str, ...] | None = None
    noise_of: str | None = None


@dataclass
class Material:
    """A task to be made up."""

    name: str
    concepts: tuple[str, ...]
    samples: int = 240
    single_label: bool = False
    videos: bool = False
    sizes: tuple[int | None, ...] = (40, None)
    metrics: tuple[str, ...] = ("ap", "roc_auc")
    notes: list[str] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    unit: str = "samples"
    #: Places of test samples, of those of the test part, that are copies of training samples.
    copies: tuple[int, ...] = ()


def _annotations(material: Material, rng: np.random.Generator) -> np.ndarray:
    n, c = material.samples, len(material.concepts)
    if material.single_label:
        return np.eye(c, dtype=np.int8)[np.arange(n) % c]
    Y = (rng.random((n, c)) < 0.25).astype(np.int8)
    Y[rng.random((n, c)) < 0.08] = -1
    return Y


def make_task(material: Material) -> Task:
    """Return a task whose images are made up."""
    rng = np.random.default_rng(5)
    n = material.samples
    collection = ImageCollection(
        Memory(),
        [f"sample-{i}" for i in range(n)],
        [f"video-{i // 8}" for i in range(n)] if material.videos else None,
        [i % 8 for i in range(n)] if material.videos else None,
    )

    def split(seed: int, size: int | None) -> Split:
        order = np.arange(n)
        half = n // 2
        return Split(order[: half if size is None else min(size, half)], order[:0], order[half:])

    return Task(
        material.name, collection, material.concepts, _annotations(material, rng), split,
        size_unit=material.unit, single_label=material.single_label, metrics=material.metrics,
        description=f"Made up for a test: {material.name}.", notes=material.notes,
        excluded=material.excluded,
    )  # fmt: skip


def _scores(quality: Quality, task: Task, part: np.ndarray, seed: int, step: int) -> np.ndarray:
    Y = task.annotations[part].astype(float)
    rng = np.random.default_rng([seed, *map(ord, quality.noise_of or quality.name)])
    signal = quality.signal - quality.slope * step
    tilt = quality.tilt * np.where(np.arange(Y.shape[1]) % 2, 1, -1)
    return (np.maximum(Y, 0) * (signal + tilt) + rng.normal(size=Y.shape)).astype(np.float32)


def _stages(quality: Quality, trained: int, tested: int) -> list[StageCost]:
    weight = 1 + sum(map(ord, quality.name)) % 23
    if quality.family == "fused":
        return [
            StageCost("fit/fusion", 0.02, 0.02, 0.0, 150.0, trained, False),
            StageCost("predict/fusion", 0.002, 0.002, 0.0, 150.0, tested, False),
        ]
    cached = quality.family == "engineered"
    return [
        StageCost("fit/extract", 0.004 * weight * trained, 1.0, 0.0, 200.0, trained, cached),
        StageCost("fit/classifier", 0.3 * weight, 0.3, 0.0, 260.0 + weight, trained, False),
        StageCost("predict/extract", 0.004 * weight * tested, 1.0, 0.0, 200.0, tested, cached),
        StageCost("predict/scoring", 0.0005 * tested, 0.1, 0.0, 210.0, tested, False),
    ]


def make_run(
    folder: Path,
    materials: list[Material],
    systems: list[Quality],
    seeds: tuple[int, ...] = (0, 1),
) -> Run:
    """Write a run folder and return it, read.

    Parameters
    ----------
    folder : Path
        Made if need be.
    materials, systems : lists
        What is run on what; a system whose status is not "complete" ends so wherever it runs.
    seeds : tuple of int
    """
    plan = []
    tasks = {material.name: make_task(material) for material in materials}
    folder.mkdir(parents=True, exist_ok=True)
    for place, material in enumerate(materials):
        task = tasks[material.name]
        write_task(folder / "tasks" / material.name, task)
        for quality in systems:
            if quality.only is not None and material.name not in quality.only:
                continue
            for step, size in enumerate(reversed(material.sizes)):
                for seed in seeds:
                    key = f"{place}-{systems.index(quality)}-{step}-{seed}"
                    names = [s.name for s in systems]
                    members = [f"{place}-{names.index(m)}-{step}-{seed}" for m in quality.members]
                    entry = {
                        "key": key, "task": material.name, "system": quality.name,
                        "family": quality.family, "seed": seed, "train_size": size,
                    }  # fmt: skip
                    plan.append({**entry, "members": members})
                    _write_trial(folder, entry, quality, task, step, material.copies)
    source = '[suite]\nname = "synthetic"\n# ' + "\n# ".join(HOSTILE[:3])
    info: dict[str, Any] = {
        "schema": 1,
        "suite": {"name": "synthetic", "title": "A synthetic comparison",
                  "description": "Made-up systems of known quality.", "source": source},
        "command": "conceptbench run synthetic --jobs 2",
        "versions": {"python": "3.11.7", "numpy": "2.0.0"},
        "machine": {"system": "Linux", "processor": "x86_64", "cpus": 2, "memory_gib": 8.0,
                    "gpu": None},
        "git": {"commit": "0123456789abcdef", "dirty": True},
        "jobs": 2, "threads": 1,
        "started": "2026-01-02T03:04:05+00:00", "finished": "2026-01-02T03:06:05+00:00",
        "wall_s": 120.0,
        "tasks": [material.name for material in materials],
        "systems": [
            {"name": s.name, "family": s.family, "label": f"{s.name}, made up",
             "stages": ["first stage: a=1", "second stage"], "members": list(s.members)}
            for s in systems
        ],
        "plan": plan,
    }  # fmt: skip
    write_json(folder / "run.json", info)
    return Run(folder)


def _write_trial(
    folder: Path,
    entry: dict[str, Any],
    quality: Quality,
    task: Task,
    step: int,
    copies: tuple[int, ...] = (),
) -> None:
    files = TrialFolder(folder / "trials" / entry["key"])
    if quality.status == "missing":
        return
    if quality.status == "failed":
        files.write({
            **entry, "status": "failed", "reason": f"ValueError: {SCRIPT} went wrong",
            "where": "plugin.py:12 in fit",
            "traceback": f"Traceback (most recent call last):\n  File plugin.py\n{TYPST}",
        })  # fmt: skip
        return
    if quality.status == "skipped":
        files.write({**entry, "status": "skipped", "reason": "the task has no videos"})
        return
    split = task.split(entry["seed"], entry["train_size"])
    leaks = {"tested": len(split.test), "identical": len(copies), "near": 0}
    pairs = [(split.train[0], split.test[place], -1) for place in copies]
    files.write(
        {**entry, "status": "complete", "n_train": len(split.train), "leaks": leaks},
        {
            "leaks": np.array(pairs, np.int64).reshape(-1, 3),
            "scores": _scores(quality, task, split.test, entry["seed"], step),
            # Held out of training in turn, as there is no validation part.
            "val_scores": _scores(quality, task, split.train, entry["seed"] + 1000, step),
            "train": split.train, "val": split.train, "test": split.test,
        },
        _stages(quality, len(split.train), len(split.test)),
    )  # fmt: skip


SHOTS = Material(
    "shots", ("digit one", "digit two", "red ink", "crowded", *HOSTILE), samples=320, videos=True,
    sizes=(40, 80, None), metrics=("ap", "ap_voc07", "p_at_10", "roc_auc"),
    notes=["A laboratory: conclusions about photographs need photographs."],
    excluded=[(f"folder/{SCRIPT}.png", "truncated after 12 bytes")], unit="shots",
)  # fmt: skip
OBJECTS = Material(
    "objects", tuple(f"class {i:02d}" for i in range(30)), samples=600, single_label=True,
    sizes=(5, 10), metrics=("mean_class_accuracy", "top1_error"), unit="images a class",
)  # fmt: skip
SYSTEMS = [
    Quality("colour-histogram", "engineered", 0.9, tilt=-0.4),
    Quality("sift-bag-of-words", "engineered", 1.6, 0.25, tilt=-0.5),
    Quality(f"hog {TYPST}", "engineered", 1.3),
    Quality("small-cnn", "learned", 1.8, 0.6, tilt=0.5),
    Quality("perceptron", "learned", 1.0, 0.4),
    Quality("late-fusion", "fused", 2.4, 0.3, members=("sift-bag-of-words", "small-cnn")),
    Quality(
        "temporal", "fused", 2.42, 0.3, members=("late-fusion",), only=("shots",),
        noise_of="late-fusion",
    ),
    Quality("temporal-objects", "fused", members=("late-fusion",), status="skipped",
            only=("objects",)),
    Quality(f"broken {SCRIPT}", "learned", status="failed"),
]  # fmt: skip


def comparison(
    task: str, metric: str, a: str, b: str, d: float, low: float, high: float, p: float,
    significant: bool, question: str = "all pairs", hypotheses: int = 1, concepts: int = 12,
    smallest: float = float("nan"),
) -> dict[str, object]:  # fmt: skip
    """Return a row of the comparisons, at all training data."""
    return {
        "task": task, "train_size": None, "metric": metric, "system_a": a, "system_b": b,
        "difference": d, "low": low, "high": high, "p_value": p, "p_holm": p,
        "significant": significant, "question": question, "hypotheses": hypotheses,
        "concepts": concepts, "least_concepts": least_concepts(0.05, hypotheses), "units": 40,
        "smallest_difference": smallest,
    }  # fmt: skip


def images_of(*materials: Material) -> Callable[[str], ImageCollection | None]:
    """Return a source of images for the report; None for any other task."""
    tasks = {material.name: make_task(material).collection for material in materials}
    return tasks.get


@dataclass
class Written:
    """A run and its report."""

    run: Run
    files: dict[str, Path]

    @property
    def html(self) -> str:
        return self.files["html"].read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def synthetic() -> SimpleNamespace:
    """What makes synthetic runs, and the names inside that mean harm."""
    return SimpleNamespace(
        make_run=make_run, comparison=comparison, make_task=make_task, images_of=images_of,
        Quality=Quality, Material=Material, SHOTS=SHOTS, OBJECTS=OBJECTS, SYSTEMS=SYSTEMS,
        HOSTILE=HOSTILE, SCRIPT=SCRIPT, TYPST=TYPST, LONG=LONG, RTL=RTL,
    )  # fmt: skip


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The whole report of a run with two tasks, hostile names, failures and skips."""
    folder = tmp_path_factory.mktemp("report") / "run"
    run = make_run(folder, [SHOTS, OBJECTS], SYSTEMS)
    return Written(run, write(run, images_of(SHOTS)))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium, or a skip."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        path = p.chromium.executable_path
    if not Path(path).exists():
        pytest.skip("no Chromium: install Debian's, or `playwright install chromium`")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium for all tests of a process: two of them cannot be driven side by side."""
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
