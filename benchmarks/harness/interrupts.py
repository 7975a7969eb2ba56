"""Ctrl-C is for the process that the user started, and for no worker of it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Start processes that Ctrl-C never reaches; here it waits until they have started.

    A process inherits which signals are blocked, so that not even its start is
    disturbed. To ignore the signal instead would lose a Ctrl-C that comes within.
    """
    # It unblocks the signal when it starts its own process: not within, then.
    resource_tracker.ensure_running()
    held: list[int] = []
    # Blocking is a thread's own; a library's thread may take the signal for the process.
    handler = signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, handler)
        if held:
            signal.raise_signal(signal.SIGINT)
