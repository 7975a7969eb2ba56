"""What a trial's fitted system says of where in an image its evidence lies.

A report never trains, so the maps are made while the system is at hand. A detector may define

    explain(image, concept)

`image` being (height, width, 3) uint8 and `concept` a column of its scores. It returns a reason
(str) why it cannot tell, or an object with the attributes

- ``score``: the concept's score of the image;
- ``rest``: what of it no place accounts for, such as a bias;
- ``map``: (rows, columns), whose cells tile the image; or ``values``, (m,), and ``frames``,
  (m, 3): contributions at x, y and scale in pixels, of patches four scales wide. Above 0 is for
  the concept;
- ``exact``: whether map and rest add up to the score by what the system is, not by estimate;
- ``method``: a few words.

It is optional: a detector without it has no maps, and its trial's record says so.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

import numpy as np

from benchmarks.harness.evidence_map import CELLS, from_map, from_places
from benchmarks.harness.plan import PlannedTrial
from benchmarks.suites.spec import Suite
from benchmarks.tasks.base import Split, Task, taught_concepts

#: Concepts, and test images of each.
CONCEPTS, IMAGES = 8, 2
#: Seconds after which a trial makes no further map.
PATIENCE = 30.0


def wants_explanation(trial: PlannedTrial, suite: Suite) -> bool:
    """Whether a trial is of its task's first seed and largest training size, and no control."""
    spec = next(spec for spec in suite.tasks if spec.name == trial.task)
    largest = max(spec.train_sizes, default=None)
    first = (spec.seeds or suite.seeds)[0]
    return trial.seed == first and trial.train_size == largest and not trial.control


def choose_pairs(task: Task, split: Split) -> list[tuple[int, int]]:
    """Choose the images and concepts that all systems explain.

    Parameters
    ----------
    task : Task
    split : Split

    Returns
    -------
    list of (sample, concept)
        Two test positives of at most eight concepts, which are spread evenly over those that
        are trained and have test positives; the first of each concept come first. Which is
        settled by a hash of the samples' and concepts' names, so that no system has a say.
    """
    positive = task.annotations[split.test] == 1
    able = np.flatnonzero(positive.any(axis=0) & taught_concepts(task.annotations[split.train]))
    if len(able) > CONCEPTS:
        able = able[np.linspace(0, len(able) - 1, CONCEPTS).round().astype(int)]
    pairs = []
    for concept in able:
        samples = split.test[positive[:, concept]]
        ranked = sorted(samples, key=lambda sample: _hash(task, int(sample), int(concept)))
        pairs += [(rank, int(concept), int(s)) for rank, s in enumerate(ranked[:IMAGES])]
    return [(sample, concept) for _, concept, sample in sorted(pairs)]


def explain_pairs(
    system: Any, task: Task, pairs: list[tuple[int, int]], columns: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Ask a fitted system where its evidence lies; whatever goes wrong is a reason, no failure.

    Parameters
    ----------
    system : object
        Fitted.
    task : Task
    pairs : list of (sample, concept)
        From `choose_pairs`.
    columns : ndarray of shape (n_concepts,), bool
        The concepts that it was trained on, in the order of its scores.

    Returns
    -------
    arrays : dict of str to ndarray
        ``explained``, ``maps`` and ``evidence``, see docs/results.md; empty without a map.
    record : dict
        ``method`` and ``exact`` of the maps, how many there are, of how many, the seconds
        they took, and a ``reason`` where any is missing.
    """
    started = time.perf_counter()
    explained, maps, evidence = [], [], []
    record: dict[str, Any] = {"method": None, "exact": None, "reason": None}
    column_of = np.cumsum(columns) - 1
    for sample, concept in pairs:
        if time.perf_counter() - started > PATIENCE:
            record["reason"] = record["reason"] or f"maps took more than {PATIENCE:.0f} s"
            break
        try:
            told = _explained(system, task.collection[sample], int(column_of[concept]))
        except Exception as error:  # noqa: BLE001 -- the scores are there, and are what counts
            told = f"{type(error).__name__}: {error}"
        if isinstance(told, str):
            record["reason"] = record["reason"] or told
            continue
        found, numbers, method, exact = told
        explained.append((sample, concept))
        maps.append(found)
        evidence.append(numbers)
        record |= {"method": method, "exact": exact}
    record |= {
        "maps": len(maps),
        "asked": len(pairs),
        "wall_s": round(time.perf_counter() - started, 3),
    }
    if not maps:
        return {}, record
    return {
        "explained": np.array(explained, np.int64),
        "maps": np.stack(maps),
        "evidence": np.array(evidence, np.float64),
    }, record


def _explained(
    system: Any, image: np.ndarray, column: int
) -> str | tuple[np.ndarray, tuple[float, float, float, float], str, bool]:
    """Return a map as shares of its largest magnitude, and that, sum, score and rest."""
    if not hasattr(system, "explain"):
        return f"{type(system).__name__} does not tell where its evidence lies"
    told = system.explain(image, column)
    if isinstance(told, str):
        return told
    if getattr(told, "map", None) is not None:
        found = from_map(told.map)
        total = float(np.sum(told.map, dtype=np.float64))
    else:
        found = from_places(told.values, told.frames, image.shape)
        total = float(np.sum(told.values, dtype=np.float64))
    numbers = (float(told.score), total, float(told.rest))
    if found.shape != (CELLS, CELLS) or not np.isfinite([*numbers, found.sum()]).all():
        return "the map holds NaN or infinite values"
    largest = float(np.abs(found).max())
    if not largest:
        return "no place of the image speaks for or against the concept"
    shares = (found / largest).astype(np.float16)
    return shares, (*numbers, largest), str(told.method), bool(told.exact)


def _hash(task: Task, sample: int, concept: int) -> str:
    name = f"{task.collection.ids[sample]}\x1f{task.concepts[concept]}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
