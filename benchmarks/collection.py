"""The samples of a task: a lazy, read-only sequence of images."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, overload

import numpy as np

from benchmarks.decoding import decode

#: How many images are decoded ahead of the reader; the bound on what is held.
AHEAD = 16


class Source(Protocol):
    """Where images come from: a picklable recipe, never the pixels."""

    def load(self, index: int) -> np.ndarray:
        """Return sample `index` as (height, width, 3) uint8 RGB."""

    def digest(self, index: int) -> str:
        """Return a hash of the content of sample `index`, whatever its path."""


class Files:
    """Images in files.

    Parameters
    ----------
    paths : sequence of str or Path
        A file a sample.
    """

    def __init__(self, paths: Sequence[str | Path]) -> None:
        self.paths = [str(path) for path in paths]

    def load(self, index: int) -> np.ndarray:
        """Decode file `index`."""
        return decode(self.paths[index])

    def digest(self, index: int) -> str:
        """Hash the bytes of file `index`."""
        with open(self.paths[index], "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class ImageCollection(Sequence[np.ndarray]):
    """Samples in order, decoded when asked for.

    Parameters
    ----------
    source : Source
        Loads a sample by its index in the source.
    ids : sequence of str
        A unique name a sample.
    video : sequence of str, optional
        The video that a sample is a shot of.
    shot : sequence of int, optional
        Its place in that video.
    index : array of int, optional
        Which samples of the source these are; all of them by default.
    digests : sequence of str, optional
        Content hashes a sample, when they are known already.
    threads : int
        How many threads decode ahead while the collection is iterated.

    Notes
    -----
    ``X[i]`` decodes one image; ``X[array]``, ``X[slice]`` is a sub-collection and
    decodes nothing. A collection pickles as its recipe.
    """

    def __init__(
        self,
        source: Source,
        ids: Sequence[str] | np.ndarray,
        video: Sequence[str] | np.ndarray | None = None,
        shot: Sequence[int] | np.ndarray | None = None,
        index: np.ndarray | None = None,
        digests: Sequence[str] | np.ndarray | None = None,
        threads: int = 2,
    ) -> None:
        self.source = source
        self.ids = np.asarray(ids, dtype=np.str_)
        n = len(self.ids)
        self.places = np.arange(n) if index is None else np.asarray(index, dtype=np.intp)
        self.video = None if video is None else np.asarray(video, dtype=np.str_)
        self.shot = None if shot is None else np.asarray(shot, dtype=np.int64)
        self.threads = threads
        self._digests = None if digests is None else np.asarray(digests, dtype=np.str_)
        if len(np.unique(self.ids)) != n:
            names, counts = np.unique(self.ids, return_counts=True)
            raise ValueError(
                f"sample ids must be unique; {str(names[counts > 1][0])!r} occurs twice"
            )
        for name, column in (("index", self.places), ("video", self.video), ("shot", self.shot)):
            if column is not None and len(column) != n:
                raise ValueError(f"{name} has {len(column)} entries for {n} samples")

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, key: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, key: slice | np.ndarray) -> ImageCollection: ...  # type: ignore[override]

    def __getitem__(self, key):
        if isinstance(key, (int, np.integer)):
            if not -len(self) <= key < len(self):
                raise IndexError(f"sample {key} of a collection of {len(self)}")
            return self.source.load(int(self.places[key]))
        if not isinstance(key, slice):
            key = np.asarray(key)
            if key.dtype != bool and key.size and not np.issubdtype(key.dtype, np.integer):
                raise TypeError("a collection is indexed by an int, a slice or an integer array")
            key = key if key.dtype == bool else key.astype(np.intp)
        return ImageCollection(
            self.source,
            self.ids[key],
            None if self.video is None else self.video[key],
            None if self.shot is None else self.shot[key],
            self.places[key],
            None if self._digests is None else self._digests[key],
            self.threads,
        )

    def __iter__(self) -> Iterator[np.ndarray]:
        if self.threads < 1 or len(self) < 2:
            yield from (self.source.load(int(i)) for i in self.places)
            return
        waiting: deque[Future[np.ndarray]] = deque()
        with ThreadPoolExecutor(self.threads, thread_name_prefix="decode") as pool:
            try:
                for i in self.places:
                    waiting.append(pool.submit(self.source.load, int(i)))
                    if len(waiting) >= AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    @property
    def digests(self) -> np.ndarray:
        """Content hash of each sample, str, in order."""
        if self._digests is None:
            with ThreadPoolExecutor(max(1, self.threads)) as pool:
                found = list(pool.map(self.source.digest, (int(i) for i in self.places)))
            self._digests = np.asarray(found, dtype=np.str_)
        return self._digests

    @property
    def fingerprint(self) -> str:
        """Hash of the content of all samples, in order; paths and names play no part."""
        total = hashlib.sha256(b"conceptbench collection 1")
        for digest in self.digests:
            total.update(str(digest).encode())
        return total.hexdigest()

    def __repr__(self) -> str:
        videos = "" if self.video is None else f", {len(np.unique(self.video))} videos"
        return f"ImageCollection({len(self)} samples{videos})"
