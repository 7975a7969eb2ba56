"""`conceptbench doctor`: versions, devices, threads, data folders, and what is missing."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.cli import TRIAL_FAILED
from benchmarks.cli.places import cache_folder, data_folder

EPILOG = """[bold]Examples[/bold]

  conceptbench doctor

  conceptbench doctor --data ~/collections

Exit status: 0 all is well; 1 something that conceptbench needs is missing or broken.
"""

#: Import name and what one misses without it.
NEEDED = {
    "cv2": "image processing",
    "sklearn": "classifiers and the embedded data",
    "skimage": "HOG and LBP",
    "numba": "compiled kernels",
    "torch": "networks",
    "torchvision": "networks",
    "pandas": "tables",
    "seaborn": "figures",
    "typst": "PDF reports",
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="doctor", epilog=EPILOG)(doctor)


def doctor(
    data: Annotated[
        Path | None, typer.Option(help="Folder of collections. Also CONCEPTBENCH_DATA.")
    ] = None,
) -> None:
    """Say what this installation and machine have, and what is missing."""
    from benchmarks.harness.environment import machine, versions
    from benchmarks.harness.threads import VARIABLES

    console = Console()
    problems = []
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, release in versions().items():
        table.add_row(name, release or "[red]absent[/]")
    for name, purpose in NEEDED.items():
        try:
            importlib.import_module(name)
        except Exception as problem:  # noqa: BLE001 -- shown, whatever it is
            problems.append(f"{name} ({purpose}) does not import: {problem}")
    console.print("\n[bold underline]versions[/]")
    console.print(table)

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, value in machine().items():
        table.add_row(name, escape("none" if value is None else str(value)))
    import os

    set_ = {v: os.environ[v] for v in VARIABLES if v in os.environ}
    table.add_row(
        "thread variables", escape(", ".join(f"{k}={v}" for k, v in set_.items()) or "unset")
    )
    console.print("\n[bold underline]machine[/]")
    console.print(table)

    console.print("\n[bold underline]folders[/]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    cache = cache_folder(None)
    files = [p for p in cache.rglob("*") if p.is_file()] if cache.is_dir() else []
    size = sum(p.stat().st_size for p in files) / 2**20
    table.add_row("stage cache", escape(f"{cache} ({size:,.0f} MiB; delete it when nothing runs)"))
    try:
        where = data_folder(data)
    except ValueError as problem:
        problems.append(str(problem))
        where = None
    table.add_row("data", escape(str(where or "not set: use --data DIR or CONCEPTBENCH_DATA")))
    console.print(table)

    console.print("\n[bold underline]suites[/]")
    console.print(_suites(where))
    for found in problems:
        console.print(f"[red]missing or broken[/]: {escape(found)}", soft_wrap=True)
    if problems:
        raise typer.Exit(TRIAL_FAILED)
    console.print("\nAll that conceptbench needs is there.")


def _suites(data: Path | None) -> Table:
    """Say of each built-in suite whether its data is at hand."""
    from benchmarks.harness.data import DataError, find
    from benchmarks.suites.loading import built_in, load

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, path in built_in().items():
        missing = []
        for task in load(path).tasks:
            wanted = task.task.options.get("path")
            if isinstance(wanted, str):
                try:
                    find(wanted, path.parent, data)
                except DataError:
                    missing.append(wanted)
        table.add_row(
            name, "[green]ready[/]" if not missing else escape(f"needs {', '.join(missing)}")
        )
    return table
