"""Files that appear whole or not at all, and a trial's folder made of them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

#: Raised when the meaning of stored files changes; part of every key.
SCHEMA = 1

Status = Literal["complete", "failed", "skipped"]


def write_atomically(path: Path, data: bytes) -> str:
    """Write a file so that any reader, at any instant, sees the old or the new one whole.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    data : bytes
        Content.

    Returns
    -------
    str
        SHA-256 of the content.
    """
    # In the same folder, so that the rename stays in one file system; opened plainly, so that
    # its permissions are the user's usual ones.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return hashlib.sha256(data).hexdigest()


def write_json(path: Path, value: Any) -> str:
    """Write `value` as JSON, atomically; return its SHA-256."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    return write_atomically(path, text.encode())


def array_bytes(array: np.ndarray) -> bytes:
    """Return `array` in .npy format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


@dataclass(frozen=True)
class StageCost:
    """What one stage of a trial took.

    Attributes
    ----------
    stage : str
        "extract", "vocabulary", "encode", "classifier", "train", "scoring" ...
    wall_s, cpu_s, gpu_s : float
        Seconds: elapsed, of all the process's threads, of the device.
    peak_mb : float
        Highest resident memory during the stage, above that before the trial, MiB.
    images : int
        How many images passed.
    cached : bool
        Whether the stage's result was found; its cost is then what it took when it was made.
    parts : mapping of str to (wall_s, cpu_s, gpu_s)
        Of the seconds, those of each entry of the stage cache, under its key: what two trials
        both have is done once where they run together. Empty in runs of before 2026-12.
    """

    stage: str
    wall_s: float
    cpu_s: float
    gpu_s: float
    peak_mb: float
    images: int
    cached: bool
    parts: Mapping[str, Sequence[float]] = field(default_factory=dict)


class TrialFolder:
    """The files of one trial: scores, split, cost, and last of all `trial.json`.

    Parameters
    ----------
    folder : Path
        ``runs/<suite>/trials/<key>``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def write(
        self,
        record: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray] | None = None,
        costs: list[StageCost] | None = None,
    ) -> None:
        """Write a trial; it counts from the moment that `trial.json` is there.

        Parameters
        ----------
        record : mapping
            Identity and status; see docs/results.md.
        arrays : mapping of str to ndarray
            Written as ``<name>.npy``.
        costs : list of StageCost
            Written as ``cost.json``.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.forget()
        sums = {}
        for name, array in (arrays or {}).items():
            sums[f"{name}.npy"] = write_atomically(self.folder / f"{name}.npy", array_bytes(array))
        stages = [asdict(cost) for cost in costs or []]
        sums["cost.json"] = write_json(self.folder / "cost.json", stages)
        write_json(
            self.folder / "trial.json",
            {"schema": SCHEMA, **record, "sha256": dict(sorted(sums.items()))},
        )

    def forget(self) -> None:
        """Take back that the trial was recorded, as it is to be run again."""
        (self.folder / "trial.json").unlink(missing_ok=True)

    def read(self) -> dict[str, Any] | None:
        """Return the record, or None where there is none or it cannot be read."""
        try:
            record = json.loads((self.folder / "trial.json").read_bytes())
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) and record.get("schema") == SCHEMA else None

    def is_settled(self) -> bool:
        """Whether the trial is complete, or skipped, and every file still has its checksum."""
        record = self.read()
        if record is None or record.get("status") not in ("complete", "skipped"):
            return False
        for name, expected in record.get("sha256", {}).items():
            try:
                found = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
            except OSError:
                return False
            if found != expected:
                return False
        return True

    def array(self, name: str) -> np.ndarray:
        """Return an array of the trial, e.g. ``scores`` or ``val_scores``."""
        return np.load(self.folder / f"{name}.npy", allow_pickle=False)

    def has(self, name: str) -> bool:
        """Whether the trial has an array: ``val_scores`` is not made where nothing needs it."""
        return (self.folder / f"{name}.npy").is_file()

    def costs(self) -> list[StageCost]:
        """Return what the stages took."""
        return [
            StageCost(**stage) for stage in json.loads((self.folder / "cost.json").read_bytes())
        ]
