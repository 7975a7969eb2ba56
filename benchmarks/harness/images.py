"""The images behind a run, where its data is still at hand."""

from __future__ import annotations

from pathlib import Path

from benchmarks.collection import ImageCollection
from benchmarks.harness.data import load_task
from benchmarks.results.run import Run
from benchmarks.suites.loading import parse


def collection(run: Run, task: str) -> ImageCollection | None:
    """Load the images of a task of a run.

    Parameters
    ----------
    run : Run
        The run.
    task : str
        One of its tasks.

    Returns
    -------
    ImageCollection or None
        None where the data is no longer there, or is not what the run was made on.
    """
    import tomllib

    data = run.info["data"]
    try:
        suite = parse(tomllib.loads(run.info["suite"]["source"]))
        spec = {spec.name: spec for spec in suite.tasks}[task]
        found = load_task(spec, Path(run.info["base"]), None if data is None else Path(data))
    except (OSError, ValueError, KeyError):
        # The report says that the images are not at hand.
        return None
    # Files that changed since would be shown beside scores that are not theirs.
    return found.collection if found.fingerprint == run.tasks[task].fingerprint else None
