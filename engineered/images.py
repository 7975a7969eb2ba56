"""What the engineered stages need to know of a collection of images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np


class Images(Protocol):
    """A sequence of ``(height, width, 3)`` uint8 RGB images; a list of arrays is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> np.ndarray: ...

    def __iter__(self) -> Iterator[np.ndarray]: ...


def check_image(image: np.ndarray) -> np.ndarray:
    """Return the image if it is RGB with 8 bits a channel and has pixels.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB, 0 to 255.

    Returns
    -------
    ndarray of shape (height, width, 3), uint8
        The same image, C-contiguous.

    Raises
    ------
    ValueError
        If shape or type are others.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(
            "an image must be a (height, width, 3) uint8 RGB array with at least one pixel, "
            f"got shape {image.shape} and type {image.dtype}"
        )
    return np.ascontiguousarray(image)
