"""Keypoints of OpenCV's detectors, as local vectors and frames."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from engineered.descriptors.shrink import shrink
from engineered.images import check_image
from engineered.parameters import check_whole


def check_limits(n_features: int | None, max_side: int | None) -> None:
    """Raise ValueError where a limit that keypoint descriptors share is out of range."""
    check_whole("n_features", n_features, or_none=True)
    check_whole("max_side", max_side, or_none=True)


def grey_pixels(image: np.ndarray, max_side: int | None) -> np.ndarray:
    """Return an RGB image's grey levels, shrunk so that no side is above `max_side`."""
    return shrink(cv2.cvtColor(check_image(image), cv2.COLOR_RGB2GRAY), max_side)


def detect(
    detector: Any, grey: np.ndarray, shape: tuple[int, ...], n_features: int | None, side: float
) -> tuple[np.ndarray | None, np.ndarray]:
    """Detect and describe keypoints.

    Parameters
    ----------
    detector : cv2.Feature2D
        Made for this call: OpenCV's detectors are not for several threads at once.
    grey : ndarray of shape (height, width), uint8
        Where to detect.
    shape : tuple of int
        Height and width of the image as given, for which the frames hold.
    n_features : int or None
        Keep so many of the strongest; among equals the first that the detector names.
    side : float
        Side of the described patch over the keypoint's size.

    Returns
    -------
    descriptors : ndarray of shape (m, d) or None
        As the detector gives them; None if there are no keypoints.
    frames : ndarray of shape (m, 3), float32
        Columns x, y and scale, a quarter of the patch's side, in pixels of the image as
        given; x and y of the first pixel's centre are 0.
    """
    keypoints, descriptors = detector.detectAndCompute(grey, None)
    if len(keypoints) == 0:
        return None, np.empty((0, 3), np.float32)
    found = np.array([(*point.pt, point.size * side / 4) for point in keypoints], np.float64)
    if n_features is not None and len(keypoints) > n_features:
        # OpenCV's own limit lets through what is as strong as the last.
        strength = np.array([point.response for point in keypoints])
        kept = np.sort(np.argsort(-strength, kind="stable")[:n_features])
        found, descriptors = found[kept], descriptors[kept]
    zoom_x, zoom_y = shape[1] / grey.shape[1], shape[0] / grey.shape[0]
    found[:, 0] = (found[:, 0] + 0.5) * zoom_x - 0.5
    found[:, 1] = (found[:, 1] + 0.5) * zoom_y - 0.5
    found[:, 2] *= np.sqrt(zoom_x * zoom_y)
    return descriptors, found.astype(np.float32)
