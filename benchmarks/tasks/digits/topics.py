"""What a video is about: topics, and how they go on from shot to shot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

INKS = ("plain", "red", "blue", "green", "orange", "purple")
GROUNDS = ("smooth", "striped", "noisy")


@dataclass(frozen=True)
class Topic:
    """What videos on one subject show more often than others do.

    Attributes
    ----------
    name : str
        For people.
    digits : tuple of int
        Its favourite digits.
    ink : str
        Its favourite ink, one of `INKS`.
    ground : str
        Its favourite ground, one of `GROUNDS`.
    dark : float
        Probability of a dark ground.
    counts : tuple of float
        Probabilities of one, two, three and four digits in a shot.
    large : float
        Probability that one of the digits is large.
    """

    name: str
    digits: tuple[int, ...]
    ink: str
    ground: str
    dark: float
    counts: tuple[float, float, float, float]
    large: float


#: Every digit is a favourite of three or four topics, every ink and ground of several.
TOPICS = (
    Topic("market", (3, 7, 8), "red", "smooth", 0.1, (0.10, 0.15, 0.35, 0.40), 0.15),
    Topic("blackboard", (0, 2, 4, 6), "plain", "noisy", 0.9, (0.15, 0.25, 0.30, 0.30), 0.15),
    Topic("calendar", (1, 2, 5), "blue", "striped", 0.1, (0.20, 0.30, 0.30, 0.20), 0.25),
    Topic("race", (1, 7, 9), "red", "striped", 0.3, (0.45, 0.35, 0.10, 0.10), 0.75),
    Topic("telephone", (0, 5, 6, 9), "blue", "noisy", 0.5, (0.10, 0.20, 0.30, 0.40), 0.10),
    Topic("houses", (3, 4, 8), "green", "smooth", 0.3, (0.45, 0.35, 0.10, 0.10), 0.70),
    Topic("lottery", (1, 3, 5, 7, 9), "orange", "noisy", 0.3, (0.30, 0.35, 0.20, 0.15), 0.35),
    Topic("night", (0, 2, 6, 8), "purple", "striped", 0.9, (0.40, 0.35, 0.15, 0.10), 0.40),
)

#: How faithful a video is to its topic; the rest is drawn evenly.
FAVOUR = 0.75


@dataclass(frozen=True)
class Moment:
    """What one shot shows, before anything has a place.

    Attributes
    ----------
    digits : tuple of int
        One to four.
    inks : tuple of str
        The ink of each.
    ground : str
        One of `GROUNDS`.
    dark : bool
        Whether the ground is dark.
    large : bool
        Whether the first digit is large.
    hue : float
        Hue of the ground, 0 to 1.
    """

    digits: tuple[int, ...]
    inks: tuple[str, ...]
    ground: str
    dark: bool
    large: bool
    hue: float


def moments(
    topic: Topic, n_shots: int, persistence: float, rng: np.random.Generator
) -> Iterator[Moment]:
    """Tell the story of one video as a Markov chain.

    Parameters
    ----------
    topic : Topic
        Its subject.
    n_shots : int
        How many shots to tell.
    persistence : float
        Probability, 0 to 1, that a thing shown stays as it is in the next shot; what
        does not stay is drawn anew from the topic.
    rng : numpy.random.Generator
        Source of chance.

    Yields
    ------
    Moment
        One a shot, in order.
    """

    def stays() -> bool:
        return bool(rng.random() < persistence)

    def favoured(favourites: tuple, everything: tuple):
        pool = favourites if rng.random() < FAVOUR else everything
        return pool[rng.integers(len(pool))]

    def member(ink: str) -> tuple[int, str]:
        digit = favoured(topic.digits, tuple(range(10)))
        return digit, ink if rng.random() < 0.8 else INKS[rng.integers(len(INKS))]

    def count() -> int:
        return 1 + int(rng.choice(4, p=topic.counts))

    hue = float(rng.random())
    ink = favoured((topic.ink,), INKS)
    now = Moment(
        digits=(),
        inks=(),
        ground=favoured((topic.ground,), GROUNDS),
        dark=bool(rng.random() < topic.dark),
        large=bool(rng.random() < topic.large),
        hue=hue,
    )
    cast = [member(ink) for _ in range(count())]
    for shot in range(n_shots):
        if shot:
            if not stays():
                ink = favoured((topic.ink,), INKS)
                cast = [(digit, ink) for digit, _ in cast]
            if not stays():
                now = replace(
                    now,
                    ground=favoured((topic.ground,), GROUNDS),
                    dark=bool(rng.random() < topic.dark),
                    hue=float(rng.random()),
                )
            if not stays():
                now = replace(now, large=bool(rng.random() < topic.large))
            cast = [pair if stays() else member(ink) for pair in cast]
            if not stays():
                n = count()
                cast = cast[:n] + [member(ink) for _ in range(n - len(cast))]
        yield replace(
            now, digits=tuple(digit for digit, _ in cast), inks=tuple(tone for _, tone in cast)
        )
