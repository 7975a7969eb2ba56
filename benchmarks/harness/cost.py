"""What a stage takes: elapsed time, processor time, device time, peak memory."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import mmap
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.results.store import StageCost

_STATUS = Path("/proc/self/status")
_STATM = Path("/proc/self/statm")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass
class Cost:
    """Seconds and MiB of something that ran."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    gpu_s: float = 0.0
    peak_mb: float = 0.0

    def plus(self, other: Cost, share: float = 1.0) -> Cost:
        """Return both together: times add (`share` of the other's), peaks do not."""
        return Cost(
            self.wall_s + share * other.wall_s,
            self.cpu_s + share * other.cpu_s,
            self.gpu_s + share * other.gpu_s,
            max(self.peak_mb, other.peak_mb),
        )


def release_memory() -> None:
    """Give back to the system what this process has freed, where its allocator can (glibc).

    Else a trial finds its memory among what earlier ones left, and seems to need none.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def reset_peak() -> None:
    """Start peak memory anew, where the system can (Linux)."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        # Elsewhere the peak is that of the process so far, which docs/results.md says.
        return


def peak_mb() -> float:
    """Return the peak resident memory of this process in MiB, since `reset_peak` on Linux."""
    try:
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass  # no /proc on this system; the next lines serve
    try:
        import resource
    except ImportError:
        return 0.0  # Windows tells neither way
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def resident_mb() -> float:
    """Return the resident memory of this process in MiB; 0 where the system does not tell."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, ValueError):
        return 0.0
    return pages * mmap.PAGESIZE / 2**20


@contextmanager
def measured(cost: Cost, baseline_mb: float = 0.0) -> Iterator[Callable[[], Cost]]:
    """Add to `cost` what the block takes; memory above a baseline.

    Yields
    ------
    callable
        Takes nothing, returns what the block has taken so far.
    """
    reset_peak()
    device = _device_clock()
    wall, cpu = time.perf_counter(), time.process_time()

    def so_far() -> Cost:
        return Cost(
            gpu_s=device(),
            wall_s=time.perf_counter() - wall,
            cpu_s=time.process_time() - cpu,
            peak_mb=peak_mb() - baseline_mb,
        )

    try:
        yield so_far
    finally:
        total = cost.plus(so_far())
        cost.wall_s, cost.cpu_s, cost.gpu_s = total.wall_s, total.cpu_s, total.gpu_s
        cost.peak_mb = total.peak_mb


def _device_clock() -> Callable[[], float]:
    """Start timing on the CUDA device, if this process uses one; return what reads the time."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return lambda: 0.0
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()

    def read() -> float:
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1000.0

    return read


class Ledger:
    """The costs of one trial, a line a phase and stage.

    Attributes
    ----------
    phase : str
        "fit", "validate" or "predict": which part of the trial is running. A stage is
        written as ``phase/stage``.
    baseline_mb : float
        What the process held before the trial (interpreter, libraries, what earlier trials
        left): peak memory is told above it, so that the order of trials plays no part.
    """

    def __init__(self) -> None:
        self.phase = "fit"
        self.baseline_mb = resident_mb()
        self._lines: dict[str, StageCost] = {}

    def add(
        self, stage: str, cost: Cost, images: int, cached: bool, entry: str | None = None
    ) -> None:
        """Add a cost to the line of a stage; a line is cached when all that it holds is.

        `entry` is the key of the result in the stage cache. What is read a second time has
        been counted.
        """
        name = f"{self.phase}/{stage}"
        part = {} if entry is None else {entry: (cost.wall_s, cost.cpu_s, cost.gpu_s)}
        before = self._lines.get(name)
        if before is None:
            self._lines[name] = StageCost(
                name, cost.wall_s, cost.cpu_s, cost.gpu_s, cost.peak_mb, images, cached, part
            )
            return
        if entry in before.parts:
            return
        self._lines[name] = replace(
            before,
            wall_s=before.wall_s + cost.wall_s,
            cpu_s=before.cpu_s + cost.cpu_s,
            gpu_s=before.gpu_s + cost.gpu_s,
            peak_mb=max(before.peak_mb, cost.peak_mb),
            images=before.images + images,
            cached=before.cached and cached,
            parts={**before.parts, **part},
        )

    @contextmanager
    def timed(self, stage: str, images: int) -> Iterator[None]:
        """Measure a block as a stage that is not cached."""
        cost = Cost()
        with measured(cost, self.baseline_mb):
            yield
        self.add(stage, cost, images, cached=False)

    def lines(self) -> list[StageCost]:
        """Return the lines in order of their first cost."""
        return list(self._lines.values())
