"""A race: one piece of work, ours and the peers, in rounds."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from benchmarks.speed.agreement import Agreement
from benchmarks.speed.comparison import Ratio, paired_ratio
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.seat import ContestantError, Lap, Seat
from benchmarks.speed.work import Work

Clock = Literal["wall", "cpu"]
CLOCKS: tuple[Clock, ...] = ("wall", "cpu")
Outputs = dict[str, np.ndarray]


@dataclass(frozen=True)
class Size:
    """How large the work is and how often it is done; what a user may change.

    Attributes
    ----------
    images, rounds : int
        Images that the work is made from, and rounds.
    vectors : int or None
        Local vectors, where the work is on vectors.
    """

    images: int
    rounds: int
    vectors: int | None = None


class Race(ABC):
    """What is raced over. A subclass says what the work is, who takes part, how outputs compare."""

    name: ClassVar[str]
    title: ClassVar[str]
    #: What the work is counted in, where a rate says more than a time.
    unit: ClassVar[str | None] = None
    #: Ours first.
    contestants: ClassVar[tuple[type[Contestant], ...]]
    size: ClassVar[Size]
    quick: ClassVar[Size]

    @abstractmethod
    def work(self, images: Images, size: Size, quick: bool) -> Work:
        """Make the work from images."""

    @abstractmethod
    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        """Compare what came of ours and of a peer."""


@dataclass
class Standing:
    """What is known of a contestant.

    Attributes
    ----------
    contestant : type of Contestant
        Who.
    threads : int
        How many it had.
    part : float
        Of the work that it did, in (0, 1].
    version : str or None
        Of its distribution, where that is installed.
    status : {"raced", "missing", "failed"}
        Missing: not installed.
    reason : str
        Why it has no times.
    first : Lap or None
        The first call, on a small part of the work.
    laps : list of Lap
        One a round.
    agreement : Agreement or None
        Of its output with ours.
    """

    contestant: type[Contestant]
    threads: int
    part: float = 1.0
    version: str | None = None
    status: str = "raced"
    reason: str = ""
    first: Lap | None = None
    laps: list[Lap] = field(default_factory=list)
    agreement: Agreement | None = None

    def seconds(self, clock: Clock) -> list[float]:
        """Return the time of each round, for the whole work: taken time over the part done."""
        return [(lap.wall_s if clock == "wall" else lap.cpu_s) / self.part for lap in self.laps]

    def against(self, ours: Standing, clock: Clock) -> Ratio | None:
        """Return how many times as long it took as ours; None if either has no times."""
        if self.status != "raced" or ours.status != "raced":
            return None
        return paired_ratio(self.seconds(clock), ours.seconds(clock))


def run_race(
    race: Race,
    work: Work,
    rounds: int,
    threads: int,
    say: Callable[[str], None] = lambda text: None,
    peers: bool = True,
) -> list[Standing]:
    """Let all contestants that can be had do the work, round after round.

    In a round every contestant runs once, one after the other, and every second
    round goes the other way round: a machine that slows down slows all. A
    contestant that fails leaves the race; the others go on.

    Parameters
    ----------
    race : Race
        Who takes part.
    work : Work
        What is done.
    rounds : int
        How often, at least 1.
    threads : int
        For each contestant; with more than one, ours also runs with one, so
        that its scaling is seen.
    say : callable
        Told what is going on.
    peers : bool
        False: ours alone.

    Returns
    -------
    list of Standing
        Ours first, then the peers in their order, missing ones too.
    """
    standings = look(race, threads)
    if not peers:
        standings = [s for s in standings if s.contestant is race.contestants[0]]
    for standing in standings:
        standing.part = standing.contestant.part(work)
    seats: dict[int, Seat] = {}
    with tempfile.TemporaryDirectory(prefix="conceptbench-speed-") as temporary:
        folder = Path(temporary) / "work"
        say("writing the work for all processes")
        work.save(folder)
        try:
            for place, standing in enumerate(standings):
                if standing.status != "raced":
                    continue
                say(f"starting {standing.contestant.name}")
                seats[place] = Seat(standing.contestant, folder, standing.threads)
                with _leaves_on_failure(standing):
                    seats[place].load()
                    standing.first = seats[place].first()
            for number in range(rounds):
                order = list(seats) if number % 2 == 0 else list(reversed(seats))
                for place in order:
                    standing = standings[place]
                    if standing.status == "raced":
                        say(f"round {number + 1} of {rounds}: {standing.contestant.name}")
                        with _leaves_on_failure(standing):
                            standing.laps.append(seats[place].run())
            say("comparing outputs")
            _compare(race, work, standings, seats, Path(temporary))
        finally:
            for seat in seats.values():
                seat.stop()
    return standings


def look(race: Race, threads: int = 1) -> list[Standing]:
    """Find out which contestants can be had, without importing their libraries.

    Parameters
    ----------
    race : Race
        Who takes part.
    threads : int
        Of each.

    Returns
    -------
    list of Standing
        Ours first, and with one thread besides if there are to be more.
    """
    standings = [Standing(contestant, threads) for contestant in race.contestants]
    if threads > 1:
        standings.insert(1, Standing(race.contestants[0], 1))
    for standing in standings:
        distribution = standing.contestant.distribution
        # A library may be importable without its distribution's record.
        with suppress(PackageNotFoundError):
            standing.version = version(distribution)
        reason = standing.contestant.missing()
        if reason is not None:
            standing.status, standing.reason = "missing", reason
    return standings


def _compare(
    race: Race, work: Work, standings: list[Standing], seats: dict[int, Seat], folder: Path
) -> None:
    if standings[0].status != "raced":
        return
    ours: Outputs | None = None
    for place, standing in enumerate(standings):
        if standing.status != "raced" or not standing.contestant.comparable:
            continue
        with _leaves_on_failure(standing):
            output = seats[place].output(folder / f"output-{place}.npz")
            if ours is None:
                ours = output
                continue
            try:
                standing.agreement = race.agreement(work, ours, output)
            except ValueError as problem:
                raise ContestantError(f"its output does not compare with ours: {problem}") from None


@contextmanager
def _leaves_on_failure(standing: Standing) -> Iterator[None]:
    """Turn a contestant's failure into its standing."""
    try:
        yield
    except ContestantError as failure:
        standing.status, standing.reason = "failed", str(failure)
