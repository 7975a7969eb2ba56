"""`conceptbench report`: tables, HTML and PDF again, from run folders."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.cli import WRONG_USE, error

EPILOG = """[bold]Examples[/bold]

  conceptbench report runs/quickstart

  conceptbench report runs/quickstart runs/caltech101

  conceptbench report runs/before runs/after --together runs/compared

The last writes one report on several runs: what differs between them, what improved and what
got worse. The first run is the reference.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="report", epilog=EPILOG)(report)


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run folders; each gets its own report.")],
    together: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Write instead one report on all of the runs into this folder: what changed "
            "from the first to each other.",
        ),
    ] = None,
) -> None:
    """Write tables, HTML and PDF of runs again; nothing is retrained."""
    console = Console()
    if together is not None:
        _together(runs, together, console)
        return
    for folder in runs:
        try:
            paths = write_report(folder, console, again=True)
        except (ValueError, OSError) as problem:
            error(str(problem))
            raise typer.Exit(WRONG_USE) from None
        for path in paths:
            console.print(str(path), highlight=False, soft_wrap=True)


def _together(folders: list[Path], out: Path, console: Console) -> None:
    """Write what changed between runs."""
    from benchmarks.harness.threads import budget_alone
    from benchmarks.results.run import Run
    from reports.together.output import write_together

    try:
        runs = [Run(folder) for folder in folders]
        with console.status("comparing the runs"):
            written = write_together(runs, out, budget_alone())
    except (ValueError, OSError) as problem:
        error(str(problem))
        raise typer.Exit(WRONG_USE) from None
    for name in ("html", "pdf", "tables"):
        console.print(str(written[name]), highlight=False, soft_wrap=True)


def write_report(
    folder: Path,
    console: Console,
    again: bool = False,
    documents: bool = True,
    threads: int | None = None,
) -> list[Path]:
    """Write a run's tables and reports, unless they are of just these trials and this code.

    Parameters
    ----------
    folder : Path
        The run.
    console : Console
        Where to say what is going on.
    again : bool
        Write them in any case.
    documents : bool
        Write HTML and PDF besides the tables.
    threads : int, optional
        For resampling; by default OMP_NUM_THREADS, else all processors.

    Returns
    -------
    list of Path
        The HTML and the PDF, where written, and the folder of tables.
    """
    from benchmarks.results.run import Run
    from benchmarks.results.store import write_atomically
    from benchmarks.results.tables import table_paths

    run = Run(folder)
    paths = [run.folder / "report.html", run.folder / "report.pdf"] if documents else []
    paths.append(run.folder / "tables")
    stamp = run.folder / ".report"
    state = _state(run)
    beside = [run.folder / "tables" / f"headline.{kind}" for kind in ("md", "tex") if documents]
    there = all(path.exists() for path in (*paths, *table_paths(run), *beside, stamp))
    if there and not again and stamp.read_text() == state:
        return paths
    from benchmarks.harness.images import collection
    from benchmarks.harness.threads import budget_alone
    from benchmarks.results.tables import write_tables

    stamp.unlink(missing_ok=True)
    with console.status("writing tables"):
        tables = write_tables(run, threads or budget_alone())
    if not documents:
        return paths
    from reports import Tables, write

    with console.status("writing HTML and PDF"):
        write(
            run,
            lambda task: collection(run, task),
            tables=Tables(**{field.name: tables[field.name] for field in fields(Tables)}),
        )
    write_atomically(stamp, state.encode())
    return paths


def _state(run) -> str:
    """Hash what a report is made of: the run's record, its trials, the code that shows them."""
    import benchmarks
    import reports

    total = hashlib.sha256((run.folder / "run.json").read_bytes())
    for trial in run.trials:
        path = trial.folder / "trial.json"
        total.update(path.read_bytes() if path.is_file() else b"missing")
    for package in (reports, benchmarks):
        for path in sorted(Path(package.__file__ or "").parent.rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".typ", ".j2"):
                total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()
