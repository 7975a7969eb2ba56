"""The training images, decoded once and only if something is trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import TracebackType
from typing import Any

import numpy as np

from learned.pixel_store import PixelStore
from learned.pixels import channel_statistics, squares
from learned.training.targets import informative
from learned.training.validation import hold_out


class TrainingImages:
    """The images that a detector is fitted on, as squares of bytes.

    A context: leaving it frees the memory, or deletes the file, that they are in.

    Parameters
    ----------
    X : sequence of (height, width, 3) uint8, RGB
    chosen : (len(X),) bool
        The images to decode: samples that say nothing must not shift the
        statistics of pixels or batches either.
    size : int
        Side of the squares in pixels.
    threads : int
        To decode on.
    shared : bool
        Whether other processes will read the squares.

    Attributes
    ----------
    videos : (chosen.sum(),) array or None
        The video of each chosen image, where ``X.video`` says.
    """

    def __init__(
        self,
        X: Sequence[np.ndarray],
        chosen: np.ndarray,
        size: int,
        threads: int = 1,
        shared: bool = False,
    ) -> None:
        videos = getattr(X, "video", None)
        self.videos = None if videos is None else np.asarray(videos)[chosen]
        self._images = X
        self._chosen = chosen
        self._size = size
        self._threads = threads
        self._shared = shared
        self._opened: PixelStore | None = None

    @property
    def store(self) -> PixelStore:
        """The squares, decoded when first asked for."""
        if self._opened is None:
            self._opened = PixelStore(int(self._chosen.sum()), self._size, shared=self._shared)
            filled = 0
            for part in squares(
                self._images, self._size, chosen=self._chosen, threads=self._threads
            ):
                self._opened.pixels[filled : filled + len(part)] = part
                filled += len(part)
        return self._opened

    @cached_property
    def statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation of each channel: (3,) float32, on the scale 0 to 255."""
        return channel_statistics(self.store.pixels)

    def standardization(self, weights: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Return what to standardise pixels by: what weights were trained with, or `statistics`."""
        mean, deviation = getattr(weights, "mean", None), getattr(weights, "deviation", None)
        return self.statistics if mean is None or deviation is None else (mean, deviation)

    def split(
        self, loss: str, Y: np.ndarray, share: float, seed: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Choose the samples to train and to validate on.

        Parameters
        ----------
        loss : str
            What the samples must tell something to.
        Y : (n, c) int8
            Annotations of the chosen images.
        share : float
            To hold out, in [0, 1).
        seed : int

        Returns
        -------
        rows : (m,) int64
        held_out : (k,) int64 or None
            None where the share is 0.
        """
        rows = np.flatnonzero(informative(loss, Y))
        if not share:
            return rows, None
        videos = None if self.videos is None else self.videos[rows]
        held_out = hold_out(Y[rows], share, videos, seed)
        return rows[~held_out], rows[held_out]

    def __enter__(self) -> TrainingImages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened is not None:
            self._opened.close()
