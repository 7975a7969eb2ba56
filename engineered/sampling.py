"""A sample of local vectors of training images, for what is learned without labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engineered.images import Images
from engineered.parallel import in_order

# For an aggregator that does not say how many vectors and images it wants.
MAX_VECTORS = 100_000
MAX_IMAGES = 1_000


def places_of(frames: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
    """Return x and y of frames as shares of the image, 0 being its centre.

    Parameters
    ----------
    frames : ndarray of shape (m, 3), float32
        Columns x, y, scale in pixels.
    image_shape : sequence of int
        Height and width of the image in pixels.

    Returns
    -------
    ndarray of shape (m, 2), float32
        From -0.5 to 0.5.
    """
    height, width = image_shape[:2]
    size = np.array([width, height], np.float32)
    return (frames[:, :2] + np.float32(0.5)) / size - np.float32(0.5)


def sample_vectors(
    descriptor: Any, aggregator: Any, X: Images, random_state: int | None, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return local vectors of training images, about equally many from each.

    Parameters
    ----------
    descriptor : object
        With ``extract(image) -> (vectors, frames)``.
    aggregator : object
        Its `max_vectors` and `max_images`, if it has them, bound the sample.
    X : sequence of images
        The training images.
    random_state : int or None
        Seed of the choice.
    threads : int
        Number of threads that extract.

    Returns
    -------
    vectors : ndarray of shape (m, d), float32
        None of them all zeros: flat ground teaches a vocabulary nothing.
    places : ndarray of shape (m, 2), float32
        x and y of each, from -0.5 to 0.5 over its image.
    """
    max_images = min(getattr(aggregator, "max_images", MAX_IMAGES), len(X))
    an_image = math.ceil(getattr(aggregator, "max_vectors", MAX_VECTORS) / max_images)
    random = np.random.default_rng(random_state)
    chosen = np.sort(random.choice(len(X), max_images, replace=False))

    def extract(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        vectors, frames = descriptor.extract(image)
        described = np.flatnonzero(vectors.any(axis=1))
        return vectors[described], places_of(frames[described], image.shape)

    vectors, places = [], []
    for found, where in in_order(extract, _at(X, chosen), threads):
        if len(found) > an_image:
            kept = np.sort(random.choice(len(found), an_image, replace=False))
            found, where = found[kept], where[kept]
        vectors.append(found)
        places.append(where)
    return np.concatenate(vectors), np.concatenate(places)


def _at(X: Images, indices: np.ndarray) -> Iterator[np.ndarray]:
    # In order and complete: a collection can then decode ahead.
    return iter(X) if len(indices) == len(X) else (X[int(i)] for i in indices)
