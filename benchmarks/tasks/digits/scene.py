"""What is in a shot: digits in their places, ground, clutter and the conditions of sight."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from benchmarks.tasks.digits.topics import Moment

Colour = tuple[float, float, float]

#: Widths of strokes, radii of blobs and of hatched patches, sides of fragments.
SIZES = {
    "stroke": (0.01, 0.03),
    "blob": (0.04, 0.16),
    "fragment": (0.10, 0.22),
    "hatching": (0.10, 0.28),
}

#: Heights of digits, as shares of the side of the shot. The gap between the two ranges
#: keeps `large-digit` decidable.
SMALL = (0.26, 0.38)
LARGE = (0.52, 0.68)

#: Hue, saturation, value on a light and on a dark ground.
PIGMENTS = {
    "plain": (0.0, 0.0, 0.10, 0.95),
    "red": (0.0, 0.85, 0.75, 0.95),
    "blue": (0.62, 0.80, 0.65, 0.95),
    "green": (0.38, 0.75, 0.45, 0.80),
    "orange": (0.07, 0.90, 0.85, 0.95),
    "purple": (0.80, 0.65, 0.55, 0.90),
}


@dataclass(frozen=True)
class Glyph:
    """One digit in its place; lengths and places are shares of the side of the shot."""

    digit: int
    image: int
    ink: str
    colour: Colour
    x: float
    y: float
    height: float
    angle: float
    slant: float
    weight: float


@dataclass(frozen=True)
class Ground:
    """What the digits are written on; `mottle` is how many stains a side, and how strong."""

    kind: str
    dark: bool
    colours: tuple[Colour, Colour]
    angle: float
    period: float
    strength: float
    mottle: tuple[int, float]


@dataclass(frozen=True)
class Clutter:
    """No digit: a `stroke`, a `blob`, a `fragment` of handwriting or a patch of `hatching`."""

    kind: str
    colour: Colour
    points: tuple[tuple[float, float], ...]
    size: float
    opacity: float
    angle: float
    image: int


@dataclass(frozen=True)
class Scene:
    """Everything that is drawn in a shot; `grain` seeds what has no shape of its own."""

    glyphs: tuple[Glyph, ...]
    ground: Ground
    clutter: tuple[Clutter, ...]
    light: tuple[float, float, float]
    blur: float
    noise: float
    grain: tuple[int, ...]


def _hsv(hue: float, saturation: float, value: float) -> Colour:
    clipped = (min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))
    return colorsys.hsv_to_rgb(hue % 1.0, *clipped)


def _ink(name: str, dark: bool, rng: np.random.Generator) -> Colour:
    hue, saturation, on_light, on_dark = PIGMENTS[name]
    a, b, c = rng.uniform(-1, 1, 3)
    value = on_dark if dark else on_light
    return _hsv(hue + 0.02 * a, saturation + 0.12 * b * (saturation > 0), value + 0.1 * c)


def _ground(moment: Moment, rng: np.random.Generator) -> Ground:
    a, b, c, d, e, f, g, h, i, j = rng.random(10)
    hue = moment.hue + 0.06 * (a - 0.5)
    saturation = (0.05 + 0.35 * b) if moment.dark else 0.28 * b
    low, span = (0.10, 0.28) if moment.dark else (0.56, 0.42)
    return Ground(
        kind=moment.ground,
        dark=moment.dark,
        colours=(
            _hsv(hue, saturation, low + span * c),
            _hsv(hue + 0.05 * (d - 0.5), saturation, low + span * (0.5 * c + 0.5 * e)),
        ),
        angle=float(2 * np.pi * f),
        period=float(0.07 + 0.08 * g),
        strength=float(0.3 + 0.7 * h),
        mottle=(int(4 + 10 * i), float(0.05 * j)),
    )


def _places(heights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give each digit the roomiest of some random places: (n, 2), x and y."""
    radius = 0.45 * heights
    places = np.empty((len(heights), 2))
    for i, r in enumerate(radius):
        candidates = r + 0.01 + (0.98 - 2 * r) * rng.random((16, 2))
        if not i:
            places[i] = candidates[0]
            continue
        apart = np.hypot(*(candidates[:, None] - places[None, :i]).transpose(2, 0, 1))
        places[i] = candidates[np.argmax((apart - radius[:i]).min(axis=1))]
    return places


def _clutter(ground: Ground, images: np.ndarray, rng: np.random.Generator) -> tuple[Clutter, ...]:
    things = []
    for _ in range(rng.integers(2, 7)):
        kind = ("stroke", "blob", "fragment", "hatching")[rng.choice(4, p=(0.35, 0.2, 0.3, 0.15))]
        a, b, c, d = rng.random(4)
        if a < 0.6:
            value = 0.25 + 0.4 * b if ground.dark else 0.45 + 0.35 * b
            colour = _hsv(c, 0.4 * d, value)
        else:
            colour = _ink(tuple(PIGMENTS)[int(b * len(PIGMENTS))], ground.dark, rng)
        if kind == "stroke":
            start, turn = rng.random(2), rng.uniform(-0.35, 0.35, (3, 2))
            points = np.vstack([start, start + np.cumsum(turn, axis=0)])
        else:
            points = rng.random((1, 2))
        things.append(
            Clutter(
                kind=kind,
                colour=colour,
                points=tuple((float(x), float(y)) for x, y in points),
                size=float(rng.uniform(*SIZES[kind])),
                opacity=float(rng.uniform(0.35, 0.9)),
                angle=float(rng.uniform(0, 360)),
                image=int(images[rng.integers(len(images))]),
            )
        )
    return tuple(things)


def compose(
    moment: Moment, owned: tuple[np.ndarray, ...], rng: np.random.Generator, grain: tuple[int, ...]
) -> Scene:
    """Give everything that a moment shows a place and a look.

    Parameters
    ----------
    moment : Moment
        What is to be seen.
    owned : tuple of ndarray of int
        For each digit 0 to 9, the handwritten ones to choose from.
    rng : numpy.random.Generator
        Source of chance.
    grain : tuple of int
        Seed of the noise of this shot.

    Returns
    -------
    Scene
    """
    n = len(moment.digits)
    heights = rng.uniform(*SMALL, n)
    if moment.large:
        heights[0] = rng.uniform(*LARGE)
    places = _places(heights, rng)
    ground = _ground(moment, rng)
    angles = np.clip(rng.normal(0, 9, n), -22, 22)
    slants = rng.uniform(-0.2, 0.2, n)
    weights = rng.uniform(0.42, 0.6, n)
    glyphs = []
    for i, (digit, ink) in enumerate(zip(moment.digits, moment.inks, strict=True)):
        glyphs.append(
            Glyph(
                digit=digit,
                image=int(owned[digit][rng.integers(len(owned[digit]))]),
                ink=ink,
                colour=_ink(ink, moment.dark, rng),
                x=float(places[i, 0]),
                y=float(places[i, 1]),
                height=float(heights[i]),
                angle=float(angles[i]),
                slant=float(slants[i]),
                weight=float(weights[i]),
            )
        )
    a, b, c = rng.uniform(-1, 1, 3)
    return Scene(
        glyphs=tuple(glyphs),
        ground=ground,
        clutter=_clutter(ground, np.concatenate(owned), rng),
        light=(float(0.95 + 0.15 * a), float(0.25 * b), float(0.25 * c)),
        blur=float(rng.uniform(0.0, 0.012)),
        noise=float(rng.uniform(0.01, 0.05)),
        grain=grain,
    )
