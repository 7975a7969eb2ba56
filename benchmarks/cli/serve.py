"""`conceptbench serve`: a live view of a run, on this machine alone."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.cli import WRONG_USE, error

PORT = 8421
#: Requests that are answered side by side: a browser or two.
_THREADS = 4

EPILOG = """[bold]Examples[/bold]

  conceptbench serve runs/quickstart

  conceptbench serve runs/quickstart --port 0

Shows trials done, at work and left, the time left, and the results so far, while the suite runs
in another terminal. Read-only, and for browsers on this machine alone; Ctrl-C ends it, and the
run goes on.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="serve", epilog=EPILOG)(serve)


def serve(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")
    ] = PORT,
) -> None:
    """Show a run in a browser while it goes on."""
    from benchmarks.results.run import Run

    console = Console()
    try:
        Run(run)
    except (ValueError, OSError) as problem:
        error(str(problem))
        raise typer.Exit(WRONG_USE) from None
    try:
        from waitress import create_server

        from reports.live.application import Application
    except ModuleNotFoundError as missing:
        if missing.name not in ("waitress", "werkzeug"):
            raise
        error(
            f"serve needs {missing.name}, which is not installed: "
            "pip install 'conceptbench[serve]', or pip install waitress werkzeug"
        )
        raise typer.Exit(WRONG_USE) from None
    # A browser that asks for several files at once is nothing to warn of.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    application = Application(run)
    try:
        server = create_server(
            application, host="127.0.0.1", port=port, threads=_THREADS, ident=None,
            max_request_body_size=1024, connection_limit=50,
        )  # fmt: skip
    except OSError as problem:
        error(f"port {port} cannot be had: {problem}; --port 0 takes any that is free")
        raise typer.Exit(WRONG_USE) from None
    application.listen_at(server.effective_port)
    console.print(
        f"http://127.0.0.1:{server.effective_port}/  (Ctrl-C ends it)",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    # It ends its threads on Ctrl-C, and returns.
    server.run()
    console.print("ended; the run is as it was")
