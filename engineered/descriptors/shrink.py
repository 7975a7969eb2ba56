"""Large images made smaller, so that a descriptor costs no more than it tells."""

from __future__ import annotations

import cv2
import numpy as np


def shrink(image: np.ndarray, max_side: int | None) -> np.ndarray:
    """Return an image whose longest side is at most so many pixels.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, channels)
        Any type that OpenCV resizes.
    max_side : int or None
        Longest side allowed, in pixels; None leaves all images at their size.

    Returns
    -------
    ndarray
        The image itself if it is small enough, else its area average; no side
        is ever less than one pixel.

    Raises
    ------
    ValueError
        If `max_side` is not a whole number above 0 or None.
    """
    if max_side is None:
        return image
    if max_side < 1 or int(max_side) != max_side:
        raise ValueError(f"max_side must be a whole number above 0 or None, got {max_side}")
    height, width = image.shape[:2]
    factor = max_side / max(height, width)
    if factor >= 1:
        return image
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
