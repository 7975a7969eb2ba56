"""The command `conceptbench`: a file a command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="conceptbench",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Detect concepts in images and video shots: engineered pipelines, trained networks and "
    "their fusion, compared on equal terms.",
)

#: Wrong use: of the command, a suite, a plug-in or the data.
WRONG_USE = 2
#: The run and its report are complete, but a trial failed.
TRIAL_FAILED = 1
#: Interrupted; the same command goes on.
INTERRUPTED = 130


def error(message: str) -> None:
    """Print an error on standard error, as it is."""
    Console(stderr=True).print(f"error: {message}", style="red", markup=False, soft_wrap=True)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"conceptbench {version('conceptbench')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit.")
    ] = False,
) -> None:
    """Take what stands before a command's name; its help is the application's."""


def main() -> None:
    """Run the command line; the console script."""
    from benchmarks.cli import doctor, listing, report, run, serve, speed, submit

    for command in (run, report, serve, submit, listing, speed, doctor):
        command.register(app)
    try:
        app()
    except KeyboardInterrupt:
        error("interrupted; the same command goes on from here")
        sys.exit(INTERRUPTED)
