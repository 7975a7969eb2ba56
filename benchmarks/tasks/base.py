"""A task: samples, concepts, annotations, splits and the protocol to evaluate them by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.collection import ImageCollection
from benchmarks.results.metrics.strata import checked_strata


@dataclass(frozen=True)
class Split:
    """Which samples are trained on, tuned on and tested on.

    Attributes
    ----------
    train, val, test : ndarray of int
        Indices into the collection, disjoint. `val` may be empty: scores for tuning are
        then made out of fold on `train`.
    """

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray


#: (seed, training size or None for all) -> Split
Splitter = Callable[[int, int | None], Split]


def taught_concepts(Y: np.ndarray) -> np.ndarray:
    """Tell which concepts training annotations can teach.

    Parameters
    ----------
    Y : ndarray of shape (n, c), int8
        1 positive, 0 negative, -1 unjudged; of the training samples.

    Returns
    -------
    ndarray of shape (c,), bool
        True where there is a positive and a negative.
    """
    return np.asarray((Y == 1).any(axis=0) & (Y == 0).any(axis=0))


@dataclass
class Task:
    """Samples annotated with concepts, and how they are to be split and evaluated.

    Parameters
    ----------
    name : str
        Unique in a suite.
    collection : ImageCollection
        The samples, n of them.
    concepts : sequence of str
        Their c concepts.
    annotations : ndarray of shape (n, c), int8
        1 positive, 0 negative, -1 unjudged.
    splitter : callable
        ``splitter(seed, train_size) -> Split``.
    size_unit : str
        What a training size counts, as an axis label: "shots", "images a class".
    single_label : bool
        Whether exactly one concept holds in each sample.
    metrics : sequence of str
        The first is the headline.
    mirror : bool
        Whether a mirrored image shows the same concepts (digits and text do not).
    description : str
        One or two sentences for the report.
    notes : list of str
        Remarks the report must show (a laboratory task, known bias ...).
    excluded : list of (path, reason)
        Samples left out because they could not be read.
    strata : ndarray of shape (n, c), int8, optional
        Where judgments were sampled from, for `infap` and `xinfap`: the stratum of each sample in
        the pool of each concept, -1 outside it; see `benchmarks.results.metrics.strata`. None
        where samples were annotated rather than judged from pools.
    """

    name: str
    collection: ImageCollection
    concepts: Sequence[str]
    annotations: np.ndarray
    splitter: Splitter
    size_unit: str = "images"
    single_label: bool = False
    metrics: Sequence[str] = ("ap", "ap_voc07", "p_at_10", "roc_auc")
    mirror: bool = True
    description: str = ""
    notes: list[str] = field(default_factory=list)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    strata: np.ndarray | None = None

    def __post_init__(self) -> None:
        self.concepts = tuple(self.concepts)
        self.annotations = np.asarray(self.annotations, dtype=np.int8)
        expected = (len(self.collection), len(self.concepts))
        if self.annotations.shape != expected:
            raise ValueError(
                f"task {self.name}: annotations are {self.annotations.shape}, not {expected}"
            )
        if not np.isin(self.annotations, (-1, 0, 1)).all():
            raise ValueError(f"task {self.name}: annotations must be 1, 0 or -1")
        if len(set(self.concepts)) != len(self.concepts):
            raise ValueError(f"task {self.name}: two concepts have the same name")
        if self.strata is not None:
            try:
                self.strata = checked_strata(self.strata, self.annotations)
            except ValueError as error:
                raise ValueError(f"task {self.name}: {error}") from error

    @property
    def has_videos(self) -> bool:
        """Whether samples are shots of videos."""
        return self.collection.video is not None and self.collection.shot is not None

    @property
    def fingerprint(self) -> str:
        """Hash of samples, concepts, annotations and videos: what a trial's result rests on."""
        total = hashlib.sha256(self.collection.fingerprint.encode())
        total.update("\x1f".join(self.concepts).encode())
        total.update(self.annotations.tobytes())
        total.update("\x1f".join(self.collection.ids).encode())
        total.update(b"one concept a sample" if self.single_label else b"any concepts")
        video, shot = self.collection.video, self.collection.shot
        total.update(b"no video" if video is None else "\x1f".join(video).encode())
        total.update(b"no shot" if shot is None else shot.tobytes())
        if self.strata is not None:
            total.update(b"strata" + self.strata.tobytes())
        return total.hexdigest()

    def split(self, seed: int, train_size: int | None = None) -> Split:
        """Return the split for one seed and training size, checked to be disjoint.

        Parameters
        ----------
        seed : int
            Draws the training samples (and all of the split where it is not given).
        train_size : int, optional
            In `size_unit`; everything by default.

        Raises
        ------
        ValueError
            If the size asks for more than there is, or parts overlap or are empty.
        """
        split = self.splitter(seed, train_size)
        parts = np.concatenate([split.train, split.val, split.test])
        if len(np.unique(parts)) != len(parts):
            raise ValueError(f"task {self.name}: train, val and test overlap (seed {seed})")
        if not len(split.train) or not len(split.test):
            raise ValueError(f"task {self.name}: the split for seed {seed} has an empty part")
        return split
