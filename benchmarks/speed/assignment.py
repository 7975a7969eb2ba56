"""Race: the nearest word of every vector, beside the matrix product that it takes."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from benchmarks.speed.agreement import Agreement, equal_labels
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.vectors import sample_vectors
from benchmarks.speed.work import Work

#: Rows that the bare product is taken of at a time: its result fits the cache, as ours does.
#: The whole product of a million rows and a thousand words would fill 4 GB and be slower.
BLOCK = 1024


class _Assigner(Contestant):
    """What all have in common: rows and centres in, labels out."""

    def prepare(self) -> None:
        self.X = self.work.arrays["vectors"]
        self.centres = np.array(self.work.arrays["centres"])
        # Read once, so that no round waits for the disk.
        self.X.sum()

    @abstractmethod
    def assign(self, X: np.ndarray) -> np.ndarray:
        """Return the labels."""

    def first(self) -> None:
        self.assign(np.ascontiguousarray(self.X[:2000]))

    def run(self) -> None:
        self.result = self.assign(self.X)

    def output(self) -> Outputs:
        return {"labels": np.asarray(self.result, np.int64).ravel()}


class Ours(_Assigner):
    """As our encoders assign."""

    name = "conceptbench"
    module = "engineered.aggregation.nearest"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.aggregation.nearest import nearest_centres

        self.nearest_centres = nearest_centres

    def assign(self, X: np.ndarray) -> np.ndarray:
        return self.nearest_centres(X, self.centres)[0]


class Product(_Assigner):
    """The product alone: what no assignment by products can be faster than."""

    name = "numpy.dot alone"
    module = "numpy"
    distribution = "numpy"
    differs = f"the bare product of the same shapes, {BLOCK:,} rows at a time into one buffer"
    limit = True
    comparable = False

    def load(self) -> None:
        return

    def prepare(self) -> None:
        super().prepare()
        self.transposed = np.ascontiguousarray(self.centres.T)
        self.products = np.empty((BLOCK, len(self.centres)), np.float32)

    def assign(self, X: np.ndarray) -> np.ndarray:
        for start in range(0, len(X), BLOCK):
            rows = X[start : start + BLOCK]
            np.dot(rows, self.transposed, out=self.products[: len(rows)])
        return self.products


class ScikitLearn(_Assigner):
    """The assignment inside scikit-learn's k-means."""

    name = "scikit-learn predict"
    module = "sklearn"
    distribution = "scikit-learn"

    def load(self) -> None:
        from sklearn.cluster import KMeans

        self.KMeans = KMeans

    def prepare(self) -> None:
        super().prepare()
        self.kmeans = self.KMeans(len(self.centres), init=self.centres, n_init=1, max_iter=1)
        self.kmeans.fit(self.centres)
        self.kmeans.cluster_centers_ = self.centres

    def assign(self, X: np.ndarray) -> np.ndarray:
        return self.kmeans.predict(X)


class Faiss(_Assigner):
    """Search in a flat index."""

    name = "faiss IndexFlatL2"
    module = "faiss"
    distribution = "faiss-cpu"

    def load(self) -> None:
        import faiss

        self.faiss = faiss

    def prepare(self) -> None:
        super().prepare()
        self.index = self.faiss.IndexFlatL2(self.centres.shape[1])
        self.index.add(self.centres)

    def assign(self, X: np.ndarray) -> np.ndarray:
        return self.index.search(X, 1)[1]


class VLFeat(_Assigner):
    """Every distance in turn."""

    name = "VLFeat kmeans_quantize"
    module = "cyvlfeat"
    distribution = "cyvlfeat"
    differs = "its threads are OpenMP's"

    def load(self) -> None:
        from cyvlfeat.kmeans import kmeans_quantize

        self.kmeans_quantize = kmeans_quantize

    def assign(self, X: np.ndarray) -> np.ndarray:
        return self.kmeans_quantize(X, self.centres)


class AssignmentRace(Race):
    """Vectors assigned a second."""

    name = "assignment"
    title = "Assignment to words"
    unit = "vectors"
    contestants = (Ours, Product, ScikitLearn, Faiss, VLFeat)
    size = Size(images=200, rounds=3, vectors=1_000_000)
    quick = Size(images=4, rounds=2, vectors=8_000)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        assert size.vectors is not None
        words = 64 if quick else 1024
        X, step = sample_vectors(images.pixels, size.vectors)
        if len(X) < words:
            raise ValueError(f"{words} words need at least as many vectors, got {len(X)}")
        return Work(
            units=len(X),
            description=f"{len(X):,} RootSIFT vectors (step {step}) of {X.shape[1]} values to "
            f"{words:,} words",
            arrays={"vectors": X, "centres": _words(X, words)},
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return equal_labels(ours["labels"], theirs["labels"])


def _words(X: np.ndarray, words: int) -> np.ndarray:
    """Learn words from a part of the vectors; what they are matters little here."""
    from engineered.aggregation.kmeans import KMeans

    return KMeans(words, max_iter=3, random_state=0).fit(X[: 50 * words]).cluster_centers_
