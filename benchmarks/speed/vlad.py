"""Race: VLAD, the sums of differences from the nearest centres."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from benchmarks.speed.agreement import Agreement, largest_difference
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.vectors import vectors_of_images
from benchmarks.speed.work import Work


class _Encoder(Contestant):
    """What all have in common: an image's vectors and centres in, a VLAD out.

    Each centre's sum of differences is brought to unit length, then the whole.
    """

    def prepare(self) -> None:
        self.vectors = [np.array(vectors) for vectors in self.work.items("vectors")]
        self.centres = np.array(self.work.arrays["centres"])

    @abstractmethod
    def encode(self, vectors: np.ndarray) -> np.ndarray:
        """Return the VLAD of one image."""

    def first(self) -> None:
        self.encode(self.vectors[0][:1000])

    def run(self) -> None:
        self.result = self.map(self.encode, self.vectors)

    def output(self) -> Outputs:
        return {"encoded": np.stack(self.result)}


class Ours(_Encoder):
    """As our pipelines encode."""

    name = "conceptbench"
    module = "engineered.aggregation.vlad"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.aggregation.vlad import VLAD

        self.VLAD = VLAD

    def prepare(self) -> None:
        super().prepare()
        self.encoder: Any = self.VLAD(len(self.centres))
        self.encoder.pca_, self.encoder.centres_ = None, self.centres

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        frames = np.zeros((len(vectors), 3), np.float32)
        return self.encoder.encode(vectors, frames, (1, 1))


class Definition(_Encoder):
    """What a user of NumPy and scikit-learn writes down from the paper."""

    name = "NumPy and scikit-learn"
    module = "sklearn"
    distribution = "scikit-learn"
    differs = "pairwise_distances_argmin, then a sum of differences a centre in a loop"

    def load(self) -> None:
        from sklearn.metrics import pairwise_distances_argmin

        self.nearest = pairwise_distances_argmin

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        labels = self.nearest(vectors, self.centres)
        sums = np.zeros_like(self.centres)
        for k, centre in enumerate(self.centres):
            sums[k] = (vectors[labels == k] - centre).sum(axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        sums /= np.where(lengths > 0, lengths, 1)
        return (sums / np.linalg.norm(sums)).ravel()


class VLFeat(_Encoder):
    """VLFeat's assignment and encoding."""

    name = "VLFeat vlad"
    module = "cyvlfeat"
    distribution = "cyvlfeat"
    differs = "kmeans_quantize, then vlad on the matrix of assignments that it wants"

    def load(self) -> None:
        from cyvlfeat.kmeans import kmeans_quantize
        from cyvlfeat.vlad import vlad

        self.quantize, self.vlad = kmeans_quantize, vlad

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        labels = self.quantize(vectors, self.centres)
        assignments = np.zeros((len(vectors), len(self.centres)), np.float32)
        assignments[np.arange(len(vectors)), labels] = 1
        return self.vlad(vectors, self.centres, assignments, normalize_components=True)


class VLADRace(Race):
    """Images encoded a second."""

    name = "vlad"
    title = "VLAD"
    unit = "images"
    contestants = (Ours, Definition, VLFeat)
    size = Size(images=16, rounds=5)
    quick = Size(images=2, rounds=2)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        from engineered.aggregation.kmeans import KMeans

        centres, step = (8, 8) if quick else (64, 4)
        found = [v for v in vectors_of_images(images.pixels, step) if len(v)]
        pooled = np.concatenate(found) if found else np.empty((0, 128), np.float32)
        if len(pooled) < centres:
            raise ValueError(f"{centres} centres need as many vectors, got {len(pooled)}")
        sample = np.random.default_rng(0).permutation(len(pooled))[: 200 * centres]
        kmeans = KMeans(centres, max_iter=10, random_state=0).fit(pooled[sample])
        work = Work(
            units=len(found),
            description=f"{len(found)} images, {len(pooled) / len(found):,.0f} RootSIFT vectors "
            f"of 128 values each; {centres} centres, assigned and summed, unit length a centre, "
            "then of all",
            arrays={"centres": kmeans.cluster_centers_},
        )
        work.add_items("vectors", found)
        return work

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return largest_difference(ours["encoded"], theirs["encoded"])
