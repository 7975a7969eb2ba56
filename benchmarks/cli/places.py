"""Folders that several commands share."""

from __future__ import annotations

import os
from pathlib import Path

RUNS = Path("runs")


def cache_folder(given: Path | None) -> Path:
    """Return the stage cache's folder: as given, CONCEPTBENCH_CACHE, or the user's cache."""
    if given is not None:
        return given.expanduser().resolve()
    variable = os.environ.get("CONCEPTBENCH_CACHE")
    if variable:
        return Path(variable).expanduser().resolve()
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(root) / "conceptbench").expanduser().resolve()


def data_folder(given: Path | None) -> Path | None:
    """Return the data folder: as given, or CONCEPTBENCH_DATA, or None.

    Raises
    ------
    ValueError
        If it is no folder.
    """
    variable = os.environ.get("CONCEPTBENCH_DATA")
    found = given or (Path(variable) if variable else None)
    if found is None:
        return None
    found = found.expanduser().resolve()
    if not found.is_dir():
        source = "--data" if given else "CONCEPTBENCH_DATA"
        raise ValueError(f"{source} names {found}, which is not a folder")
    return found
