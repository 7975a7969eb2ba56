"""`conceptbench run`: execute a suite and write its report."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.cli import INTERRUPTED, TRIAL_FAILED, WRONG_USE, error
from benchmarks.cli.places import RUNS, cache_folder, data_folder
from benchmarks.harness.threads import available_cpus, set_environment

EPILOG = """[bold]Examples[/bold]

  conceptbench run quickstart

  conceptbench run caltech101 --data ~/collections

  conceptbench run my-suite.toml --only 'words*' --jobs 4 --out runs/try

  conceptbench run quickstart --dry-run

Exit status: 0 all complete; 1 a trial failed (run and report are complete all the same);
2 wrong use; 130 interrupted: the same command goes on.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="run", epilog=EPILOG)(run)


def run(
    suite: Annotated[str, typer.Argument(help="A built-in suite's name, or a TOML file.")],
    out: Annotated[Path | None, typer.Option(help="Run folder.", show_default="runs/SUITE")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of collections. Also CONCEPTBENCH_DATA.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes.", show_default="processors, at most 4"),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads a worker.", show_default="processors / jobs"),
    ] = None,
    device: Annotated[str, typer.Option(help="For networks: auto, cpu, cuda.")] = "auto",
    only: Annotated[
        str | None,
        typer.Option(metavar="GLOB", help="Run only systems (or task/system) that match."),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            help="Stage cache. Also CONCEPTBENCH_CACHE.", show_default="~/.cache/conceptbench"
        ),
    ] = None,
    report: Annotated[
        bool, typer.Option(help="Write HTML and PDF; the CSV tables are written in any case.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and what is complete; run nothing.")
    ] = False,
) -> None:
    """Run a suite and write its report; what is complete already is kept."""
    console = Console()
    if device not in ("auto", "cpu", "cuda") and not device.startswith("cuda:"):
        error(f"--device {device!r}: expected auto, cpu, cuda or cuda:N")
        raise typer.Exit(WRONG_USE)
    given = {"jobs": jobs, "threads": threads, "device": None if device == "auto" else device}
    cpus = available_cpus()
    jobs = jobs or min(cpus, 4)
    threads = threads or max(1, cpus // jobs)
    # Before anything loads a BLAS.
    set_environment(threads)
    from benchmarks.harness import other_threads
    from benchmarks.harness.execute import execute
    from benchmarks.harness.plan import select
    from benchmarks.harness.prepare import prepare_apart
    from benchmarks.harness.record import Settings
    from benchmarks.suites.loading import find, load

    try:
        path = find(suite)
        source = path.read_text(encoding="utf-8")
        spec = load(path, source)
        base = path.resolve().parent
        where = data_folder(data)
        tasks, planned = prepare_apart(spec, base, where, device)
        settings = Settings(
            out=(out or RUNS / spec.name).resolve(),
            cache=cache_folder(cache),
            base=base,
            source=source,
            command=_command(suite, out, where, given),
            data=where,
            jobs=jobs,
            threads=threads,
            device=device,
            only=only,
        )
        hidden = other_threads.notice(settings.out, select(planned, only), threads)
        if hidden is not None:
            console.print(hidden, style="yellow", markup=False, highlight=False)
        for name, task in tasks.items():
            if task.excluded:
                left = f"{counted(len(task.excluded), 'file')} left out; the report says which"
                console.print(f"{name}: {left}", style="yellow", markup=False, highlight=False)
        if dry_run:
            _show(select(planned, only), settings.out, console)
            return
        n = len(select(planned, only))
        workers = max(1, min(jobs, n))
        console.print(
            f"[bold]{spec.title or spec.name}[/bold]: {n:,} trial{'s' * (n != 1)}, {workers} "
            f"worker{'s' * (workers > 1)} of {threads} thread{'s' * (threads > 1)}"
        )
        outcome = execute(spec, tasks, planned, settings, console)
    except KeyboardInterrupt:
        error("interrupted; complete trials are kept, and the same command goes on from them")
        raise typer.Exit(INTERRUPTED) from None
    except (ValueError, OSError) as problem:
        error(str(problem))
        raise typer.Exit(WRONG_USE) from None
    except Exception as problem:  # noqa: BLE001 -- of a plug-in's task, or a process that died
        error(f"{type(problem).__name__}: {problem}")
        raise typer.Exit(WRONG_USE) from None
    if not outcome.ran:
        console.print(f"All {outcome.found} trials are complete already.")
    try:
        # The workers are gone: their threads are free.
        _report(settings.out, console, report, min(cpus, jobs * threads))
    except KeyboardInterrupt:
        error("interrupted; the trials are complete, and the same command writes the report")
        raise typer.Exit(INTERRUPTED) from None
    except Exception as problem:  # noqa: BLE001 -- the trials stand, whatever it was
        error(
            f"the trials are complete, but their report could not be written: "
            f"{type(problem).__name__}: {problem}"
        )
        raise typer.Exit(WRONG_USE) from None
    if outcome.skipped:
        console.print(
            f"{counted(outcome.skipped, 'trial')} skipped as not applicable; the report says why.",
            style="yellow",
        )
    if outcome.failed:
        where_said = settings.out / "tables" / "failures.csv"
        error(f"{outcome.failed} of {counted(outcome.ran, 'trial')} failed; see {where_said}")
        raise typer.Exit(TRIAL_FAILED)


def _command(suite: str, out: Path | None, data: Path | None, given: Mapping[str, object]) -> str:
    """Return the command that finds a run complete: with all that its trials' keys depend on."""
    words = ["conceptbench", "run", suite]
    words += [] if data is None else ["--data", str(data)]
    words += [] if out is None else ["--out", str(out)]
    words += [f"--{name}={value}" for name, value in given.items() if value is not None]
    return shlex.join(words)


def _report(out: Path, console: Console, documents: bool, threads: int) -> None:
    from benchmarks.cli.report import write_report

    for path in write_report(out, console, documents=documents, threads=threads):
        console.print(str(path), highlight=False, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """Return a number and its noun, in the plural where it should be."""
    return f"{number} {noun}" + "s" * (number != 1)


def _show(planned: list, out: Path, console: Console) -> None:
    """Print the plan: what is complete, what is to run, what that took before."""
    from benchmarks.results.store import TrialFolder

    table = Table("task", "system", "family", "size", "seed", "status", "took, s")
    known: dict[tuple[str, str, int | None], float] = {}
    rows = []
    for trial in planned:
        files = TrialFolder(out / "trials" / trial.key)
        settled = files.is_settled()
        record = files.read() or {}
        took = sum(stage.wall_s for stage in files.costs()) if settled else None
        if took is not None:
            known[trial.task, trial.system, trial.train_size] = took
        rows.append((trial, settled, record.get("status", "to run"), took))
    expected = 0.0
    unknown = 0
    for trial, settled, status, took in rows:
        size = "all" if trial.train_size is None else str(trial.train_size)
        guess = known.get((trial.task, trial.system, trial.train_size))
        if settled:
            cell = f"{took:.1f}"
        elif guess is None:
            unknown += 1
            cell = "?"
        else:
            expected += guess
            cell = f"about {guess:.1f}"
        table.add_row(trial.task, trial.system, trial.family, size, str(trial.seed), status, cell)
    console.print(table)
    left = sum(not settled for _, settled, _, _ in rows)
    console.print(f"{len(rows) - left} complete, {left} to run", end="")
    if left:
        parts = [f"about {expected:.0f} s of work by what other seeds took"] if expected else []
        parts += [f"{counted(unknown, 'trial')} of unknown cost"] if unknown else []
        console.print(": " + " and ".join(parts), end="")
    console.print(".")
