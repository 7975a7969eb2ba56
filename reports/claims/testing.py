"""From differences of systems to verdicts on a claim."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.results.statistics import least_concepts
from reports import wording
from reports.comparing import doubt, gap_text, mean_text
from reports.difference import Difference
from reports.document import Answer, Claim, Figure, Span, Text, Verdict, say, strong
from reports.summary import Summary, System, TaskSummary


@dataclass(frozen=True)
class Tested:
    """A claim and the figures that were drawn for it."""

    claim: Claim
    figures: tuple[Figure, ...] = ()


#: Answers on one task, given the task and its place; each with the figure drawn for it.
OnTask = Callable[[TaskSummary, int], Sequence[tuple[Answer, Figure | None]]]


def tested(
    summary: Summary, title: str, statement: str, by: str, on_task: OnTask, without: Answer
) -> Tested:
    """Put a claim to the test on every task.

    Parameters
    ----------
    summary : Summary
    title, statement, by : str
        As in `Claim`.
    on_task : callable
        Nothing for a task that has no system to test the claim with.
    without : Answer
        Where no task has any.

    Returns
    -------
    Tested
        With several tasks, an answer names its own, and a sentence says what they come to.
    """
    found = [(task, list(on_task(task, i))) for i, task in enumerate(summary.tasks)]
    answers, figures = [], []
    for task, pairs in found:
        for answer, figure in pairs:
            where = [task.name] if len(summary.tasks) > 1 else []
            where += [answer.where] if answer.where and len(pairs) > 1 else []
            answers.append(replace(answer, where=", ".join(where)))
            figures += [] if figure is None else [figure]
    absent = [task.name for task, pairs in found if not pairs]
    if not answers:
        # What the test would be is said by what to run.
        return Tested(Claim(title, statement, "", (without,)))
    overall = _overall(answers, absent)
    return Tested(Claim(title, statement, by, tuple(answers), overall), tuple(figures))


def _overall(answers: Sequence[Answer], absent: Sequence[str]) -> Text:
    """Say what several answers come to, and which tasks have none."""
    if len(answers) + len(absent) < 2:
        return ()
    parts = []
    for verdict in ("holds", "fails", "open"):
        where = [answer.where for answer in answers if answer.verdict == verdict]
        if len(where) == len(answers) and not absent:
            ends = {"holds": "holds", "fails": "does not hold", "open": "cannot be told"}
            parts.append(f"it {ends[verdict]} on {'both' if len(where) == 2 else 'all of them'}")
        elif where:
            starts = {"holds": "it holds on", "fails": "it does not hold on",
                      "open": "it cannot be told on"}  # fmt: skip
            parts.append(f"{starts[verdict]} {wording.listed(where)}")
    if absent:
        parts.append(f"{wording.listed(list(absent))} {'has' if len(absent) == 1 else 'have'} no "
                     "systems to test it with")  # fmt: skip
    return say("Over all: {parts}.", parts="; ".join(parts))


def verdict_of(d: Difference | None) -> Verdict:
    """Return what a difference says of the claim that its first system is better."""
    if d is None:
        return "open"
    verdicts: dict[str, Verdict] = {"better": "holds", "worse": "fails"}
    return verdicts.get(d.verdict, "open")


def told(summary: TaskSummary, a: System, b: System, d: Difference, size: int) -> Text:
    """Say how far a system is ahead of another, or behind, and how sure that is.

    Parameters
    ----------
    summary : TaskSummary
    a, b : System
        Both measured at `size`.
    d : Difference
        How much better a is than b.
    size : int

    Returns
    -------
    tuple of Span
        Without a full stop.
    """
    ahead = d.estimate > 0
    endings = {
        "better": "is ahead of {b} ({y}) by {gap}",
        "worse": "falls behind {b} ({y}) by {gap}",
        "leaning better": "scores better than {b} ({y}) on these test samples, by {gap}; but "
        "{doubt}",
        "leaning worse": "scores worse than {b} ({y}) on these test samples, by {gap}; but {doubt}",
        "tie": "cannot be told from {b} ({y}): it is "
        f"{'ahead' if ahead else 'behind'} by {{gap}}"
        if d.estimate
        else "scores exactly as {b} ({y}) does",
        "unknown": "differs from {b} ({y}) by {gap}; without an interval this decides nothing",
    }
    return say(
        "Trained on {size}, {a} ({x}) " + endings[d.verdict],
        size=summary.size_text(size),
        a=strong(a.name),
        b=strong(b.name),
        x=mean_text(summary, a, size),
        y=mean_text(summary, b, size),
        gap=gap_text(summary, d),
        doubt=doubt(d),
    )


def more_evidence(summary: TaskSummary, d: Difference | None) -> Text:
    """Say what would decide a difference that is undecided; nothing for one that is not."""
    if d is None or d.verdict in ("better", "worse"):
        return ()
    units = "test videos" if summary.task.video is not None else "test samples"
    if d.concepts < d.least_concepts:
        # However large, no difference of these is ever confirmed.
        fewer = d.hypotheses > 1 and d.concepts >= least_concepts()
        return say(
            "a task with {least} concepts or more{alone}.",
            least=f"{d.least_concepts:,}",
            alone=", or a suite of these systems alone: fewer pairs are then corrected together"
            if fewer
            else "",
        )
    if d.verdict.startswith("leaning"):
        return say("a task with more concepts; on these the systems differ unevenly.")
    if d.verdict == "tie" and math.isfinite(d.smallest) and d.smallest > 1e-9:
        return say(
            "more {units}: with these, only a true difference of {smallest} or more is found four "
            "times in five.",
            units=units,
            smallest=wording.difference(summary.metric, d.smallest),
        )
    return say("more {units}, and more seeds.", units=units)


def command(text: str) -> Span:
    """Return what is to be typed, standing out."""
    return strong(text)


def without_results(summary: TaskSummary, systems: Sequence[System]) -> Answer | None:
    """Return an open answer that names those of a claim's systems that have no results.

    Returns
    -------
    Answer or None
        None where the task plans none without results.
    """
    planned = {trial.system for trial in summary.trials}
    lacking = [s for s in systems if s.key in planned and s.key not in summary.systems]
    if not lacking:
        return None
    names = wording.listed([system.name for system in lacking[:4]])
    more = f" and {len(lacking) - 4} more" if len(lacking) > 4 else ""
    return Answer(
        "open",
        say(
            "{names} {verb} no results here, so that there is nothing to compare.",
            names=names + more,
            verb="has" if len(lacking) == 1 else "have",
        ),
        to_do=say("see the failures below, then run the same command again."),
    )
