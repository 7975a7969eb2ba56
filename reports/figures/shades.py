"""Shades of one hue for values, light where they are low."""

from __future__ import annotations

import numpy as np
import seaborn as sns

from reports.figures.style import INK

STEPS = 64
#: No family's hue; lightness alone tells the order.
RAMP = tuple(
    "#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in colour))
    for colour in sns.color_palette("Purples", STEPS)
)
#: Of a place without a value.
BLANK = "#ffffff"


def shade(place: float) -> str:
    """Return the colour of a place from 0 (low) to 1 (high); white for NaN."""
    if np.isnan(place):
        return BLANK
    return RAMP[int(np.clip(round(place * (STEPS - 1)), 0, STEPS - 1))]


def ink_on(place: float) -> str:
    """Return the colour of type that stands out most from the shade of a place."""
    ground = _luminance(shade(place)) + 0.05
    return BLANK if 1.05 / ground > ground / (_luminance(INK) + 0.05) else INK


def _luminance(colour: str) -> float:
    """Relative luminance in [0, 1], as the WCAG define it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
