"""Colour spaces with all three channels over the full range of 8 bits."""

from __future__ import annotations

import cv2
import numpy as np

from engineered.parameters import check_choice

# Hue as 0 to 255, not OpenCV's 0 to 179.
CONVERSIONS = {"rgb": None, "hsv": cv2.COLOR_RGB2HSV_FULL, "lab": cv2.COLOR_RGB2LAB}


def to_space(image: np.ndarray, space: str) -> np.ndarray:
    """Return an image in another colour space.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    space : {"rgb", "hsv", "lab"}
        Colour space.

    Returns
    -------
    ndarray of shape (height, width, 3), uint8
        Channels from 0 to 255; in Lab, a and b are shifted by 128.

    Raises
    ------
    ValueError
        For an unknown colour space.
    """
    check_choice("space", space, CONVERSIONS)
    conversion = CONVERSIONS[space]
    return image if conversion is None else cv2.cvtColor(image, conversion)
