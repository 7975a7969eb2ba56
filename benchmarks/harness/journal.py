"""log.jsonl: what happened when, a line an event."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.harness.record import now


class Journal:
    """The log of a run folder, which every execution goes on with.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_file() and path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            # A run killed in mid-line must not spoil the next line as well.
            path.write_bytes(path.read_bytes() + b"\n")

    def write(self, event: str, **values: Any) -> None:
        """Add an event and its time."""
        line = json.dumps({"time": now(), "event": event, **values}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def cut_short(self) -> dict[str, Any] | None:
        """Return what is known of the latest execution where it never came to its end.

        Returns
        -------
        dict or None
            As an execution stands in run.json, with nothing for `finished`; `wall_s` is the time
            until the last thing that it logged. None where it ended, or nothing is logged.
        """
        started: datetime | None = None
        last, ran = started, 0
        lines = self.path.read_bytes().splitlines() if self.path.is_file() else []
        for line in lines:
            try:
                entry = json.loads(line)
                event, time = entry["event"], datetime.fromisoformat(entry["time"])
            except (ValueError, TypeError, KeyError):
                continue
            if event == "start":
                started, ran = time, 0
            elif event == "end":
                started = None
            ran += event in ("complete", "failed", "skipped")
            last = time
        if started is None or last is None:
            return None
        seconds = (last - started).total_seconds()
        return {"started": started.isoformat(), "finished": None, "wall_s": seconds, "ran": ran}
