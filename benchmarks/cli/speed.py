"""`conceptbench speed`: throughput beside peers and the machine's limits, paired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.cli import INTERRUPTED, TRIAL_FAILED, WRONG_USE, error
from benchmarks.cli.places import data_folder

if TYPE_CHECKING:
    from benchmarks.speed.race import Clock, Race, Size, Standing

EPILOG = """[bold]Examples[/bold]

  conceptbench speed

  conceptbench speed dense-sift

  conceptbench speed assignment --threads 2 --rounds 9

  conceptbench speed fisher --data ~/photographs --images 32 --csv fisher.csv

Exit status: 0 all that could be had took part; 1 a contestant failed; 2 wrong use;
130 interrupted. Peers that are not installed are listed with how to get them.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="speed", epilog=EPILOG)(speed)


def speed(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHAT]",
            help="dense-sift, kmeans, assignment, fisher, vlad, svm, training, training-loop or "
            "statistics; without it, who takes part.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Take images from this folder tree. Also CONCEPTBENCH_DATA. Without either, "
            "photographs that come with scikit-image and scikit-learn."
        ),
    ] = None,
    images: Annotated[int | None, typer.Option(min=1, help="How many images.")] = None,
    vectors: Annotated[
        int | None, typer.Option(min=1, help="How many vectors, for kmeans and assignment.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="How often each runs.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each contestant.")] = 1,
    clock: Annotated[
        str,
        typer.Option(
            help="wall, or cpu: the processor's time in all threads, which other programs on a "
            "busy machine disturb less."
        ),
    ] = "wall",
    csv: Annotated[Path | None, typer.Option(help="Write all rounds into this file.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, to see it work.")] = False,
    peers: Annotated[bool, typer.Option(help="Or ours alone, without waiting for others.")] = True,
) -> None:
    """Race our kernels against peers: in rounds, each in a process of its own, outputs compared."""
    console = Console()
    if what is None:
        _list(console)
        return
    try:
        _race(console, what, data, images, vectors, rounds, threads, clock, csv, quick, peers)
    except KeyboardInterrupt:
        error("interrupted; nothing is kept")
        raise typer.Exit(INTERRUPTED) from None
    except (ValueError, OSError) as problem:
        error(str(problem))
        raise typer.Exit(WRONG_USE) from None


def _race(
    console: Console,
    what: str,
    data: Path | None,
    images: int | None,
    vectors: int | None,
    rounds: int | None,
    threads: int,
    clock: str,
    csv: Path | None,
    quick: bool,
    peers: bool,
) -> None:
    from benchmarks.harness.environment import machine
    from benchmarks.registry import nearest
    from benchmarks.speed.images import take_images
    from benchmarks.speed.race import CLOCKS, run_race
    from benchmarks.speed.races import find_race
    from benchmarks.speed.records import write_csv

    race = find_race(what)
    if clock not in CLOCKS:
        raise ValueError(f"there is no clock {clock!r}{nearest(clock, CLOCKS)}")
    size = _size(race, images, vectors, rounds, quick)
    here = machine()
    if threads > here["cpus"]:
        raise ValueError(f"--threads {threads}: this machine has {here['cpus']} for us")
    with console.status("taking images") as status:
        taken = take_images(size.images, data_folder(data))
        status.update("making the work")
        work = race.work(taken, size, quick)
        standings = run_race(race, work, size.rounds, threads, status.update, peers)
    processor = f"{here['processor']}, {here['cpus']} processors"
    console.print(f"\n[bold]{race.title}[/]: {escape(work.description)}.", highlight=False)
    console.print(f"Images: {escape(taken.source)}.", highlight=False)
    console.print(
        f"{escape(processor)}; {_threads(threads)} each; {clock} time, medians of {size.rounds} "
        f"round{'s' * (size.rounds != 1)} taken in turn; importing, preparing and the first call "
        "not counted.\n",
        highlight=False,
    )
    _show(console, race, work.units, standings, clock)
    if csv is not None:
        write_csv(csv, race.name, work.description, taken.source, processor, standings)
        console.print(f"\nAll rounds: {csv}", highlight=False, markup=False, soft_wrap=True)
    if any(standing.status == "failed" for standing in standings):
        raise typer.Exit(TRIAL_FAILED)


def _size(
    race: Race, images: int | None, vectors: int | None, rounds: int | None, quick: bool
) -> Size:
    size = race.quick if quick else race.size
    if vectors is not None and size.vectors is None:
        raise ValueError(f"{race.name} takes no --vectors: its size is that of --images")
    given = {"images": images, "vectors": vectors, "rounds": rounds}
    return replace(size, **{name: value for name, value in given.items() if value is not None})


def _show(
    console: Console, race: Race, units: int, standings: list[Standing], clock: Clock
) -> None:
    """Print the table, what else is to be known of who is in it, and who is not."""
    import numpy as np

    from benchmarks.speed.table import duration, rate, ratio_cell

    ours = standings[0]
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("contestant", no_wrap=True)
    if race.unit is not None:
        table.add_column(f"{race.unit}/s", justify="right")
    for heading in ("median", "ours faster", "first call"):
        table.add_column(heading, justify="right", no_wrap=True)
    measures = {s.agreement.measure for s in standings if s.agreement is not None}
    table.add_column(", ".join(measures), justify="right", min_width=8)
    for standing in standings:
        if standing.status != "raced":
            continue
        median = float(np.median(standing.seconds(clock)))
        name = standing.contestant.title()
        if standing.threads != ours.threads:
            name += f", {_threads(standing.threads)}"
        row = [escape(name)]
        if race.unit is not None:
            row.append(rate(units / median))
        assert standing.first is not None
        row += [
            duration(median),
            "" if standing is ours else ratio_cell(standing, ours, clock),
            duration(standing.first.wall_s if clock == "wall" else standing.first.cpu_s),
            "" if standing.agreement is None else str(standing.agreement),
        ]
        table.add_row(*row)
    console.print(table)
    for standing in standings:
        if standing.status == "raced" and standing.contestant.differs and standing is not ours:
            console.print(
                f"{escape(standing.contestant.name)}: {escape(standing.contestant.differs)}.",
                style="dim",
                highlight=False,
            )
    for standing in standings:
        if standing.status == "missing":
            console.print(
                f"{escape(standing.contestant.name)} is {escape(standing.reason)}",
                style="yellow",
                highlight=False,
            )
        elif standing.status == "failed":
            error(f"{standing.contestant.name} failed: {standing.reason}")


def _list(console: Console) -> None:
    """Say what can be raced and who would take part."""
    from benchmarks.speed.race import look
    from benchmarks.speed.races import RACES

    for name, race in RACES.items():
        console.print(f"\n[bold]{name}[/]  {escape(race.title)}", highlight=False)
        for standing in look(race()):
            missing = f"  [yellow]{escape(standing.reason)}[/]" if standing.reason else ""
            release = "" if standing.version is None else f" {standing.version}"
            console.print(
                f"  {escape(standing.contestant.name + release)}{missing}",
                highlight=False,
                soft_wrap=True,
            )


def _threads(number: int) -> str:
    return f"{number} thread" + "s" * (number != 1)
