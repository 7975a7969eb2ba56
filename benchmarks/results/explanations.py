"""Maps of evidence that a trial wrote, read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.results.store import TrialFolder


@dataclass(frozen=True)
class Explained:
    """Where in one image a system's evidence for one concept lies.

    Attributes
    ----------
    sample, concept : int
        Places in the task's samples and concepts.
    map : ndarray of shape (rows, columns), float32
        Its cells tile the image. Above 0 for the concept, below against it.
    score, total, rest : float
        The concept's score; the sum of the evidence; what of the score no place accounts for.
    """

    sample: int
    concept: int
    map: np.ndarray
    score: float
    total: float
    rest: float


def read_explained(files: TrialFolder) -> list[Explained]:
    """Return the maps of a trial whose record says that it has some.

    Raises
    ------
    ValueError, OSError
        For arrays that do not belong together, or are not there.
    """
    pairs, maps, evidence = (files.array(name) for name in ("explained", "maps", "evidence"))
    if not len(pairs) == len(maps) == len(evidence):
        raise ValueError(f"{files.folder}: the arrays of the maps are of different lengths")
    return [
        Explained(
            int(sample),
            int(concept),
            shares.astype(np.float32) * np.float32(largest),
            float(score),
            float(total),
            float(rest),
        )
        for (sample, concept), shares, (score, total, rest, largest) in zip(pairs, maps, evidence)
    ]
