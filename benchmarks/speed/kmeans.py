"""Race: a vocabulary of words by k-means."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from benchmarks.speed.agreement import Agreement, inertia
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.vectors import sample_vectors
from benchmarks.speed.work import Work

#: Of every contestant that takes a seed.
SEED = 0


class _Clusterer(Contestant):
    """What all have in common: rows in, centres out."""

    def prepare(self) -> None:
        self.X = self.work.arrays["vectors"]
        self.words = self.work.settings["words"]
        self.iterations = self.work.settings["iterations"]
        # Read once, so that no round waits for the disk.
        self.X.sum()

    @abstractmethod
    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        """Return the centres."""

    def first(self) -> None:
        self.cluster(np.ascontiguousarray(self.X[:2000]), 16)

    def run(self) -> None:
        self.result = self.cluster(self.X, self.words)

    def output(self) -> Outputs:
        return {"centres": np.asarray(self.result, np.float32)}


class Ours(_Clusterer):
    """As our aggregators learn their words."""

    name = "conceptbench"
    module = "engineered.aggregation.kmeans"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.aggregation.kmeans import KMeans

        self.KMeans = KMeans

    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        kmeans = self.KMeans(words, max_iter=self.iterations, random_state=SEED)
        return kmeans.fit(X).cluster_centers_


class ScikitLearn(_Clusterer):
    """Full Lloyd iterations, seeded by k-means++."""

    name = "scikit-learn KMeans"
    module = "sklearn"
    distribution = "scikit-learn"

    def load(self) -> None:
        from sklearn.cluster import KMeans

        self.KMeans = KMeans

    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        kmeans = self.KMeans(
            words, max_iter=self.iterations, n_init=1, algorithm="lloyd", random_state=SEED
        )
        return kmeans.fit(X).cluster_centers_


class MiniBatch(_Clusterer):
    """scikit-learn's approximation from small random parts."""

    name = "scikit-learn MiniBatch"
    module = "sklearn"
    distribution = "scikit-learn"
    differs = "an approximation; its iterations are passes over batches of 4,096"

    def load(self) -> None:
        from sklearn.cluster import MiniBatchKMeans

        self.MiniBatchKMeans = MiniBatchKMeans

    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        kmeans = self.MiniBatchKMeans(
            words, max_iter=self.iterations, batch_size=4096, n_init=1, random_state=SEED
        )
        return kmeans.fit(X).cluster_centers_


class Faiss(_Clusterer):
    """faiss on all vectors, not on the sample that it takes by default."""

    name = "faiss Kmeans"
    module = "faiss"
    distribution = "faiss-cpu"
    differs = "seeded by random vectors; all iterations are run"

    def load(self) -> None:
        import faiss

        self.faiss = faiss

    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        kmeans = self.faiss.Kmeans(
            X.shape[1],
            words,
            niter=self.iterations,
            max_points_per_centroid=len(X),
            min_points_per_centroid=1,
            seed=SEED + 1,
        )
        kmeans.train(X)
        return np.asarray(kmeans.centroids)


class VLFeat(_Clusterer):
    """VLFeat's acceleration by the triangle inequality (Elkan)."""

    name = "VLFeat kmeans, Elkan"
    module = "cyvlfeat"
    distribution = "cyvlfeat"
    differs = "seeded by random vectors; its threads are OpenMP's"

    def load(self) -> None:
        from cyvlfeat.kmeans import kmeans

        self.kmeans = kmeans

    def cluster(self, X: np.ndarray, words: int) -> np.ndarray:
        return self.kmeans(
            X, words, algorithm="ELKAN", max_num_iterations=self.iterations, num_repetitions=1
        )


class KMeansRace(Race):
    """Time to learn a vocabulary."""

    name = "kmeans"
    title = "k-means"
    contestants = (Ours, ScikitLearn, MiniBatch, Faiss, VLFeat)
    size = Size(images=200, rounds=2, vectors=1_000_000)
    quick = Size(images=4, rounds=2, vectors=8_000)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        assert size.vectors is not None
        words, iterations = (64, 10) if quick else (1024, 20)
        X, step = sample_vectors(images.pixels, size.vectors)
        if len(X) < words:
            raise ValueError(f"{words} words need at least as many vectors, got {len(X)}")
        return Work(
            units=1,
            description=f"{len(X):,} RootSIFT vectors (step {step}) of {X.shape[1]} values to "
            f"{words:,} words, at most {iterations} iterations",
            settings={"words": words, "iterations": iterations},
            arrays={"vectors": X},
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        X = work.arrays["vectors"]
        if "ours" not in work.settings:
            work.settings["ours"] = inertia(X, ours["centres"])
        return Agreement(
            "inertia of ours over theirs", work.settings["ours"] / inertia(X, theirs["centres"])
        )
