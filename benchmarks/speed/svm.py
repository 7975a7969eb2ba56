"""Race: a linear SVM a concept, on rows of many dimensions."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from benchmarks.speed.agreement import Agreement, equal_decisions
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work

#: Cost of a violated margin, of all contestants.
C = 10.0


class _Classifier(Contestant):
    """What all have in common: rows and annotations in, scores of unseen rows out."""

    def prepare(self) -> None:
        arrays = self.work.arrays
        self.F, self.Y = np.array(arrays["train"]), np.array(arrays["annotations"])

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
    differs = "one against the rest, in the dual, at its own tolerance of 1e-4; has no threads"

    def load(self) -> None:
        from sklearn.svm import LinearSVC

        self.LinearSVC = LinearSVC

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
        rows, labels = _rows(images, quick)
        train = np.arange(len(rows)) % 4 > 0
        concepts = [c for c in np.unique(labels) if (labels[train] == c).any()]
        if len(concepts) < 2:
            raise ValueError(
                "SVMs need images of two folders at least: give a folder tree with more, or "
                "raise --images"
            )
        Y = (labels[train, None] == np.array(concepts)).astype(np.int8)
        return Work(
            units=1,
            description=f"{train.sum():,} Fisher vectors of {rows.shape[1]:,} values, "
            f"{len(concepts)} concepts (the image's folder, or photograph), C = {C:g}; decisions "
            f"compared on {np.count_nonzero(~train)} other rows",
            arrays={"train": rows[train], "annotations": Y, "test": rows[~train]},
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return equal_decisions(ours["scores"], theirs["scores"])


def _rows(images: Images, quick: bool) -> tuple[np.ndarray, np.ndarray]:
    """Describe images by Fisher vectors; return them in an order that mixes the labels."""
    from engineered.aggregation.fisher_vector import FisherVector
    from engineered.descriptors.dense_sift import DenseSIFT

    gaussians, components, step = (8, 8, 8) if quick else (64, 64, 6)
    sift = DenseSIFT(step=step)
    order = np.random.default_rng(0).permutation(len(images.pixels))
    sample = np.concatenate([sift.extract(images.pixels[i])[0] for i in order[:100]])
    encoder = FisherVector(
        gaussians,
        pca=components,
        grids=((1, 1), (2, 2)),
        max_vectors=50_000,
        max_iter=5,
        random_state=0,
    ).fit(sample)
    rows = []
    for i in order:
        image = images.pixels[i]
        vectors, frames = sift.extract(image)
        rows.append(encoder.encode(vectors, frames, image.shape[:2]))
    return np.stack(rows), images.labels[order]
