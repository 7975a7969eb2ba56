"""Images as arrays of bytes: what a network sees of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import compress, islice

import cv2
import numpy as np
import torch

# Images decoded at a time: bounds memory, whatever the collection's size.
CHUNK = 1024


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Stretch an image to a square.

    Parameters
    ----------
    image : (height, width, 3) uint8, RGB
        Any height and width from 1 pixel.
    size : int
        Side of the square in pixels.

    Returns
    -------
    (size, size, 3) uint8, RGB

    Raises
    ------
    ValueError
        The array is not an RGB image of bytes with pixels in it.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(
            f"an image must be a (height, width, 3) array of uint8, got {image.shape} {image.dtype}"
        )
    height, width = image.shape[:2]
    # A side that shrinks is averaged, one that grows is interpolated: OpenCV's
    # INTER_AREA averages only where both sides shrink, hence two steps.
    shrunk = (min(width, size), min(height, size))
    if shrunk != (width, height):
        image = cv2.resize(image, shrunk, interpolation=cv2.INTER_AREA)
    if shrunk != (size, size):
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
    return image


def stack(
    images: Iterable[np.ndarray], count: int, size: int, places: Sequence[int] | None = None
) -> np.ndarray:
    """Decode the next images of an iterator into one array of ``count * 3 * size**2`` bytes.

    Parameters
    ----------
    images : iterable of (height, width, 3) uint8, RGB
        Consumed in order; nothing but the current image is held beside the result.
    count : int
        How many to take.
    size : int
        Side of the squares in pixels.
    places : sequence of count int, optional
        What to call each image in messages; 0, 1, ... by default.

    Returns
    -------
    (count, size, size, 3) uint8, RGB

    Raises
    ------
    ValueError
        An array is not an image, or there are fewer than ``count``; the message
        gives the position.
    """
    pixels = np.empty((count, size, size, 3), dtype=np.uint8)
    taken = 0
    for image in islice(images, count):
        pixels[taken] = _square(image, size, taken if places is None else places[taken])
        taken += 1
    if taken != count:
        raise ValueError(f"expected {count} images, the sequence ended after {taken}")
    return pixels


def squares(
    images: Sequence[np.ndarray],
    size: int,
    *,
    chosen: np.ndarray | None = None,
    threads: int = 1,
    chunk: int = CHUNK,
) -> Iterator[np.ndarray]:
    """Decode a sequence to squares, a chunk at a time, in order.

    Parameters
    ----------
    images : sequence of (height, width, 3) uint8, RGB
        On one thread it is iterated, once; on several, ``images[i]`` is called in them.
    size : int
        Side of the squares in pixels.
    chosen : (len(images),) bool, optional
        Which images to return; all by default.
    threads : int
        From 1 up. The squares do not depend on it.
    chunk : int
        Images held at a time.

    Yields
    ------
    (<= chunk, size, size, 3) uint8, RGB
        A new array each time.

    Raises
    ------
    ValueError
        As for `stack`.
    """
    places = np.arange(len(images)) if chosen is None else np.flatnonzero(chosen)
    parts = [places[start : start + chunk] for start in range(0, len(places), chunk)]
    if threads > 1:
        with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
            for part in parts:
                # The first error, in order, cancels what has not begun.
                yield np.stack(
                    list(pool.map(lambda place: _square(images[place], size, place), part.tolist()))
                )
    else:
        iterator = iter(images) if chosen is None else compress(images, chosen)
        for part in parts:
            yield stack(iterator, len(part), size, part.tolist())


def _square(image: np.ndarray, size: int, place: int) -> np.ndarray:
    try:
        return resize(np.asarray(image), size)
    except ValueError as error:
        raise ValueError(f"image {place}: {error}") from None


def channel_statistics(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel.

    Parameters
    ----------
    pixels : (n, size, size, 3) uint8, RGB

    Returns
    -------
    mean, deviation : (3,) float32, on the scale 0 to 255
        The deviation is at least 1, so that a constant channel divides safely.
    """
    # From the 256-bin histogram: exact, and without a floating copy of the pixels.
    values = np.arange(256, dtype=np.float64)
    mean, deviation = np.empty(3, np.float32), np.empty(3, np.float32)
    for channel in range(3):
        counts = np.zeros(256, dtype=np.int64)
        for image in pixels:
            counts += np.bincount(image[..., channel].ravel(), minlength=256)
        centre = counts @ values / counts.sum()
        mean[channel] = centre
        deviation[channel] = max(1.0, np.sqrt(counts @ (values - centre) ** 2 / counts.sum()))
    return mean, deviation


class Normalization:
    """Batches of bytes to standardised batches on the device, channels first.

    Parameters
    ----------
    mean, deviation : (3,) float32
        Of the training pixels, on the scale 0 to 255.
    device : torch.device
        Where the batches go; the bytes travel, four times fewer than floats.
    """

    def __init__(self, mean: np.ndarray, deviation: np.ndarray, device: torch.device) -> None:
        self.device = device
        self._mean = torch.from_numpy(mean).to(device)
        self._scale = 1.0 / torch.from_numpy(deviation).to(device)

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """Standardise a batch.

        Parameters
        ----------
        pixels : (b, size, size, 3) uint8
            On any device.

        Returns
        -------
        (b, 3, size, size) float32
            Zero mean and unit deviation over the training images; a view in
            ``channels_last`` memory order.
        """
        batch = pixels.to(self.device, non_blocking=True).float()
        return batch.sub_(self._mean).mul_(self._scale).permute(0, 3, 1, 2)
