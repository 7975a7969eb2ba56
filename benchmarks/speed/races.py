"""All races by name."""

from __future__ import annotations

from benchmarks.registry import nearest
from benchmarks.speed.assignment import AssignmentRace
from benchmarks.speed.dense_sift import DenseSIFTRace
from benchmarks.speed.fisher import FisherRace
from benchmarks.speed.kmeans import KMeansRace
from benchmarks.speed.race import Race
from benchmarks.speed.statistics import StatisticsRace
from benchmarks.speed.svm import SVMRace
from benchmarks.speed.training import TrainingRace
from benchmarks.speed.training_loop import TrainingLoopRace
from benchmarks.speed.vlad import VLADRace

RACES: dict[str, type[Race]] = {
    race.name: race
    for race in (
        DenseSIFTRace,
        KMeansRace,
        AssignmentRace,
        FisherRace,
        VLADRace,
        SVMRace,
        TrainingRace,
        TrainingLoopRace,
        StatisticsRace,
    )
}


def find_race(name: str) -> Race:
    """Return the race of a name.

    Raises
    ------
    ValueError
        With the nearest right name, for a wrong one.
    """
    if name not in RACES:
        raise ValueError(f"there is no race {name!r}{nearest(name, RACES)}")
    return RACES[name]()
