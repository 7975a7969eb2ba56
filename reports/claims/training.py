"""Claims on how networks are trained: all levels together, and all concepts together."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results.suite_roles import (
    Contrast,
    frozen_and_joint,
    one_and_many,
    trained_differently,
)
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
from reports.document import Answer, Figure, say
from reports.stages import curve_size
from reports.summary import Summary, System, TaskSummary


def jointly(summary: Summary) -> Tested:
    """Test networks trained whole against the same with layers left as they were."""
    return _contrasted(
        summary,
        frozen_and_joint(summary.run),
        "Optimise jointly",
        "All levels optimised together beat levels that are left as they were.",
        "a network with all its layers trained, against the same network, from the same weights, "
        "with only its last layers or a classifier behind it trained; the best of each kind",
        Answer(
            "open",
            say("The suite has no network that is trained both whole and in part."),
            to_do=say(
                "a suite with a network beside the same with {option} in its training; on data of "
                "their own, {run} and {other} have them.",
                run=command("conceptbench run lecture"),
                other=command("conceptbench run transfer"),
                option=command("trainable_layers"),
            ),
        ),
    )


def together(summary: Summary) -> Tested:
    """Test one network for all concepts against the same network, one a concept."""
    return _contrasted(
        summary,
        one_and_many(summary.run),
        "One network for many concepts",
        "One network that learns all concepts together beats a network for each.",
        "a network for all concepts, against the same network trained anew for each concept",
        Answer(
            "open",
            say("The suite has no network that is trained both for all concepts and for each."),
            to_do=say(
                "a suite with a network beside the same with {option} in its training; on data of "
                "its own, {run} has them.",
                run=command("conceptbench run lecture"),
                option=command("one_network_a_concept = true"),
            ),
        ),
        with_times=True,
    )


def _contrasted(
    summary: Summary,
    contrasts: Sequence[Contrast],
    title: str,
    statement: str,
    by: str,
    without: Answer,
    with_times: bool = False,
) -> Tested:
    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        found = [_answer(summary, task, place, contrast, with_times) for contrast in contrasts]
        return [(answer, None) for answer in found if answer is not None]

    return tested(summary, title, statement, by, on_task, without)


def _answer(
    summary: Summary, task: TaskSummary, place: int, contrast: Contrast, with_times: bool
) -> Answer | None:
    ones = [summary.systems[key] for key in contrast.ones if key in summary.systems]
    others = [summary.systems[key] for key in contrast.others if key in summary.systems]
    size = curve_size(task, [*ones, *others])
    first = second = None
    if size is not None:
        first, second = _best(task, ones, size), _best(task, others, size)
    if size is None or first is None or second is None:
        return without_results(task, [*ones, *others])
    d = task.difference(first.key, second.key, size)
    assert d is not None
    evidence = told(task, first, second, d, size) + say(".")
    apart = trained_differently(summary.run, first.key, second.key)
    apart = [option for option in apart if option != "one_network_a_concept"]
    if apart:
        evidence += say(
            " Their training differs in {options} as well.", options=wording.listed(apart)
        )
    if with_times:
        costs = task.cost(first.key, size), task.cost(second.key, size)
        if all(cost is not None and cost.train_s > 0 for cost in costs):
            times = [wording.seconds(cost.train_s) for cost in costs if cost is not None]
            evidence += say(" Training took {x} against {y}.", x=times[0], y=times[1])
    return Answer(
        verdict_of(d),
        evidence,
        where=first.name,
        shown=f"systems-table-{place}",
        to_do=more_evidence(task, d),
    )


def _best(task: TaskSummary, systems: Sequence[System], size: int) -> System | None:
    """Return the one that is best on test."""
    keys = {system.key for system in systems}
    return next((system for system in task.at(size) if system.key in keys), None)
