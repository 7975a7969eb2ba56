"""Samples as thumbnails, each decoded once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PIL import Image

from benchmarks.collection import ImageCollection

#: The samples of a task by its name, None where they are not at hand.
Images = Callable[[str], ImageCollection | None]

#: Pixels of a picture's longer side at most, where many stand beside each other.
EDGE = 112
#: Twice what a strip shows, for looking closer.
CLOSE = 224


class Pictures:
    """The thumbnails of a collection's samples, kept once they are made.

    Parameters
    ----------
    collection : ImageCollection
    edge : int
        Of their longer sides, in pixels, at most.
    """

    def __init__(self, collection: ImageCollection, edge: int = EDGE) -> None:
        self._collection = collection
        self._edge = edge
        self._made: dict[int, tuple[bytes, int, int]] = {}

    def prepare(self, samples: Iterable[int]) -> None:
        """Make the thumbnails of many samples, decoding ahead in threads."""
        new = sorted(set(samples) - self._made.keys())
        if not new:
            return
        for sample, image in zip(new, self._collection[np.array(new)]):
            self._made[sample] = thumbnail(image, self._edge)

    def __getitem__(self, sample: int) -> tuple[bytes, int, int]:
        """Return a sample's JPEG, its width and its height in pixels."""
        if sample not in self._made:
            self._made[sample] = thumbnail(self._collection[sample], self._edge)
        return self._made[sample]


def thumbnail(image: np.ndarray, edge: int = EDGE) -> tuple[bytes, int, int]:
    """Return a picture as a small JPEG, its width and its height.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    edge : int
        Of the longer side, in pixels, at most; never more than the image has.
    """
    height, width = image.shape[:2]
    factor = min(1.0, edge / max(height, width))
    shape = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(image, shape, interpolation=cv2.INTER_AREA) if factor < 1 else image
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(small)).save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue(), *shape
