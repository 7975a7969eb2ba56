"""Shots as a source of images: a recipe that draws them when asked."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from benchmarks.tasks.digits.drawing import draw
from benchmarks.tasks.digits.handwriting import handwriting_digest
from benchmarks.tasks.digits.script import Recipe, scene, script


@lru_cache(maxsize=1)
def _artist() -> str:
    """Hash of everything but the recipe that pixels depend on: digits, code, libraries."""
    total = hashlib.sha256(handwriting_digest().encode())
    total.update(f"cv2 {cv2.__version__} numpy {np.__version__}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


class DrawnShots:
    """Shots drawn from a recipe; pickles as the recipe alone.

    Parameters
    ----------
    recipe : Recipe
        What all pixels follow from.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def load(self, index: int) -> np.ndarray:
        """Draw shot `index`: (image_size, image_size, 3) uint8 RGB."""
        return draw(scene(self.recipe, script(self.recipe).shots[index]), self.recipe.image_size)

    def digest(self, index: int) -> str:
        """Hash what the pixels of shot `index` follow from; nothing is drawn."""
        return hashlib.sha256(f"{_artist()} {self.recipe.text()} {index}".encode()).hexdigest()
