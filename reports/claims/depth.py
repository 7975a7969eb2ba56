"""Claims along a network's depth: what its layers know, and whether more layers are better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.results.suite_roles import Probe, depth_lines, layer_probes
from reports import wording
from reports.claims.testing import (
    Tested,
    command,
    more_evidence,
    tested,
    told,
    verdict_of,
    without_results,
)
from reports.comparing import gap_text, mean_text
from reports.difference import Difference
from reports.document import Answer, Figure, Text, Verdict, say, strong
from reports.figures.depth import Step, depth_figure
from reports.stages import curve_size
from reports.summary import Summary, System, TaskSummary


@dataclass(frozen=True)
class _Line:
    """Systems from the shallowest to the deepest, and what the figure calls them."""

    steps: tuple[tuple[System, str], ...]
    reference: System | None
    axis: str
    caption: str


def layers(summary: Summary) -> Tested:
    """Test classifiers on a network's last layer against those on its first."""
    lines = [_probe_line(summary, probe) for probe in layer_probes(summary.run)]
    return _along_depth(
        summary,
        [line for line in lines if len(line.steps) > 1],
        "layers",
        "From low-level to semantic",
        "A network's first layers are low-level, its last layers semantic.",
        "one classifier on each of several layers of one network: the last layer against the "
        "first, in the suite's order",
        Answer(
            "open",
            say("The suite has no classifiers on several layers of one network."),
            to_do=say(
                "a suite with systems whose descriptor {activations} differs in {layer} alone; on "
                "data of their own, {run} and {other} have them.",
                run=command("conceptbench run lecture"),
                other=command("conceptbench run transfer"),
                activations=command("activations"),
                layer=command("layer"),
            ),
        ),
        peak=False,
    )


def deeper(summary: Summary) -> Tested:
    """Test the deepest network of a line against the shallowest."""
    lines = []
    for found in depth_lines(summary.run):
        steps = tuple(
            (summary.systems[key], f"{depth}") for key, depth in found.steps
            if key in summary.systems
        )  # fmt: skip
        caption = "networks that differ in their number of layers alone"
        lines.append(_Line(steps, None, "Layers", caption))
    return _along_depth(
        summary,
        [line for line in lines if len(line.steps) > 1],
        "depth",
        "Go deeper",
        "Deeper networks are better.",
        "networks that differ in their number of layers alone: the deepest against the "
        "shallowest; it does not hold either where a shallower one is ahead of the deepest",
        Answer(
            "open",
            say("The suite has no networks that differ in their number of layers alone."),
            to_do=say(
                "a suite with a network in several depths, all trained alike; on data of their "
                "own, {run} and, with a GPU, {other} have them.",
                run=command("conceptbench run lecture"),
                other=command("conceptbench run depth --device cuda"),
            ),
        ),
        peak=True,
    )


def _probe_line(summary: Summary, probe: Probe) -> _Line:
    steps = tuple(
        (summary.systems[key], wording.clean(layer) if layer else "before the last")
        for key, layer in probe.layers
        if key in summary.systems
    )
    caption = "one classifier on each layer of one network, in the suite's order"
    return _Line(steps, summary.systems.get(probe.whole), "Layer", caption)


def _along_depth(
    summary: Summary,
    lines: Sequence[_Line],
    name: str,
    title: str,
    statement: str,
    by: str,
    without: Answer,
    peak: bool,
) -> Tested:
    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        found = []
        for turn, line in enumerate(lines):
            answer = _answer(task, line, f"{name}-{place}-{turn}", peak)
            found += [] if answer is None else [answer]
        return found

    return tested(summary, title, statement, by, on_task, without)


def _answer(
    task: TaskSummary, line: _Line, identifier: str, peak: bool
) -> tuple[Answer, Figure | None] | None:
    systems = [system for system, _ in line.steps]
    size = curve_size(task, systems)
    measured = [
        (system, label) for system, label in line.steps
        if size is not None and task.spread(system.key, size) is not None
    ]  # fmt: skip
    if size is None or len(measured) < 2:
        lacking = without_results(task, systems)
        return None if lacking is None else (lacking, None)
    (first, _), (last, _) = measured[0], measured[-1]
    d = task.difference(last.key, first.key, size)
    assert d is not None
    best = next(s for s in task.at(size) if s in [system for system, _ in measured])
    ahead = task.difference(best.key, last.key, size)
    assert ahead is not None
    verdict = verdict_of(d)
    if peak and ahead.verdict == "better":
        verdict = "fails"
    evidence = told(task, last, first, d, size) + say(".") + _best(task, best, last, ahead, size)
    lacking_ = [system.name for system in systems if system not in [s for s, _ in measured]]
    if lacking_:
        evidence += say(" No results: {names}.", names=wording.listed(lacking_))
    steps = [
        Step(system, label, None if system is first else task.difference(system.key, first.key,
                                                                         size))
        for system, label in measured
    ]  # fmt: skip
    reference = line.reference
    if reference is not None and task.spread(reference.key, size) is None:
        reference = None
    figure = depth_figure(task, steps, size, reference, line.axis, line.caption, identifier)
    where = f"{first.name} to {last.name}"
    return Answer(verdict, evidence, where, figure.id, _to_do(task, verdict, d)), figure


def _to_do(task: TaskSummary, verdict: Verdict, d: Difference) -> Text:
    return more_evidence(task, d) if verdict == "open" else ()


def _best(task: TaskSummary, best: System, last: System, d: Difference, size: int) -> Text:
    """Say which one is best, where that is not the last."""
    if best is last:
        return ()
    sure = {
        "better": "ahead of {last} by {gap}",
        "leaning better": "ahead of {last} on these samples by {gap}, unevenly over the concepts",
    }
    what = sure.get(d.verdict, "though not to be told from {last}: {gap}")
    return say(
        " Best is {best} ({x}), " + what + ".",
        best=strong(best.name),
        x=mean_text(task, best, size),
        last=last.name,
        gap=gap_text(task, d),
    )
