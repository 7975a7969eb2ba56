"""The stage cache: rows of samples and fitted things, made once and shared by all trials."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from benchmarks.collection import ImageCollection
from benchmarks.harness.cost import Cost, Ledger, measured
from benchmarks.harness.keys import describe, key
from benchmarks.harness.sealing import Progress, read_value, sealed, unsealed, write_value
from benchmarks.results.store import write_atomically

#: Samples are spread over so many parts by their content; workers take different parts of the
#: same work, and a lock is held for one part only.
PARTS = 16


class StageCache:
    """What the engineered pipeline calls `stages`: rows and values found, or made and kept.

    Parameters
    ----------
    folder : Path
        Where entries are kept; safe to share between processes and runs, and to delete.
    ledger : Ledger
        Where costs are written down.
    threads : int, default=1
        On how many threads images are described.
    listener : callable, optional
        ``listener(share, words)`` is told how far a long stage is.

    Notes
    -----
    A row depends on its own image and on the stage's key: components with their
    parameters and source, the images that their fitted state saw, versions of libraries.
    It is stored under the image's content, so that training sizes, seeds and systems meet
    in it. What is found costs what it took when it was made, and is marked as cached.
    """

    def __init__(
        self,
        folder: Path,
        ledger: Ledger,
        threads: int = 1,
        listener: Callable[[float, str], None] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.ledger = ledger
        self.threads = threads
        self.listener = listener

    def report(self, share: float, words: str) -> None:
        """Say how far a long stage is: the share that is done, in [0, 1], and words."""
        if self.listener is not None:
            self.listener(share, words)

    def timed(self, stage: str, images: int) -> AbstractContextManager[None]:
        """Measure a stage that is not cached."""
        return self.ledger.timed(stage, images)

    def rows(
        self,
        stage: str,
        components: Sequence[Any],
        X: ImageCollection,
        compute: Callable[[ImageCollection], np.ndarray],
        fitted_on: ImageCollection | None = None,
    ) -> np.ndarray:
        """Return a row an image, computing those that are not there.

        Parameters
        ----------
        stage : str
            Name of the stage.
        components : sequence
            What makes the rows.
        X : ImageCollection of n samples
            The images.
        compute : callable
            ``compute(sub_collection) -> (len, d) float32``, each row from its image alone.
        fitted_on : ImageCollection, optional
            What the components' fitted state saw.

        Returns
        -------
        ndarray of shape (n, d), float32
            In the order of X.
        """
        entry = self.folder / "rows" / self._key(stage, components, fitted_on)
        digests = X.digests
        part_of = np.array([int(digest[:8], 16) % PARTS for digest in digests])
        result: np.ndarray | None = None
        total, cached = Cost(), True
        # First pass: whatever no other process is busy with. Second: wait for the rest.
        waiting = [int(part) for part in np.unique(part_of)]
        start = os.getpid() % len(waiting) if waiting else 0
        waiting = waiting[start:] + waiting[:start]
        for timeout in (0.0, -1.0):
            busy = []
            for part in waiting:
                members = np.flatnonzero(part_of == part)
                try:
                    rows, cost, old = self._part(
                        entry / f"{part:02d}", X, members, compute, timeout
                    )
                except Timeout:
                    busy.append(part)
                    continue
                if result is None:
                    result = np.empty((len(X), *rows[0].shape), np.float32)
                result[members] = rows
                total, cached = total.plus(cost), cached and old
            waiting = busy
        self.ledger.add(stage, total, len(X), cached, key("rows", entry.name, X.fingerprint))
        return compute(X) if result is None else result

    def _part(
        self,
        folder: Path,
        X: ImageCollection,
        members: np.ndarray,
        compute: Callable[[ImageCollection], np.ndarray],
        timeout: float,
    ) -> tuple[list[np.ndarray], Cost, bool]:
        digests = X.digests[members]
        stored = _Stored(folder)
        if stored.missing(digests):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / "lock", timeout=timeout):
                stored = _Stored(folder)  # another process may have filled it meanwhile
                new = stored.missing(digests)
                if new:
                    # Samples with equal content have equal rows: one of each is enough.
                    first = {digest: i for i, digest in reversed(list(enumerate(digests)))}
                    places = members[sorted(first[digest] for digest in new)]
                    made = Cost()
                    with measured(made, self.ledger.baseline_mb):
                        rows = np.asarray(compute(X[places]), dtype=np.float32)
                    stored.add(X.digests[places], rows, made)
                    return [stored.row[d] for d in digests], stored.cost(digests), False
        return [stored.row[d] for d in digests], stored.cost(digests), True

    def value(
        self,
        stage: str,
        components: Sequence[Any],
        compute: Callable[[], Any],
        fitted_on: ImageCollection,
    ) -> Any:
        """Return a fitted thing (a vocabulary), fitting it if it is not there.

        Parameters
        ----------
        stage, components : as for `rows`
        compute : callable
            Fits and returns it; it must pickle.
        fitted_on : ImageCollection
            The images it is fitted on.
        """
        return self.resumable(stage, components, lambda _: compute(), fitted_on)

    def resumable(
        self,
        stage: str,
        components: Sequence[Any],
        compute: Callable[[Progress], Any],
        fitted_on: ImageCollection,
    ) -> Any:
        """Return a fitted thing whose fitting, once cut off, goes on where it was.

        Parameters
        ----------
        stage, components, fitted_on : as for `value`
        compute : callable
            ``compute(progress)`` fits and returns it; see `Progress`. What an earlier process
            spent on it counts as its cost.
        """
        folder = self.folder / "values"
        folder.mkdir(parents=True, exist_ok=True)
        entry = self._key(stage, components, fitted_on)
        path = folder / f"{entry}.pickle"
        found = read_value(path)
        cached = found is not None
        if found is None:
            with FileLock(path.with_suffix(".lock")):
                found = read_value(path)
                cached = found is not None
                if found is None:
                    progress = Progress(path.with_suffix(".progress"), self.ledger.baseline_mb)
                    with progress.measured():
                        value = compute(progress)
                    found = (value, progress.cost)
                    write_value(path, *found)
                    progress.delete()
        value, cost = found
        self.ledger.add(stage, cost, len(fitted_on), cached, entry)
        return value

    def _key(self, stage: str, components: Sequence[Any], fitted_on: ImageCollection | None) -> str:
        seen = None if fitted_on is None else fitted_on.fingerprint
        return key("stage", stage, [describe(component) for component in components], seen)


class _Stored:
    """The rows of one part of one entry, from its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.row: dict[str, np.ndarray] = {}
        self._cost: dict[str, tuple[Cost, int]] = {}
        for digests, rows, cost in self._files():
            self._take(digests, rows, cost)

    def _files(self) -> Iterator[tuple[np.ndarray, np.ndarray, Cost]]:
        for path in sorted(self.folder.glob("*.rows")):
            data = unsealed(path)
            if data is None:
                path.unlink(missing_ok=True)  # damaged on the disk: made again
                continue
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                yield file["digests"], file["rows"], Cost(*file["cost"].tolist())

    def _take(self, digests: np.ndarray, rows: np.ndarray, cost: Cost) -> None:
        for digest, row in zip(digests.tolist(), rows):
            self.row[digest] = row
            self._cost[digest] = (cost, len(digests))

    def missing(self, digests: np.ndarray) -> list[str]:
        return [digest for digest in dict.fromkeys(digests.tolist()) if digest not in self.row]

    def cost(self, digests: np.ndarray) -> Cost:
        """What rows took: of each file that they come from, their share."""
        total = Cost()
        for digest in digests.tolist():
            cost, count = self._cost[digest]
            total = total.plus(cost, 1.0 / count)
        return total

    def add(self, digests: np.ndarray, rows: np.ndarray, cost: Cost) -> None:
        if rows.shape[:1] != (len(digests),):
            raise ValueError(f"expected {len(digests)} rows, got an array of shape {rows.shape}")
        buffer = io.BytesIO()
        spent = np.array([cost.wall_s, cost.cpu_s, cost.gpu_s, cost.peak_mb])
        # Histograms of words are mostly zeros, and a large pyramid of them fills a disk.
        mostly_zeros = 2 * np.count_nonzero(rows) < rows.size
        save = np.savez_compressed if mostly_zeros else np.savez
        save(buffer, digests=digests, rows=rows, cost=spent)
        name = hashlib.sha256("".join(digests.tolist()).encode()).hexdigest()[:16]
        write_atomically(self.folder / f"{name}.rows", sealed(buffer.getvalue()))
        self._take(digests, rows, cost)
