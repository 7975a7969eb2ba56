"""What a run's log says of its latest execution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

OUTCOMES = ("complete", "failed", "skipped")


@dataclass
class Journal:
    """The latest execution, and what every trial has taken so far.

    Attributes
    ----------
    started, ended, last : datetime or None
        Of the latest execution; `ended` is None while it goes on or was interrupted; `last` is
        the last thing that it logged.
    to_run : int
        Trials that it set out to run.
    at_work : dict of str to (str, datetime)
        Label and beginning of each trial that has begun and not ended, by key.
    ended_keys : set of str
        Trials that it has ended, whatever came of them.
    took : dict of str to float
        Seconds that trials took when they completed, of every execution, by key.
    """

    started: datetime | None = None
    ended: datetime | None = None
    last: datetime | None = None
    to_run: int = 0
    at_work: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    ended_keys: set[str] = field(default_factory=set)
    took: dict[str, float] = field(default_factory=dict)


def read_journal(path: Path) -> Journal:
    """Read a log that may be written to at this instant.

    Parameters
    ----------
    path : Path
        ``log.jsonl``; that there is none yet is no error.

    Returns
    -------
    Journal
        A line that is not whole yet, or that a killed run left in pieces, is passed over.
    """
    journal = Journal()
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return journal
    for line in lines:
        try:
            entry = json.loads(line)
            _add(journal, entry, datetime.fromisoformat(entry["time"]))
        except (ValueError, TypeError, KeyError):
            continue
    return journal


def _add(journal: Journal, entry: Mapping[str, Any], time: datetime) -> None:
    event = entry["event"]
    if event == "start":
        journal.started, journal.ended = time, None
        journal.to_run = int(entry["to_run"])
        journal.at_work.clear()
        journal.ended_keys.clear()
    elif event == "trial":
        journal.at_work[str(entry["key"])] = (str(entry["label"]), time)
    elif event in OUTCOMES:
        key = str(entry["key"])
        journal.at_work.pop(key, None)
        journal.ended_keys.add(key)
        if event == "complete":
            journal.took[key] = float(entry["wall_s"])
    elif event == "end":
        journal.ended = time
        journal.at_work.clear()
    journal.last = time
