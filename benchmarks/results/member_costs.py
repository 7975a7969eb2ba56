"""What the systems that a fusion or a re-scoring rests on took, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchmarks.results.run import Trial
from benchmarks.results.store import StageCost


def member_costs(trial: Trial, by_key: Mapping[str, Trial]) -> Iterator[StageCost]:
    """Yield a line ``phase/members`` for fit, predict and validate, where there are members.

    Members of members count as well, each once, and so does an entry of the stage cache that
    several of them read in one phase: whoever runs them together describes an image once.

    Parameters
    ----------
    trial : Trial
        Of any system; one without members has no lines.
    by_key : mapping of str to Trial
        The trials of its run.

    Yields
    ------
    StageCost
        Seconds are sums, memory and images maxima; without `parts`.
    """
    below = members_below(trial, by_key)
    for phase in ("fit", "predict", "validate"):
        stages = [c for member in below for c in member.costs if c.stage.startswith(f"{phase}/")]
        if stages:
            yield StageCost(
                f"{phase}/members",
                *seconds(stages),
                max(c.peak_mb for c in stages),
                max(c.images for c in stages),
                all(c.cached for c in stages),
            )


def members_below(trial: Trial, trials: Mapping[str, Trial]) -> list[Trial]:
    """Return all trials that a fused one rests on, members of members too, each once."""
    found: dict[str, Trial] = {}
    pending = list(trial.members)
    while pending:
        key = pending.pop()
        if key in trials and key not in found:
            found[key] = trials[key]
            pending += trials[key].members
    return list(found.values())


def seconds(stages: Sequence[StageCost]) -> tuple[float, float, float]:
    """Return (wall_s, cpu_s, gpu_s) of stages together; an entry of the cache counts once."""
    total, counted = np.zeros(3), set()
    for stage in stages:
        total += (stage.wall_s, stage.cpu_s, stage.gpu_s)
        for entry, spent in stage.parts.items():
            if entry in counted:
                total -= spent
            counted.add(entry)
    # A stage may hold nothing but what is taken off again.
    wall, cpu, gpu = np.maximum(total, 0.0).tolist()
    return wall, cpu, gpu
