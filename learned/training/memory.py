"""Memory that a training on the CPU frees in one step and needs again in the next."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

import torch

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
# Blocks up to this size, the largest that glibc allows, come from the heap; so much may lie
# unused at its end. Afterwards, the heap keeps what it would at most by glibc's own rule.
HEAP_BLOCK, KEPT, KEPT_AFTER = 32 << 20, 1 << 30, 64 << 20


@contextlib.contextmanager
def kept_memory(device: torch.device) -> Iterator[None]:
    """Let the allocator keep what is freed until the context ends, where it is glibc's.

    The end of a step frees nearly all its activations. By default glibc gives them back to the
    system, which hands them out again page by page in the next step, each page cleared: up to a
    tenth of a step of a small network, measured by ``conceptbench speed training-loop``.

    Parameters
    ----------
    device : torch.device
        Which trains. Nothing is done for others than the CPU.
    """
    found = _glibc() if device.type == "cpu" else None
    if found is None:
        yield
        return
    found.mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK)
    found.mallopt(M_TRIM_THRESHOLD, KEPT)
    try:
        yield
    finally:
        found.mallopt(M_TRIM_THRESHOLD, KEPT_AFTER)
        found.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        library.mallopt, library.malloc_trim, library.gnu_get_libc_version  # noqa: B018
    except (OSError, AttributeError, TypeError):
        return None
    return library
