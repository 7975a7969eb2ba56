"""Images made rows: the part of the pipeline that knows no concepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from engineered.images import Images
from engineered.parallel import in_order
from engineered.span import BLOCK, ShortRows


class Representation:
    """A descriptor, and for a local one its fitted aggregator, as one function of images.

    Parameters
    ----------
    descriptor : object
        As `EngineeredDetector` has it.
    aggregator : object or None
        Fitted.
    threads : int
        Number of threads that describe images.
    """

    def __init__(self, descriptor: Any, aggregator: Any, threads: int) -> None:
        self.descriptor = descriptor
        self.aggregator = aggregator
        self.threads = threads

    def rows(self, X: Images) -> np.ndarray:
        """Return a row an image, (len(X), d) float32; d is known from the first."""
        if self.aggregator is None and not hasattr(self.descriptor, "describe"):
            return self._transformed(X)
        rows: np.ndarray | None = None
        for i, row in enumerate(self._each(X, X)):
            if rows is None:
                rows = np.empty((len(X), len(row)), np.float32)
            rows[i] = row
        if rows is None:
            raise ValueError("there are no images to encode")
        return rows

    def short_rows(self, X: Images, optimize: Any) -> ShortRows:
        """Return optimised rows in 16 bits a value."""
        return ShortRows((optimize(row[None])[0] for row in self._each(X, X)), len(X))

    def blocks(self, X: Images, optimize: Any) -> Iterator[np.ndarray]:
        """Yield optimised rows, some at a time; each block must be used before the next."""
        # A block is complete, and products are threaded again, before it is handed on. All
        # are written to one place: so much fresh memory costs the system more than us.
        images = iter(X)
        block: np.ndarray | None = None
        for start in range(0, len(X), BLOCK):
            count = 0
            for row in self._each(islice(images, BLOCK), X, start):
                if block is None:
                    block = np.empty((min(BLOCK, len(X)), len(row)), np.float32)
                block[count] = row
                count += 1
            assert block is not None
            yield optimize(block[:count])

    def _each(
        self, images: Iterable[np.ndarray], X: Images, start: int = 0
    ) -> Iterator[np.ndarray]:
        describe = self.descriptor.describe if self.aggregator is None else self._encode
        part = self.descriptor if self.aggregator is None else self.aggregator
        source = f"{type(part).__name__}.{'describe' if self.aggregator is None else 'encode'}"
        for i, row in enumerate(in_order(describe, images, self.threads), start):
            row = np.asarray(row, dtype=np.float32)
            if not np.isfinite(row).all():
                raise ValueError(
                    f"{source} returned NaN or infinite values for image {_name(X, i)}"
                )
            yield row

    def _encode(self, image: np.ndarray) -> np.ndarray:
        vectors, frames = self.descriptor.extract(image)
        return self.aggregator.encode(vectors, frames, image.shape)

    def _transformed(self, X: Images) -> np.ndarray:
        rows = np.asarray(self.descriptor.transform(X), dtype=np.float32)
        source = f"{type(self.descriptor).__name__}.transform"
        if rows.ndim != 2 or len(rows) != len(X):
            raise ValueError(
                f"{source} must return one row an image, ({len(X)}, d); got the shape {rows.shape}"
            )
        broken = np.flatnonzero(~np.isfinite(rows).all(axis=1))
        if len(broken):
            raise ValueError(
                f"{source} returned NaN or infinite values for {len(broken)} images, the first "
                f"being {_name(X, int(broken[0]))}"
            )
        return rows


def _name(X: Images, i: int) -> str:
    # A collection knows its images by name; elsewhere their place must do.
    ids = getattr(X, "ids", None)
    return f"number {i}" if ids is None else str(ids[i])
