"""`conceptbench submit`: a system's rankings as TRECVID takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.cli import WRONG_USE, error

EPILOG = """[bold]Examples[/bold]

  conceptbench submit runs/mine words --out words.txt

  conceptbench submit runs/mine both --seed 0 --size all --topics topics.csv
  --shot "shot{video}_{shot}" --out both.txt

  conceptbench submit runs/mine both --topics topics.csv --participant LIG
  --training-type D --priority 1 --description "late fusion" --out both.xml

The text is what trec_eval and sample_eval read; topics.csv has the columns topic and concept.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="submit", epilog=EPILOG)(submit)


def submit(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    system: Annotated[str, typer.Argument(help="One of its systems.")],
    out: Annotated[
        Path, typer.Option(help="File to write: XML if it ends in .xml, else text.")
    ] = ...,  # type: ignore[assignment]
    task: Annotated[
        str | None, typer.Option(help="Where the system has run on several tasks.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Where it has run with several seeds.")] = None,
    size: Annotated[
        str | None, typer.Option(help="Training size, or all, where there are several.")
    ] = None,
    topics: Annotated[
        Path | None,
        typer.Option(help="CSV of topic and concept. By default concepts are their own topics."),
    ] = None,
    shot: Annotated[
        str, typer.Option(help="How shots are named, of {id}, {video} and {shot}.")
    ] = "{id}",
    tag: Annotated[str | None, typer.Option(help="Its name, by default the system's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most shots a topic.")] = 2000,
    participant: Annotated[str | None, typer.Option(help="XML: short name of the group.")] = None,
    training_type: Annotated[str | None, typer.Option(help="XML: A to F.")] = None,
    priority: Annotated[int | None, typer.Option(help="XML: 1 to 8.")] = None,
    description: Annotated[str | None, typer.Option(help="XML: what is particular.")] = None,
    target_data: Annotated[str, typer.Option(help="XML: the test collection.")] = "2C",
) -> None:
    """Write a system's rankings of the test shots as a TRECVID submission."""
    from benchmarks.results.run import Run
    from benchmarks.results.trec import (
        read_topics,
        submission,
        write_submission,
        write_submission_xml,
    )

    told = {
        "participant": participant,
        "training_type": training_type,
        "priority": priority,
        "description": description,
    }
    xml = out.suffix == ".xml"
    try:
        for name, value in told.items():
            if xml == (value is None):
                option = f"--{name.replace('_', '-')}"
                raise ValueError(
                    f"{option} is needed for XML ({out})"
                    if xml
                    else f"{option} is for XML: let --out end in .xml"
                )
        if not out.parent.is_dir():
            raise ValueError(f"{out}: its folder does not exist")
        ranked = submission(
            Run(run),
            system,
            task=task,
            seed=seed,
            train_size=_size(size),
            topics=None if topics is None else read_topics(topics),
            shot=shot,
            tag=tag,
            limit=limit,
        )
        if xml:
            write_submission_xml(ranked, out, target_data=target_data, **told)  # type: ignore[arg-type]
        else:
            write_submission(ranked, out)
    except (ValueError, OSError) as problem:
        error(str(problem))
        raise typer.Exit(WRONG_USE) from None
    Console().print(str(out), highlight=False, soft_wrap=True)


def _size(given: str | None):
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise ValueError(f"--size {given!r}: expected a number, or all") from None
