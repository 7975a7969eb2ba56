"""Gradients of a grey image, and the pixels on its edges."""

from __future__ import annotations

import cv2
import numpy as np

# Standard deviation of the smoothing before the gradient, in pixels (Canny 1986: 1).
SMOOTHING = 1.0
# The weak edges that strong ones draw in, as a share of the strong threshold.
WEAK = 0.4
# Gradients under this are noise of the camera or of JPEG, in grey levels of 0 to 1 a pixel.
FAINTEST = 0.01
# From grey levels of 0 to 1 a pixel to whole numbers that 16 bits hold.
_STEPS = 32000


def gradient(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient of a slightly smoothed image.

    Parameters
    ----------
    grey : ndarray of shape (height, width), uint8
        Grey levels.

    Returns
    -------
    dx, dy : ndarray of shape (height, width), float32
        Change to the right and upwards, in grey levels of 0 to 1 a pixel.
    """
    smooth = cv2.GaussianBlur(
        grey.astype(np.float32), (0, 0), SMOOTHING, borderType=cv2.BORDER_REPLICATE
    )
    # Sobel's weights sum to 8 pixels' difference; rows count downwards.
    scale = 1 / (8 * 255)
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=scale, borderType=cv2.BORDER_REPLICATE)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=-scale, borderType=cv2.BORDER_REPLICATE)
    return dx, dy


def canny(dx: np.ndarray, dy: np.ndarray, share: float) -> np.ndarray:
    """Return where Canny's edges are, the threshold following the image's contrast.

    Parameters
    ----------
    dx, dy : ndarray of shape (height, width), float32
        As `gradient` returns them.
    share : float
        Share of the pixels, between 0 and 1, whose gradient is called strong. After thinning,
        about a quarter as many are edges.

    Returns
    -------
    ndarray of shape (height, width), bool
        True on edges.

    Raises
    ------
    ValueError
        If `share` is not between 0 and 1.

    References
    ----------
    J. Canny: A computational approach to edge detection. PAMI 1986.
    """
    if not 0 < share < 1:
        raise ValueError(f"edge_share must be between 0 and 1, got {share}")
    energy = (dx * dx + dy * dy).ravel()
    place = int((1 - share) * (energy.size - 1))
    strong = max(float(np.sqrt(np.partition(energy, place)[place])), FAINTEST)
    steps_x = np.rint(dx * np.float32(_STEPS)).astype(np.int16)
    # OpenCV wants the vertical change downwards.
    steps_y = np.rint(dy * np.float32(-_STEPS)).astype(np.int16)
    return cv2.Canny(steps_x, steps_y, WEAK * strong * _STEPS, strong * _STEPS, L2gradient=True) > 0
