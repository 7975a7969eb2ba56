"""Race: Fisher vectors of 256 Gaussians."""

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

#: Vectors a Gaussian that the mixture is learned from.
SAMPLE = 100


class _Encoder(Contestant):
    """What all have in common: an image's vectors and a mixture in, a Fisher vector out.

    Before power law and normalisation, which hide differences.
    """

    def prepare(self) -> None:
        self.vectors = [np.array(vectors) for vectors in self.work.items("vectors")]
        arrays = self.work.arrays
        self.weights, self.means, self.variances = (
            np.array(arrays[name]) for name in ("weights", "means", "variances")
        )

    @abstractmethod
    def encode(self, vectors: np.ndarray) -> np.ndarray:
        """Return the Fisher vector of one image."""

    def first(self) -> None:
        self.encode(self.vectors[0][:1000])

    def run(self) -> None:
        self.result = self.map(self.encode, self.vectors)

    def output(self) -> Outputs:
        return {"encoded": np.stack(self.result)}


class Ours(_Encoder):
    """Posteriors by one product, moments by those that count."""

    name = "conceptbench"
    module = "engineered.aggregation.fisher_vector"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.aggregation import fisher_vector, gaussian_mixture

        self.FisherVector = fisher_vector.FisherVector
        self.Mixture = gaussian_mixture.DiagonalGaussianMixture

    def prepare(self) -> None:
        super().prepare()
        mixture = self.Mixture(len(self.weights))
        mixture.weights_ = self.weights
        mixture.means_, mixture.variances_ = self.means, self.variances
        self.encoder: Any = self.FisherVector(len(self.weights), pca=None)
        self.encoder.pca_, self.encoder.mixture_ = None, mixture

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        frames = np.zeros((len(vectors), 3), np.float32)
        return self.encoder.gradients(vectors, frames, (1, 1))[0]


class ScikitImage(_Encoder):
    """The definition, in double precision."""

    name = "scikit-image"
    module = "skimage"
    distribution = "scikit-image"
    differs = "also by the weights (left out of the comparison)"

    def load(self) -> None:
        from skimage.feature import fisher_vector
        from sklearn.mixture import GaussianMixture

        self.fisher_vector, self.GaussianMixture = fisher_vector, GaussianMixture

    def prepare(self) -> None:
        super().prepare()
        mixture = self.GaussianMixture(len(self.weights), covariance_type="diag")
        mixture.weights_, mixture.means_ = self.weights, self.means
        mixture.covariances_ = self.variances
        mixture.precisions_cholesky_ = 1 / np.sqrt(self.variances)
        self.mixture = mixture

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        return self.fisher_vector(vectors, self.mixture)

    def output(self) -> Outputs:
        # Gradients by weights, means and deviations, the last ones with the other sign.
        encoded = np.stack(self.result)[:, len(self.weights) :]
        half = encoded.shape[1] // 2
        return {"encoded": np.concatenate([encoded[:, :half], -encoded[:, half:]], axis=1)}


class VLFeat(_Encoder):
    """VLFeat in its exact mode."""

    name = "VLFeat fisher"
    module = "cyvlfeat"
    distribution = "cyvlfeat"
    differs = "drops posteriors under 1e-6; cyvlfeat holds Python's lock"
    fast = False

    def load(self) -> None:
        from cyvlfeat.fisher import fisher

        self.fisher = fisher

    def prepare(self) -> None:
        super().prepare()
        self.weights, self.means, self.variances = (
            a.astype(np.float32) for a in (self.weights, self.means, self.variances)
        )

    def encode(self, vectors: np.ndarray) -> np.ndarray:
        return self.fisher(vectors, self.means, self.variances, self.weights, fast=self.fast)


class VLFeatFast(VLFeat):
    """VLFeat with every vector given to its likeliest Gaussian alone."""

    name = "VLFeat fisher, fast"
    differs = "every vector counts for its likeliest Gaussian alone"
    fast = True


class FisherRace(Race):
    """Images encoded a second."""

    name = "fisher"
    title = "Fisher vectors"
    unit = "images"
    contestants = (Ours, ScikitImage, VLFeat, VLFeatFast)
    size = Size(images=16, rounds=5)
    quick = Size(images=2, rounds=2)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        from engineered.aggregation.gaussian_mixture import DiagonalGaussianMixture
        from engineered.aggregation.local_pca import LocalPCA

        gaussians, components, step = (16, 16, 8) if quick else (256, 80, 4)
        found = [v for v in vectors_of_images(images.pixels, step) if len(v)]
        pooled = np.concatenate(found) if found else np.empty((0, 128), np.float32)
        if len(pooled) < gaussians:
            raise ValueError(f"{gaussians} Gaussians need as many vectors, got {len(pooled)}")
        random = np.random.default_rng(0)
        sample = random.permutation(len(pooled))[: SAMPLE * gaussians]
        pca = LocalPCA(components).fit(pooled[sample])
        mixture = DiagonalGaussianMixture(gaussians, max_iter=5, random_state=0)
        mixture.fit(pca.transform(pooled[sample]))
        work = Work(
            units=len(found),
            description=f"{len(found)} images, {len(pooled) / len(found):,.0f} RootSIFT vectors "
            f"each, by PCA to {components} values; {gaussians} Gaussians; before power law and "
            "normalisation",
            arrays={
                "weights": mixture.weights_,
                "means": mixture.means_,
                "variances": mixture.variances_,
            },
        )
        work.add_items("vectors", [np.ascontiguousarray(pca.transform(v)) for v in found])
        return work

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return largest_difference(ours["encoded"], theirs["encoded"])
