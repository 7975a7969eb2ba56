"""Images to race on: from any folder tree, or those that come with the libraries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.decoding import SUFFIXES, BadImageError, decode

#: Photographs inside scikit-image's wheel, and scikit-learn's.
SCIKIT_IMAGE = ("astronaut", "brick", "camera", "chelsea", "coffee", "grass", "gravel", "rocket")
SCIKIT_LEARN = ("china.jpg", "flower.jpg")
#: Height and width of what is cut from them: the usual size of Caltech-101's images.
CUT = (200, 300)
#: Images are shrunk to this longest side, as dense descriptors do by default.
MAX_SIDE = 300


@dataclass(frozen=True)
class Images:
    """Images and where they come from.

    Attributes
    ----------
    pixels : list of ndarray of shape (height, width, 3), uint8
        RGB, at most `MAX_SIDE` pixels high and wide.
    labels : ndarray of shape (n,), int
        The folder or the photograph that each comes from.
    source : str
        In words.
    """

    pixels: list[np.ndarray]
    labels: np.ndarray
    source: str


def take_images(count: int, folder: Path | None) -> Images:
    """Take images evenly from a folder tree, or from the embedded photographs.

    Parameters
    ----------
    count : int
        How many, at least 1. A folder tree that has fewer gives all it has.
    folder : Path or None
        Root of the tree; None for the embedded ones.

    Raises
    ------
    ValueError
        If the tree holds no image that can be read.
    """
    return _embedded(count) if folder is None else _of_tree(count, folder)


def _of_tree(count: int, folder: Path) -> Images:
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        raise ValueError(f"{folder} holds no images: no file in it ends in {', '.join(SUFFIXES)}")
    places = np.unique(np.linspace(0, len(paths) - 1, min(count, len(paths))).round().astype(int))
    pixels, origins, bad = [], [], 0
    for path in (paths[place] for place in places):
        try:
            pixels.append(shrink(decode(path)))
            origins.append(str(path.parent))
        except BadImageError:
            bad += 1
    if not pixels:
        raise ValueError(f"none of the {bad} images tried in {folder} can be read")
    source = f"{len(pixels)} of {len(paths)} images under {folder}"
    if bad:
        source += f", {bad} that cannot be read left out"
    return Images(pixels, np.unique(origins, return_inverse=True)[1], source)


def _embedded(count: int) -> Images:
    photographs = _photographs()
    height, width = CUT
    pixels = []
    for i in range(count):
        photograph = photographs[i % len(photographs)]
        # A new place for each cut of one photograph, the same in every race.
        random = np.random.default_rng(i)
        y = random.integers(photograph.shape[0] - height + 1)
        x = random.integers(photograph.shape[1] - width + 1)
        pixels.append(np.ascontiguousarray(photograph[y : y + height, x : x + width]))
    source = (
        f"{count} cuts of {width} x {height} pixels from {min(count, len(photographs))} "
        "photographs embedded in scikit-image and scikit-learn (--data DIR takes your own)"
    )
    return Images(pixels, np.arange(count) % len(photographs), source)


def _photographs() -> list[np.ndarray]:
    import skimage.data
    from sklearn.datasets import load_sample_image

    loaded = [getattr(skimage.data, name)() for name in SCIKIT_IMAGE]
    loaded += [load_sample_image(name) for name in SCIKIT_LEARN]
    return [np.repeat(p[:, :, None], 3, axis=2) if p.ndim == 2 else p for p in loaded]


def shrink(image: np.ndarray) -> np.ndarray:
    """Shrink an image whose longest side is over `MAX_SIDE`, by the mean over areas."""
    import cv2

    height, width = image.shape[:2]
    factor = MAX_SIDE / max(height, width)
    if factor >= 1:
        return image
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
