"""What all contestants of a race are given, and how it reaches their processes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class Work:
    """Arrays and settings that are the same for all contestants.

    Attributes
    ----------
    units : int
        How much work one run is, in the race's unit (images, vectors, ...).
    description : str
        The work in words, for the reader of the table.
    settings : dict
        Numbers that every contestant follows (a step, a number of words).
    arrays : dict of ndarray
        Arrays by name; those of several images are named by `item`.
    """

    units: int
    description: str
    settings: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def add_items(self, name: str, items: list[np.ndarray]) -> None:
        """Add arrays of different shapes, one an image."""
        self.arrays.update({f"{name}-{i:05d}": array for i, array in enumerate(items)})

    def items(self, name: str) -> list[np.ndarray]:
        """Return what `add_items` added, in order."""
        return [self.arrays[key] for key in sorted(self.arrays) if key.startswith(f"{name}-")]

    def save(self, folder: Path) -> None:
        """Write everything into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in self.arrays.items():
            np.save(folder / f"{name}.npy", array)
        head = {
            "units": self.units,
            "description": self.description,
            "settings": self.settings,
        }
        (folder / "work.json").write_text(json.dumps(head))

    @classmethod
    def load(cls, folder: Path) -> Work:
        """Read what `save` wrote.

        Large arrays are mapped, so that the processes of all contestants share
        their pages; copy-on-write, as some peers refuse arrays that are read-only.
        """
        work = cls(**json.loads((folder / "work.json").read_text()))
        for path in sorted(folder.glob("*.npy")):
            work.arrays[path.stem] = np.load(path, mmap_mode="c")
        return work
