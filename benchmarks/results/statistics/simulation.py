"""Do intervals cover and tests reject as often as they say? Answered on made-up test sets.

`python -m benchmarks.results.statistics.simulation` prints the tables of docs/statistics.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.results.metrics import evaluate
from benchmarks.results.statistics.bootstrap import paired_bootstrap
from benchmarks.results.statistics.permutation import sign_flip_test

CONCEPTS = 5
QUANTITIES = ("a", "b", "a - b")


class ScoredSamples(NamedTuple):
    """Two systems' scores on samples that belong to videos.

    Attributes
    ----------
    scores : dict of arrays of shape (n, c)
        Of systems "a" and "b"; errors are shared in part, as those of real systems are.
    Y : array of shape (n, c), int8
    video : array of shape (n,), int
        Each sample its own where samples are independent.
    """

    scores: dict[str, NDArray[np.float64]]
    Y: NDArray[np.int8]
    video: NDArray[np.int64]


Draw = Callable[[int, np.random.Generator], ScoredSamples]


def independent_samples(n: int, rng: np.random.Generator) -> ScoredSamples:
    """Draw samples that have nothing to do with each other; concepts of 5 to 40 %."""
    Y = (rng.random((n, CONCEPTS)) < np.linspace(0.05, 0.4, CONCEPTS)).astype(np.int8)
    common = rng.normal(size=Y.shape)
    scores = {
        name: gain * Y + 0.7 * common + 0.7 * rng.normal(size=Y.shape)
        for name, gain in (("a", 1.3), ("b", 1.0))
    }
    return ScoredSamples(scores, Y, np.arange(n))


def shots_of_videos(videos: int, rng: np.random.Generator) -> ScoredSamples:
    """Draw videos of 10 to 30 shots whose concepts, and whose errors, have much in common."""
    video = np.repeat(np.arange(videos), rng.integers(10, 31, videos))
    shape = (videos, CONCEPTS)
    rate = np.where(rng.random(shape) < 0.5, rng.uniform(0.3, 0.9, shape), 0.03)
    Y = (rng.random((len(video), CONCEPTS)) < rate[video]).astype(np.int8)
    common, common_of_video = rng.normal(size=Y.shape), rng.normal(size=shape)
    scores = {}
    for name, gain in (("a", 1.3), ("b", 1.0)):
        of_video = 0.5 * common_of_video + 0.4 * rng.normal(size=shape)
        scores[name] = gain * Y + 0.6 * common + 0.6 * rng.normal(size=Y.shape) + of_video[video]
    return ScoredSamples(scores, Y, video)


def _quantities(drawn: ScoredSamples, metric: str) -> NDArray[np.float64]:
    a, b = (evaluate(metric, drawn.scores[name], drawn.Y).mean for name in ("a", "b"))
    return np.array([a, b, a - b])


def coverage(
    draw: Draw,
    size: int,
    metric: str = "ap",
    by_video: bool = True,
    repetitions: int = 1000,
    resamples: int = 1000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return how often nominal 95 % intervals hold the true value.

    The true value is the mean over test sets of the same size, four times as many as are then
    tried.

    Parameters
    ----------
    draw : callable, (size, generator) -> ScoredSamples
        `independent_samples` or `shots_of_videos`.
    size : int
        Samples, or videos.
    metric : str
    by_video : bool
        Whether whole videos are resampled, or single samples.
    repetitions, resamples, seed : int

    Returns
    -------
    array of shape (3,), float64
        For the mean over concepts of system a, of b, and for their difference; in [0, 1], with a
        standard error of about 0.007 for 1,000 repetitions.
    """
    rng = np.random.default_rng(seed)
    truth = np.mean([_quantities(draw(size, rng), metric) for _ in range(4 * repetitions)], axis=0)
    covered = np.zeros(3)
    for repetition in range(repetitions):
        drawn = draw(size, rng)
        groups = drawn.video if by_video else None
        found = paired_bootstrap(drawn.scores, drawn.Y, metric, groups, resamples, repetition)
        intervals = (found.systems["a"], found.systems["b"], found.differences["a", "b"])
        covered += [
            interval.low <= value <= interval.high for interval, value in zip(intervals, truth)
        ]
    return covered / repetitions


def rejections(
    concepts: int, seeds: int = 1, repetitions: int = 2000, level: float = 0.05, seed: int = 0
) -> float:
    """Return how often the sign-flip test rejects where neither system is better.

    A concept has a true difference of its own, symmetrical around zero with long tails, and
    seeds scatter around it: those of one concept are not independent pairs.

    Parameters
    ----------
    concepts, seeds, repetitions : int
    level : float
    seed : int

    Returns
    -------
    float
        In [0, 1].
    """
    rng = np.random.default_rng(seed)
    rejected = 0
    for _ in range(repetitions):
        differences = rng.laplace(size=concepts) + 0.5 * rng.normal(size=(seeds, concepts))
        rejected += sign_flip_test(differences, resamples=999).p_value <= level
    return rejected / repetitions


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repetitions", type=int, default=1000, help="test sets a row")
    parser.add_argument("--metric", default="ap")
    chosen = parser.parse_args()
    print(f"coverage of nominal 95 % intervals of {chosen.metric}, {chosen.repetitions} test sets")
    print(f"| test set | resampled | {' | '.join(QUANTITIES)} |\n|---|---|---|---|---|")
    rows: list[tuple[str, Draw, int, bool]]
    rows = [("samples", independent_samples, n, True) for n in (100, 300, 1000, 2000)]
    rows += [("videos", shots_of_videos, n, True) for n in (8, 12, 20, 50)]
    rows += [("videos", shots_of_videos, n, False) for n in (8, 20, 50)]
    for what, draw, size, by_video in rows:
        found = coverage(draw, size, chosen.metric, by_video, chosen.repetitions)
        unit = "videos" if what == "videos" and by_video else "samples"
        cells = " | ".join(f"{value:.1%}" for value in found)
        print(f"| {size:,} {what} | {unit} | {cells} |", flush=True)
    print(f"\nrejections by the 5 % sign-flip test of a true null, {2 * chosen.repetitions} times")
    print("| concepts | seeds | rejected |\n|---|---|---|")
    for concepts, seeds in ((6, 1), (8, 1), (10, 1), (20, 1), (20, 5), (100, 1)):
        rate = rejections(concepts, seeds, 2 * chosen.repetitions)
        print(f"| {concepts} | {seeds} | {rate:.1%} |", flush=True)


if __name__ == "__main__":
    main()
