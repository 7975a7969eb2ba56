"""Local vectors of images, for races that begin where extraction ends."""

from __future__ import annotations

import numpy as np


def vectors_of_images(pixels: list[np.ndarray], step: int = 4) -> list[np.ndarray]:
    """Describe images by our RootSIFT; vectors without contrast are left out.

    Parameters
    ----------
    pixels : list of ndarray of shape (height, width, 3), uint8
        RGB.
    step : int
        Distance of grid points in pixels.

    Returns
    -------
    list of ndarray of shape (m, 128), float32
        One an image.
    """
    from engineered.descriptors.dense_sift import DenseSIFT

    sift = DenseSIFT(step=step)
    found = []
    for image in pixels:
        vectors, _ = sift.extract(image)
        found.append(vectors[vectors.any(axis=1)])
    return found


def sample_vectors(pixels: list[np.ndarray], count: int) -> tuple[np.ndarray, int]:
    """Draw local vectors evenly from images, on as fine a grid as it takes.

    Parameters
    ----------
    pixels : list of ndarray of shape (height, width, 3), uint8
        RGB.
    count : int
        How many vectors.

    Returns
    -------
    vectors : ndarray of shape (count, 128), float32
        In random order.
    step : int
        Distance of grid points in pixels.

    Raises
    ------
    ValueError
        If the images have not enough pixels with contrast.
    """
    random = np.random.default_rng(0)
    for step in (4, 2, 1):
        taken = []
        share = -(-count // len(pixels))
        spare = 0
        for image in pixels:
            (vectors,) = vectors_of_images([image], step)
            # What a small image lacks, the next ones give.
            wanted = min(share + spare, len(vectors))
            spare += share - wanted
            taken.append(vectors[random.choice(len(vectors), wanted, replace=False)])
        drawn = np.concatenate(taken)
        if len(drawn) >= count:
            return drawn[random.permutation(len(drawn))[:count]], step
    raise ValueError(
        f"{len(pixels)} images give {len(drawn):,} local vectors, not {count:,}: "
        "raise --images or lower --vectors"
    )
