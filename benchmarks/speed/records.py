"""The rounds of a race as CSV, a row a round."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from benchmarks.results.store import write_atomically
from benchmarks.speed.race import Standing

COLUMNS = (
    "race",
    "work",
    "source",
    "processor",
    "contestant",
    "version",
    "threads",
    "part",
    "status",
    "reason",
    "round",
    "wall_s",
    "cpu_s",
    "first_wall_s",
    "first_cpu_s",
    "agreement",
    "agreement_value",
)


def write_csv(
    path: Path,
    race: str,
    work: str,
    source: str,
    processor: str,
    standings: Sequence[Standing],
) -> None:
    """Write all rounds of all contestants; one without rounds has a row that says why.

    Parameters
    ----------
    path : Path
        Written whole or not at all; an existing file is replaced.
    race, work, source, processor : str
        Repeated in every row.
    standings : sequence of Standing
        As `run_race` returns them.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for standing in standings:
        row = {
            "race": race,
            "work": work,
            "source": source,
            "processor": processor,
            "contestant": standing.contestant.name,
            "version": standing.version or "",
            "threads": standing.threads,
            "part": standing.part,
            "status": standing.status,
            "reason": standing.reason,
        }
        if standing.first is not None:
            row["first_wall_s"], row["first_cpu_s"] = standing.first.wall_s, standing.first.cpu_s
        if standing.agreement is not None:
            row["agreement"] = standing.agreement.measure
            row["agreement_value"] = standing.agreement.value
        laps = [
            {"round": number, "wall_s": lap.wall_s, "cpu_s": lap.cpu_s}
            for number, lap in enumerate(standing.laps)
        ]
        table.writerows({**row, **lap} for lap in laps or [{}])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.getvalue().encode())
