"""Shapes of the points in figures: twelve a family, and no shape in two families."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from matplotlib.path import Path

#: What matplotlib draws a point by: a letter, a regular polygon or star, or an outline.
Marker: TypeAlias = str | tuple[int, Literal[0, 1, 2], int] | Path


def _outline(*corners: tuple[float, float]) -> Path:
    return Path([*corners, corners[0]], closed=True)


def _turned(shape: Path, degrees: float) -> Path:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return Path(np.asarray(shape.vertices) @ turn, shape.codes)


def _star(points: int, degrees: int = 0) -> tuple[int, Literal[0, 1, 2], int]:
    return points, 1, degrees


_arc = np.linspace(0, np.pi, 25)
_DOME = _outline(*zip(np.cos(_arc), np.sin(_arc) - 0.45))
_cut = np.linspace(np.pi / 4, 2 * np.pi - np.pi / 4, 37)
_CUT = _outline((0, 0), *zip(np.cos(_cut), np.sin(_cut)))
_BAR = _outline((-0.3, -1), (0.3, -1), (0.3, 1), (-0.3, 1))
_GLASS = _outline((-0.8, -0.9), (0.8, -0.9), (-0.8, 0.9), (0.8, 0.9))
_CHEVRON = _outline((-0.9, -0.9), (0, -0.1), (0.9, -0.9), (0.9, 0.1), (0, 0.9), (-0.9, 0.1))
_TEE = _outline(
    (-0.9, 0.9), (-0.9, 0.2), (-0.35, 0.2), (-0.35, -0.9), (0.35, -0.9), (0.35, 0.2), (0.9, 0.2),
    (0.9, 0.9),
)  # fmt: skip

#: By family, most distinct first; the first is the one that a legend shows for the family.
MARKERS: dict[str, tuple[Marker, ...]] = {
    "engineered": (
        "s", "^", "v", "d", _GLASS, _star(4), "H", _turned(_GLASS, 90), _BAR, _star(4, 45),
        _turned(_BAR, 90), _star(8),
    ),
    "learned": (
        "o", "X", "p", _DOME, _turned(_DOME, 180), "h", _turned(_DOME, 90), _turned(_DOME, 270),
        (5, 0, 180), _star(6), _CUT, _star(12),
    ),
    "fused": (
        "D", "P", "*", "<", ">", _CHEVRON, _TEE, _turned(_CHEVRON, 180), _turned(_TEE, 180),
        _turned(_CHEVRON, 90), _turned(_CHEVRON, 270), _star(5, 180),
    ),
}  # fmt: skip
