"""The concepts of `digit-shots`, each decided by what is in the scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.tasks.digits.scene import LARGE, Scene


def _shows(digit: int) -> Callable[[Scene], bool]:
    return lambda scene: any(glyph.digit == digit for glyph in scene.glyphs)


def _written_in(ink: str) -> Callable[[Scene], bool]:
    return lambda scene: any(glyph.ink == ink for glyph in scene.glyphs)


#: A concept's name and whether it holds in a scene.
CONCEPTS: dict[str, Callable[[Scene], bool]] = {
    **{f"digit-{digit}": _shows(digit) for digit in range(10)},
    "red-ink": _written_in("red"),
    "blue-ink": _written_in("blue"),
    "mixed-inks": lambda scene: len({glyph.ink for glyph in scene.glyphs}) > 1,
    "striped-ground": lambda scene: scene.ground.kind == "striped",
    "noisy-ground": lambda scene: scene.ground.kind == "noisy",
    "large-digit": lambda scene: any(glyph.height >= LARGE[0] for glyph in scene.glyphs),
    "crowded": lambda scene: len(scene.glyphs) >= 3,
    "odd-only": lambda scene: all(glyph.digit % 2 for glyph in scene.glyphs),
}


def truth(scenes: Iterable[Scene]) -> np.ndarray:
    """Tell which concepts hold in which scenes.

    Parameters
    ----------
    scenes : iterable of Scene
        n of them.

    Returns
    -------
    ndarray of shape (n, c), int8
        1 where the concept holds, 0 where it does not; columns as in `CONCEPTS`.
    """
    rows = [[rule(scene) for rule in CONCEPTS.values()] for scene in scenes]
    return np.asarray(rows, dtype=np.int8).reshape(-1, len(CONCEPTS))
