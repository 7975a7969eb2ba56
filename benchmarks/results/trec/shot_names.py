"""How TRECVID names the samples of a task."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np


def shot_names(
    form: str,
    ids: Sequence[str] | np.ndarray,
    video: Sequence[str] | np.ndarray | None = None,
    shot: Sequence[int] | np.ndarray | None = None,
) -> list[str]:
    """Name shots.

    Parameters
    ----------
    form : str
        With ``{id}``, ``{video}`` and ``{shot}`` of the sample: ``"shot{video}_{shot}"``.
    ids : sequence of n str
        The samples.
    video, shot : sequences of n str and int, optional
        Where they are shots of videos.

    Returns
    -------
    list of n str

    Raises
    ------
    ValueError
        For a field that the samples do not have.
    """
    known = {"id": ids, "video": video, "shot": shot}
    for _, name, _, _ in string.Formatter().parse(form):
        if name is not None and known.get(name) is None:
            has = ", ".join(f"{{{field}}}" for field, value in known.items() if value is not None)
            raise ValueError(f"shot names from {form!r}: the samples have only {has}")
    return [
        form.format(**{field: value[i] for field, value in known.items() if value is not None})
        for i in range(len(ids))
    ]
