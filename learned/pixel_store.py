"""The decoded training images, in memory as long as they fit, else in a temporary file."""

from __future__ import annotations

import os
import tempfile
from types import TracebackType
from typing import IO, Any

import numpy as np
import torch

# Bytes of decoded images that are held in memory: 138,000 images of 72 pixels a side.
IN_MEMORY = 2 * 2**30


class PixelStore:
    """Room for the squares of a collection.

    Leaving the store as a context, by whatever way, deletes the file.

    Parameters
    ----------
    count, size : int
        Number of images, and their side in pixels.
    in_memory : int, optional
        Most bytes to hold in memory; `IN_MEMORY` by default. A larger store is a
        memory-mapped file in Python's temporary folder (``TMPDIR``), of which the
        system keeps in memory what it has room for.
    shared : bool
        Whether other processes will read the store: it then is a file with a name.

    Attributes
    ----------
    pixels : (count, size, size, 3) uint8
        To be filled.
    path : str or None
        The file that other processes may read, where the store is shared.

    Raises
    ------
    OSError
        The temporary folder has no room for the file.
    """

    def __init__(
        self, count: int, size: int, *, in_memory: int | None = None, shared: bool = False
    ) -> None:
        shape = (count, size, size, 3)
        total = int(np.prod(shape, dtype=np.int64))
        self.path: str | None = None
        self._file: IO[bytes] | None = None
        if not shared and total <= (IN_MEMORY if in_memory is None else in_memory):
            self.pixels = np.empty(shape, dtype=np.uint8)
            return
        # Without a name, the file goes with the process, even with one that is killed.
        make: Any = tempfile.NamedTemporaryFile if shared else tempfile.TemporaryFile
        self._file = make(prefix="conceptbench-pixels-")
        self.path = self._file.name if shared else None
        try:
            # A full disk is an error here, and would be a fatal signal later.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._file.fileno(), 0, total)
            self.pixels = np.memmap(self._file, dtype=np.uint8, mode="r+", shape=shape)
        except OSError as error:
            self._file.close()
            raise OSError(
                error.errno,
                f"no room for {total / 2**30:.1f} GiB of decoded images in "
                f"{tempfile.gettempdir()} ({error.strerror}); set TMPDIR to a larger disk",
            ) from error

    @property
    def in_file(self) -> bool:
        """Whether reading may wait for a disk."""
        return self._file is not None

    def tensor(self) -> torch.Tensor:
        """Return the pixels as a tensor that shares their memory."""
        return torch.from_numpy(self.pixels)

    def close(self) -> None:
        """Let the memory go, and delete the file."""
        del self.pixels
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> PixelStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
