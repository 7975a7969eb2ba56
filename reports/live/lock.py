"""Whether a run's lock is held, seen without taking it."""

from __future__ import annotations

from pathlib import Path


def is_held(lock: Path, locks: Path = Path("/proc/locks")) -> bool | None:
    """Tell whether some process holds the lock of a run folder.

    Trying to take it, if only for an instant, could stop a run that starts just then; the
    kernel's own list disturbs nobody.

    Parameters
    ----------
    lock : Path
        The lock's file.
    locks : Path
        The kernel's list of locks; only Linux has one.

    Returns
    -------
    bool or None
        None where it cannot be told.
    """
    try:
        lines = locks.read_text().splitlines()
    except OSError:
        return None
    try:
        inode = str(lock.stat().st_ino)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    # By the file's number alone: file systems in layers name another device here than there.
    return any(inode == part.rpartition(":")[2] for line in lines for part in line.split()[5:6])
