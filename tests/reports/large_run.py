"""A run as large as a report should bear: python tests/reports/large_run.py FOLDER.

30 systems, 100 concepts and 10,000 test samples; `conceptbench report FOLDER` then takes at most a
minute on an idle machine of two cores.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conftest import Material, Quality, make_run


def large_run(folder: Path) -> None:
    """Write the run."""
    concepts = tuple(f"concept {i:03d}" for i in range(100))
    # Half of the samples are test samples.
    material = Material("large", concepts, samples=20_000, sizes=(None,))
    systems = [
        Quality(f"{family}-{i:02d}", family, 0.6 + 0.08 * i, tilt=tilt)
        for family, tilt in (("engineered", -0.2), ("learned", 0.2))
        for i in range(12)
    ]
    for i in range(6):
        members = (f"engineered-{6 + i:02d}", f"learned-{6 + i:02d}")
        systems.append(Quality(f"fused-{i}", "fused", 1.7 + 0.05 * i, members=members))
    make_run(folder, [material], systems, seeds=(0,))
    # The command looks for the images, which were never there.
    path = folder / "run.json"
    info = json.loads(path.read_text())
    path.write_text(json.dumps({**info, "data": None, "base": str(folder)}))


if __name__ == "__main__":
    large_run(Path(sys.argv[1]))
