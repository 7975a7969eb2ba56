"""Race: the paired bootstrap of average precision beside a loop over scikit-learn's."""

from __future__ import annotations

import numpy as np

from benchmarks.speed.agreement import Agreement, largest_difference
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work


class Ours(Contestant):
    """All resamples of a system at once, systems side by side in threads."""

    name = "conceptbench"
    module = "benchmarks.results.statistics"
    distribution = "conceptbench"

    def load(self) -> None:
        from benchmarks.results.statistics import paired_bootstrap

        self.paired_bootstrap = paired_bootstrap

    def prepare(self) -> None:
        self.Y = np.array(self.work.arrays["Y"])
        self.scores = {
            str(i): array for i, array in enumerate(np.array(self.work.arrays["scores"]))
        }

    def first(self) -> None:
        self.resample({"0": self.scores["0"][:, :2]}, self.Y[:, :2], 64)

    def resample(self, scores: dict[str, np.ndarray], Y: np.ndarray, resamples: int) -> np.ndarray:
        return self.paired_bootstrap(
            scores, Y, "ap", resamples=resamples, threads=self.threads
        ).draws

    def run(self) -> None:
        self.result = self.resample(self.scores, self.Y, int(self.work.settings["resamples"]))

    def output(self) -> Outputs:
        share = int(self.work.settings["share"])
        return {"mean_ap": self.result[:share, : int(self.work.settings["few"])]}


class ScikitLearn(Contestant):
    """A resample written out, a call a concept.

    It does a few of the resamples of some of the systems, all of which cost the same.
    """

    name = "scikit-learn"
    module = "sklearn"
    distribution = "scikit-learn"
    differs = (
        "it does the part of the work that the description says, and its time is that of the part, "
        "multiplied; copies of a sample, tied, count as one cut instead of in expectation"
    )

    @classmethod
    def part(cls, work: Work) -> float:
        few, share = (int(work.settings[name]) for name in ("few", "share"))
        return few * share / work.units

    def load(self) -> None:
        from sklearn.metrics import average_precision_score

        self.average_precision_score = average_precision_score

    def prepare(self) -> None:
        settings = self.work.settings
        self.Y = np.array(self.work.arrays["Y"])
        self.systems = list(np.array(self.work.arrays["scores"][: int(settings["few"])]))
        # The same resamples as ours draws, from the same seed.
        rng = np.random.default_rng(0)
        n = len(self.Y)
        self.rows = [rng.integers(0, n, size=n) for _ in range(int(settings["share"]))]

    def mean(self, scores: np.ndarray, Y: np.ndarray) -> float:
        values = [
            self.average_precision_score(Y[:, i], scores[:, i])
            for i in range(Y.shape[1])
            if Y[:, i].any()
        ]
        return float(np.mean(values))

    def first(self) -> None:
        self.mean(self.systems[0][:, :2], self.Y[:, :2])

    def resample(self, rows: np.ndarray) -> list[float]:
        return [self.mean(scores[rows], self.Y[rows]) for scores in self.systems]

    def run(self) -> None:
        self.result = self.map(self.resample, self.rows)

    def output(self) -> Outputs:
        return {"mean_ap": np.array(self.result)}


class StatisticsRace(Race):
    """Seconds of a paired bootstrap; made-up scores, the same everywhere."""

    name = "statistics"
    title = "The paired bootstrap"
    contestants = (Ours, ScikitLearn)
    size = Size(images=1, rounds=2)
    quick = Size(images=1, rounds=1)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        systems, n, concepts, resamples, few, share = (
            (3, 300, 4, 100, 2, 10) if quick else (20, 10_000, 100, 2000, 1, 20)
        )
        rng = np.random.default_rng(0)
        Y = (rng.random((n, concepts)) < rng.uniform(0.01, 0.1, concepts)).astype(np.int8)
        scores = rng.normal(size=(systems, n, concepts)).astype(np.float32) + Y
        return Work(
            units=systems * resamples,
            description=f"{resamples:,} resamples of {systems} systems x {concepts} concepts x "
            f"{n:,} made-up scores, no images; scikit-learn {share} resamples of {few} "
            f"system{'s' * (few != 1)}: one part in {systems * resamples // (share * few):,}",
            settings={"resamples": resamples, "few": few, "share": share},
            arrays={"Y": Y, "scores": scores.astype(np.float32)},
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return largest_difference(ours["mean_ap"], theirs["mean_ap"])
