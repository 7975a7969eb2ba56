"""One thread budget for every pool: BLAS, OpenMP, OpenCV, torch, numba."""

from __future__ import annotations

import os
import sys
from typing import Any

#: Read by the libraries when they load, hence set before a worker starts.
VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def available_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def budget() -> int:
    """Return how many threads this process may use, as a run has set it; else 1."""
    return max(1, int(os.environ.get("OMP_NUM_THREADS") or 1))


def budget_alone() -> int:
    """Return how many threads a process may use that works alone: as set, else all processors."""
    return budget() if os.environ.get("OMP_NUM_THREADS") else available_cpus()


def set_environment(threads: int) -> None:
    """Set the budget for processes that this one starts."""
    for variable in VARIABLES:
        os.environ[variable] = str(threads)


def limit(threads: int) -> None:
    """Hold this process's loaded libraries to the budget.

    Parameters
    ----------
    threads : int
        At least 1.
    """
    import cv2

    # Images are described side by side; OpenCV's own threads would come on top.
    cv2.setNumThreads(1)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)
