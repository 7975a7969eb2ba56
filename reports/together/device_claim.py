"""The lecture's claim on GPUs, put to the test: the same networks, trained on either device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.results.run import Run
from reports import wording
from reports.claims.device import STATEMENT, TITLE
from reports.document import Answer, Block, Cell, Claim, Claims, Column, Table, Verdict, say, strong
from reports.tables import as_size
from reports.together.pairing import Change, Pair

#: The stage in which a network is trained.
TRAINING = "fit/train"
#: How many times as fast "many times" is, at least. The lecture says 50.
MANY = 2.0


@dataclass(frozen=True)
class Race:
    """What a network took to train at a size on either device, seconds; `cpu`: the processor."""

    change: Change
    cpu: float
    gpu: float

    @property
    def times(self) -> float:
        """How many times as long the processor takes."""
        return self.cpu / self.gpu


def device_claim(pair: Pair, i: int) -> list[Block]:
    """Return the claim with its verdict, and the times; nothing where both ran on one device.

    Parameters
    ----------
    pair : Pair
    i : int
        The pair's place, which makes the table's id.

    Notes
    -----
    It holds where every training is at least `MANY` times as fast on the GPU, fails where
    none does, and otherwise is open. Times are means over the seeds that both runs have.
    """
    races = [race for change in pair.shared if (race := _race(pair, change)) is not None]
    if not races:
        return []
    times = [race.times for race in races]
    verdict: Verdict = "holds" if min(times) >= MANY else "fails" if max(times) < MANY else "open"
    slowest = max(races, key=lambda race: race.cpu)
    spread = wording.times(times[0])
    if len(times) > 1:
        spread = f"from {wording.times(min(times))} to {wording.times(max(times))}"
    evidence = say(
        "On a processor, {what} that both runs made {take} {spread} as long as on a GPU, by "
        "measured times (half of them {median} or more); the longest, {name} on {size}, takes "
        "{cpu} there and {gpu} on the GPU. It counts as holding where all are at least {many} as "
        "fast; the lecture says 50 times. Times hold for these machines, and have no interval.",
        what=wording.count(len(races), "training of a network", "trainings of networks"),
        take="takes" if len(races) == 1 else "take",
        spread=strong(spread),
        median=wording.times(float(np.median(times))),
        name=strong(slowest.change.system),
        size=slowest.change.size,
        cpu=wording.seconds(slowest.cpu),
        gpu=wording.seconds(slowest.gpu),
        many=wording.times(MANY),
    )
    identifier = f"device-{i}"
    claim = Claim(TITLE, STATEMENT, "the times of training the same networks on both",
                  (Answer(verdict, evidence, shown=identifier),))  # fmt: skip
    rows = tuple(
        (
            Cell(race.change.system, family=race.change.family),
            Cell(race.change.task),
            Cell(race.change.size, race.change.train_size if race.change.train_size >= 0 else 1e18),
            Cell(wording.seconds(race.cpu), race.cpu),
            Cell(wording.seconds(race.gpu), race.gpu),
            Cell(wording.times(race.times), race.times),
        )
        for race in races
    )
    columns = (
        Column("System"), Column("Task"), Column("Training size"),
        Column("Processor", numeric=True), Column("GPU", numeric=True),
        Column("Ratio", numeric=True),
    )  # fmt: skip
    caption = "What training each network took on a processor and on a GPU."
    return [Claims((claim,)), Table(identifier, caption, columns, rows)]


def _race(pair: Pair, change: Change) -> Race | None:
    """Return a network's times on either device, None where it has not been on both."""
    names = {wording.clean(name): name for name in pair.tasks}
    sides = [_training(run, names[change.task], change) for run in (pair.reference, pair.other)]
    seeds = sides[0].keys() & sides[1].keys()
    devices = [{side[seed][1] for seed in seeds} for side in sides]
    if [len(found) for found in devices] != [1, 1] or devices[0] == devices[1]:
        return None
    means = [float(np.mean([side[seed][0] for seed in seeds])) for side in sides]
    if min(means) <= 0:
        return None
    cpu, gpu = means if devices[1] == {True} else means[::-1]
    return Race(change, cpu, gpu)


def _training(run: Run, task: str, change: Change) -> dict[int, tuple[float, bool]]:
    """Return a system's seconds of training a network by seed, and whether on a GPU."""
    found = {}
    for trial in run.complete(task):
        if trial.system == change.key and as_size(trial.train_size) == change.train_size:
            stages = [stage for stage in trial.costs if stage.stage == TRAINING]
            if stages:
                on_gpu = any(stage.gpu_s > 0 for stage in stages)
                found[trial.seed] = (sum(stage.wall_s for stage in stages), on_gpu)
    return found
