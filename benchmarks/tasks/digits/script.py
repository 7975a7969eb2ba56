"""Which videos there are, and the shots they are made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np

from benchmarks.tasks.digits.concepts import CONCEPTS, truth
from benchmarks.tasks.digits.handwriting import SHARES, allotment
from benchmarks.tasks.digits.scene import Scene, compose
from benchmarks.tasks.digits.topics import TOPICS, Moment, moments

#: How many positives, and negatives, every concept has at least in each part.
LEAST = 2

#: How often a part is told anew, with other chances, until every concept is in it.
ATTEMPTS = 50


@dataclass(frozen=True)
class Recipe:
    """The parameters that all pixels follow from; `DigitShots` documents them."""

    seed: int
    train_shots: int
    val_shots: int
    test_shots: int
    shots_per_video: tuple[int, int]
    persistence: float
    image_size: int

    def text(self) -> str:
        """Return all parameters, as text that is the same in every process."""
        return repr(sorted(asdict(self).items()))


@dataclass(frozen=True)
class Shot:
    """One shot: its part, its video, its place in it, and what it shows."""

    part: str
    video: int
    place: int
    topic: int
    moment: Moment
    seed: tuple[int, ...]


@dataclass(frozen=True)
class Script:
    """All shots, those of one video in a row, and the concepts that hold in each."""

    shots: tuple[Shot, ...]
    held: np.ndarray


def video_lengths(n_shots: int, bounds: tuple[int, int], rng: np.random.Generator) -> list[int]:
    """Divide shots into videos.

    Parameters
    ----------
    n_shots : int
        How many shots there are.
    bounds : pair of int
        Shortest and longest video; the longest is at least twice the shortest less one.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    list of int
        Lengths that sum to `n_shots`, all within `bounds` unless there are too few shots
        for one video.
    """
    shortest, longest = bounds
    lengths = []
    left = n_shots
    while left > longest:
        length = min(int(rng.integers(shortest, longest + 1)), left - shortest)
        lengths.append(length)
        left -= length
    return [*lengths, left]


def _tell(recipe: Recipe, part: str, attempt: int) -> tuple[Shot, ...]:
    place = list(SHARES).index(part)
    rng = np.random.default_rng([recipe.seed, 1, place, attempt])
    n_shots = {"train": recipe.train_shots, "val": recipe.val_shots, "test": recipe.test_shots}
    lengths = video_lengths(n_shots[part], recipe.shots_per_video, rng)
    # Topics take turns, in an order drawn anew each round, so that none is missed.
    rounds = -(-len(lengths) // len(TOPICS))
    subjects = np.concatenate([rng.permutation(len(TOPICS)) for _ in range(rounds)])
    shots = []
    for video, (length, subject) in enumerate(zip(lengths, subjects, strict=False)):
        story = moments(TOPICS[subject], length, recipe.persistence, rng)
        for i, moment in enumerate(story):
            seed = (recipe.seed, 2, place, attempt, video, i)
            shots.append(Shot(part, video, i, int(subject), moment, seed))
    return tuple(shots)


def scene(recipe: Recipe, shot: Shot) -> Scene:
    """Return what is in a shot, from its own seed alone."""
    rng = np.random.default_rng(shot.seed)
    return compose(shot.moment, allotment(recipe.seed)[shot.part], rng, (*shot.seed, 3))


@lru_cache(maxsize=4)
def script(recipe: Recipe) -> Script:
    """Tell all videos: those of train, of val, of test.

    Parameters
    ----------
    recipe : Recipe
        What all follows from.

    Returns
    -------
    Script

    Raises
    ------
    ValueError
        If a part is too small to show every concept, and its absence.
    """
    shots: list[Shot] = []
    held: list[np.ndarray] = []
    for part in SHARES:
        for attempt in range(ATTEMPTS):
            told = _tell(recipe, part, attempt)
            holds = truth(scene(recipe, shot) for shot in told)
            fewest = np.minimum(holds.sum(axis=0), (1 - holds).sum(axis=0))
            if (fewest >= LEAST).all():
                break
        else:
            concept = list(CONCEPTS)[int(np.argmin(fewest))]
            raise ValueError(
                f"{part}_shots = {len(told)} is too few for each concept to be seen, and to be "
                f"absent, in {LEAST} shots ({concept!r} is not); raise {part}_shots"
            )
        shots.extend(told)
        held.append(holds)
    table = np.concatenate(held)
    table.setflags(write=False)
    return Script(tuple(shots), table)
