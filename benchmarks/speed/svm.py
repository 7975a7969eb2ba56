"""Race: a linear SVM a concept, on rows of many dimensions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from benchmarks.speed.agreement import Agreement, equal_decisions
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work

#: Cost of a violated margin, of all contestants.
C = 10.0
#: Concepts that a peer trains which goes through all rows for each of them.
FEW = 4


class _Classifier(Contestant):
    """What all have in common: rows and annotations in, scores of unseen rows out."""

    def prepare(self) -> None:
        # The rows stay mapped: at full size they are 4 GB, which all contestants share.
        self.F, self.Y = self.work.arrays["train"], np.array(self.work.arrays["annotations"])

    @abstractmethod
    def train(self, F: np.ndarray, Y: np.ndarray) -> None:
        """Train all concepts and keep them."""

    @abstractmethod
    def scores(self, F: np.ndarray) -> np.ndarray:
        """Return the scores of rows for all concepts."""

    def first(self) -> None:
        # Two concepts on a part of the dimensions.
        self.train(np.ascontiguousarray(self.F[:, :1000]), self.Y[:, :2])

    def run(self) -> None:
        self.train(self.F, self.Y)

    def output(self) -> Outputs:
        return {"scores": self.scores(self.work.arrays["test"])}


class Ours(_Classifier):
    """One Gram matrix for all concepts."""

    name = "conceptbench"
    module = "engineered.classifiers.linear_svm"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.classifiers.linear_svm import LinearSVM

        self.LinearSVM = LinearSVM

    def train(self, F: np.ndarray, Y: np.ndarray) -> None:
        self.svm = self.LinearSVM(C=C).fit(F, Y)

    def scores(self, F: np.ndarray) -> np.ndarray:
        return self.svm.decision_function(F)


class ScikitLearn(_Classifier):
    """LIBLINEAR, one concept after the other, on the same objective."""

    name = "scikit-learn LinearSVC"
    module = "sklearn"
    distribution = "scikit-learn"
    differs = (
        "one against the rest, in the dual, at its own tolerance of 1e-4; has no threads; it "
        "trains as many concepts as the description says, and its time is multiplied to all"
    )

    @classmethod
    def part(cls, work: Work) -> float:
        return int(work.settings["few"]) / work.arrays["annotations"].shape[1]

    def load(self) -> None:
        from sklearn.svm import LinearSVC

        self.LinearSVC = LinearSVC

    def prepare(self) -> None:
        super().prepare()
        self.Y = self.Y[:, : int(self.work.settings["few"])]

    def train(self, F: np.ndarray, Y: np.ndarray) -> None:
        self.models = [
            self.LinearSVC(C=C, dual=True, random_state=0, max_iter=10_000).fit(F, y) for y in Y.T
        ]

    def scores(self, F: np.ndarray) -> np.ndarray:
        return np.column_stack([model.decision_function(F) for model in self.models])


class SVMRace(Race):
    """Time to train all concepts."""

    name = "svm"
    title = "Linear SVMs"
    contestants = (Ours, ScikitLearn)
    size = Size(images=600, rounds=3)
    quick = Size(images=20, rounds=2)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        order = np.random.default_rng(0).permutation(len(images.pixels))
        labels = images.labels[order]
        train = np.arange(len(order)) % 4 > 0
        concepts = [c for c in np.unique(labels) if (labels[train] == c).any()]
        if len(concepts) < 2:
            raise ValueError(
                "SVMs need images of two folders at least: give a folder tree with more, or "
                "raise --images"
            )
        Y = (labels[train, None] == np.array(concepts)).astype(np.int8)
        encode = _encoder(images, quick)
        F = _rows(encode, order[train])
        few = len(concepts) if quick else min(FEW, len(concepts))
        return Work(
            units=1,
            description=f"{len(F):,} Fisher vectors of {F.shape[1]:,} values, "
            f"{len(concepts)} concepts (the image's folder, or photograph), C = {C:g}; "
            f"scikit-learn {few} of them; decisions compared on {np.count_nonzero(~train)} "
            "other rows",
            settings={"few": few},
            arrays={
                "train": F,
                "annotations": Y,
                "test": _rows(encode, order[~train]),
            },
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        few = theirs["scores"].shape[1]
        return equal_decisions(ours["scores"][:, :few], theirs["scores"])


def _encoder(images: Images, quick: bool) -> Callable[[int], np.ndarray]:
    """Return what describes the image at a place by its Fisher vector."""
    from engineered.aggregation.fisher_vector import FisherVector
    from engineered.descriptors.dense_sift import DenseSIFT

    gaussians, components, step = (8, 8, 8) if quick else (256, 80, 6)
    sift = DenseSIFT(step=step)
    known = np.random.default_rng(0).permutation(len(images.pixels))[:100]
    encoder = FisherVector(
        gaussians,
        pca=components,
        grids=((1, 1), (2, 2), (3, 1)),
        max_vectors=50_000,
        max_iter=5,
        random_state=0,
    ).fit(np.concatenate([sift.extract(images.pixels[i])[0] for i in known]))

    def encode(place: int) -> np.ndarray:
        image = images.pixels[place]
        vectors, frames = sift.extract(image)
        return encoder.encode(vectors, frames, image.shape[:2])

    return encode


def _rows(encode: Callable[[int], np.ndarray], places: np.ndarray) -> np.ndarray:
    # Filled in place: a list of rows beside the array would need the memory twice.
    first = encode(places[0])
    rows = np.empty((len(places), len(first)), np.float32)
    rows[0] = first
    for row, place in enumerate(places[1:], start=1):
        rows[row] = encode(place)
    return rows
