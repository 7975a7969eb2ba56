"""The planes of a colour image whose gradients colour descriptors use."""

from __future__ import annotations

import cv2
import numpy as np

SPACES = ("opponent", "rgb", "hsv", "c")
# Of each space, the planes that a change of brightness alone leaves at zero contrast.
CHROMA_PLANES = {"opponent": 2, "hsv": 2, "c": 2}


def colour_planes(image: np.ndarray, space: str) -> list[np.ndarray]:
    """Return an image's planes in a colour space.

    With R, G and B from 0 to 1, the opponent axes are

        O1 = (R - G) / sqrt(2),  O2 = (R + G - 2 B) / sqrt(6),  O3 = (R + G + B) / sqrt(3).

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    space : {"opponent", "rgb", "hsv", "c"}
        - opponent: O1, O2, O3.
        - rgb: R, G, B.
        - hsv: S cos(H), S sin(H), V. The hue H is an angle, and jumps where a
          circle closes; its cosine and sine do not, and weighted by the saturation
          they vanish where there is no hue.
        - c: O1 / O3, O2 / O3, O3. The first two are the same in light and shade;
          zeros where O3 is.

    Returns
    -------
    list of 3 ndarrays of shape (height, width), float32
        The chroma planes first where there are any (all spaces but rgb); they are exactly
        zero where R = G = B. No plane spans more than 2.5.
    """
    # Differences of whole numbers, so that grey is zero and not nearly so.
    red, green, blue = (plane.astype(np.float32) for plane in cv2.split(image))
    unit = np.float32(1 / 255)
    if space == "rgb":
        return [red * unit, green * unit, blue * unit]
    if space == "hsv":
        pixels = cv2.merge([red * unit, green * unit, blue * unit])
        hue, saturation, value = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV))
        cosine, sine = cv2.polarToCart(saturation, hue, angleInDegrees=True)
        return [cosine, sine, value]
    red_green = (red - green) * np.float32(1 / (255 * np.sqrt(2)))
    yellow_blue = (red + green - 2 * blue) * np.float32(1 / (255 * np.sqrt(6)))
    intensity = (red + green + blue) * np.float32(1 / (255 * np.sqrt(3)))
    if space == "c":
        # Where the intensity is zero both numerators are, too.
        inverse = 1 / np.maximum(intensity, np.float32(1e-6))
        return [red_green * inverse, yellow_blue * inverse, intensity]
    return [red_green, yellow_blue, intensity]
