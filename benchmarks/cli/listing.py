"""`conceptbench list`: what can be named in a suite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.cli import WRONG_USE, error

EPILOG = """[bold]Examples[/bold]

  conceptbench list

  conceptbench list descriptors

  conceptbench list bag-of-words

  conceptbench list training

  conceptbench list kernel-sum
"""

#: What the harness, or another key of a suite, says.
GIVEN = ("members", "classifier", "method", "network", "network_options", "stages", "device")

#: What a suite says besides components' names: classes whose parameters a table of it takes.
PARTS = {
    "early": "fusion.early:EarlyFusion",
    "optimization": "engineered.optimization:DescriptorOptimization",
    "training": "learned.detector:NetworkDetector",
}

#: Where the documentation of a part goes on.
FURTHER = {
    "training": (
        ("learned.training.recipe", "Recipe"),
        ("learned.training.augmentation", "Augmentation"),
        ("learned.training.averaging", "AveragedWeights"),
    )
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="list", epilog=EPILOG)(listing)


def listing(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND|NAME]",
            help="A component's name, an early method's, optimization or training; or suites, "
            "tasks, descriptors, aggregators, classifiers, networks, detectors, fusions, "
            "rescorers, early, metrics.",
        ),
    ] = None,
) -> None:
    """List what can be named in a suite, with a line on each, or describe one component."""
    from benchmarks.registry import KINDS, catalogue, nearest

    kinds = ("suites", *KINDS, "early", "metrics")
    console = Console()
    if kind is not None and kind not in kinds:
        shown = _described(kind)
        if shown is None:
            known = [*kinds, *PARTS, *_early(), *(name for k in KINDS for name in catalogue(k))]
            hint = nearest(kind, known)
            if not hint.startswith("; did you mean"):
                hint = nearest(kind, kinds)
            error(f"there is no kind or component {kind!r}{hint}")
            raise typer.Exit(WRONG_USE)
        # Lines are laid out already, in columns that further breaks would spoil.
        console.print(shown, markup=False, highlight=False, soft_wrap=True)
        return
    for name in kinds if kind is None else (kind,):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        table.add_column(no_wrap=True, style="bold")
        table.add_column(ratio=1)
        for entry, line in _entries(name):
            table.add_row(escape(entry), escape(line))
        console.print(f"\n[bold underline]{name}[/]")
        console.print(table)


def _early() -> dict[str, str]:
    """Return the methods of an early fusion, each with a line."""
    from fusion.early import METHODS

    return METHODS


def _described(name: str) -> str | None:
    """Return the options and the documentation of a component, or of another part of a suite."""
    import inspect
    from importlib import import_module

    from benchmarks.networks import TOLD, TOLD_DESCRIPTORS
    from benchmarks.registry import KINDS, catalogue, resolve
    from benchmarks.systems import TOLD_DETECTORS

    part = "early" if name in _early() else name
    given: tuple[str, ...] = ()
    kinds: list[str] = []
    if part in PARTS:
        module, _, attribute = PARTS[part].partition(":")
        targets = [getattr(import_module(module), attribute)]
        given = (*GIVEN, "random_state")
    else:
        kinds = [kind for kind in KINDS if name in catalogue(kind)]
        targets = [resolve(kind, name).target for kind in kinds]
        told = {
            "networks": TOLD,
            "descriptors": TOLD_DESCRIPTORS,
            "detectors": TOLD_DETECTORS,
        }
        given = told.get(kinds[0], ()) if len(kinds) == 1 else ()
    if not targets:
        return None
    options = [
        p.name if p.default is p.empty else f"{p.name} = {p.default!r}"
        for p in inspect.signature(targets[0]).parameters.values()
        if p.name not in given
    ]
    if kinds == ["descriptors"] and "detector" in inspect.signature(targets[0]).parameters:
        options.insert(0, "of  (the name of a network's system, which is the `detector`)")
    text = "\n".join(f"  {option}" for option in options) or "  none"
    further = [getattr(import_module(module), found) for module, found in FURTHER.get(part, ())]
    if kinds == ["networks"]:
        text += f"\n\nIts layers, by default: {_layers(targets[0])}."
    documents = [str(inspect.getdoc(target)) for target in (targets[0], *further)]
    return f"{name} takes:\n{text}\n\n" + "\n\n".join(documents)


def _layers(build: Callable[..., Any]) -> str:
    """Return the names that a `layer` in a suite may be, in order; all take 64 pixels."""
    from learned.activations import layer_list
    from learned.networks.trial import try_network

    found: list[str] = []
    try_network(build, 64, None, lambda network: found.append(layer_list(network)))
    return found[0]


def _entries(kind: str) -> list[tuple[str, str]]:
    if kind == "suites":
        from benchmarks.suites.loading import built_in, load

        suites = {name: load(path) for name, path in built_in().items()}
        return [(name, suite.description or suite.title) for name, suite in suites.items()]
    if kind == "metrics":
        from benchmarks.results.metrics import METRICS

        return [(name, metric.title) for name, metric in METRICS.items()]
    if kind == "early":
        return list(_early().items())
    from benchmarks.registry import ComponentError, catalogue, first_line, resolve

    rows = []
    for name in catalogue(kind):
        try:
            rows.append((name, first_line(resolve(kind, name).target)))
        except ComponentError as problem:
            # A broken third-party plug-in must not hide the others.
            rows.append((name, f"cannot be loaded: {problem}"))
    return rows
