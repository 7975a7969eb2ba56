"""Checks on image files that every task over files shares."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.decoding import BadImageError, decode

OnBadImage = Literal["error", "skip"]


def check_choice(on_bad_image: str) -> None:
    """Raise ValueError unless `on_bad_image` is "error" or "skip"."""
    if on_bad_image not in ("error", "skip"):
        raise ValueError(f'on_bad_image is {on_bad_image!r}; it must be "error" or "skip"')


def readable(
    paths: Sequence[Path], on_bad_image: str, threads: int = 2
) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Find which files decode.

    Parameters
    ----------
    paths : sequence of Path
        Image files.
    on_bad_image : {"error", "skip"}
        With "error" nothing is decoded now: a bad file raises when it is first used.
    threads : int
        Decoding threads.

    Returns
    -------
    keep : ndarray of shape (n,), bool
        Which files to use.
    excluded : list of (path, reason)
        The others.
    """
    check_choice(on_bad_image)
    keep = np.ones(len(paths), dtype=bool)
    if on_bad_image == "error":
        return keep, []

    def reason(path: Path) -> str | None:
        try:
            decode(path)
        except BadImageError as error:
            return error.reason
        return None

    with ThreadPoolExecutor(threads) as pool:
        reasons = list(pool.map(reason, paths))
    keep = np.array([found is None for found in reasons], dtype=bool)
    return keep, [(str(path), found) for path, found in zip(paths, reasons) if found is not None]
