"""The document on several runs as files in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.results.changes import CHANGES
from benchmarks.results.run import Run
from benchmarks.results.store import write_atomically
from benchmarks.results.tables import as_csv
from reports.output import write_document
from reports.together.build import build_together
from reports.together.pairing import Pair, pair_up

#: By this file a folder is known as one that holds such a document.
TABLE = Path("tables") / "changes.csv"


def write_together(
    runs: Sequence[Run], folder: Path, threads: int | None = None
) -> dict[str, Path]:
    """Write what changed between runs; the same runs give the same files.

    Parameters
    ----------
    runs : sequence of Run
        At least two; the first is the reference.
    folder : Path
        Made if need be; empty, or of an earlier such document.
    threads : int, optional
        For resampling; changes no number.

    Returns
    -------
    dict of str to Path
        "html", "pdf", "figures" and "tables".

    Raises
    ------
    ValueError
        As for `reports.together.pairing.pair_up`, and for a folder that holds something else.
    """
    check_folder(folder)
    pairs = pair_up(runs, threads)
    document = build_together(pairs)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    write_atomically(folder / TABLE, as_csv(changes_table(pairs)))
    return {**write_document(document, folder), "tables": folder / "tables"}


def check_folder(folder: Path) -> None:
    """Refuse a folder in which something of the user's could be written over.

    Raises
    ------
    ValueError
        For a file, a run folder, and a folder that holds anything but such a document.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; the report of several runs needs a folder")
    if (folder / "run.json").exists():
        raise ValueError(
            f"{folder} is a run folder; the report of several runs needs a folder of its own"
        )
    if folder.is_dir() and any(folder.iterdir()) and not (folder / TABLE).is_file():
        raise ValueError(
            f"{folder} holds other things; the report of several runs needs a folder of its own"
        )


def changes_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return the changes of all runs against the reference, with the names of both."""
    frames = [pair.table.assign(reference=pair.a, run=pair.b) for pair in pairs]
    return pd.concat(frames, ignore_index=True)[["reference", "run", *CHANGES]]
