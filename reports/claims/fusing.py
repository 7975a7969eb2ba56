"""Claims on what is made of several systems' scores: fusion and re-scoring."""

from __future__ import annotations

from benchmarks.results.questions import RESCORING
from reports.claims.testing import Tested, command, more_evidence, tested, told, verdict_of
from reports.comparing import asked
from reports.difference import Difference
from reports.document import Answer, Figure, Text, say
from reports.gains import FusionGain, fusion_gain
from reports.summary import Summary, TaskSummary


def fusing(summary: Summary) -> Tested:
    """Test the best fusion against the best single system in it."""

    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        found = fusion_gain(task)
        if found is None:
            return []
        evidence = told(task, found.fused, found.single, found.difference, found.size) + say(".")
        d: Difference | None = found.difference
        # A single system that is not in it says nothing of what fusing these adds.
        if found.difference.verdict == "better" and found.other is not None and _is_in(task, found):
            evidence += found.told_beyond(task)
            d = found.beyond
        answer = Answer(verdict_of(d), evidence, "", f"fusion-{place}", more_evidence(task, d))
        return [(answer, None)]

    return tested(
        summary,
        "Fuse",
        "Fusing systems beats the best of them.",
        "the best fusion, against the single system in it that is best on the validation samples, "
        "and against the one in it that is best on test",
        on_task,
        Answer(
            "open",
            say("There are no results of a fusion and of what it fuses."),
            to_do=say(
                "{run}, or a suite with a system that has {option}.",
                run=command("conceptbench run fusion"),
                option=command("members"),
            ),
        ),
    )


def _is_in(task: TaskSummary, found: FusionGain) -> bool:
    """Whether the single system that is best on test is part of the fusion, at any level."""
    pending, key = list(found.fused.members), found.other.key if found.other else ""
    seen: set[str] = set()
    while pending:
        member = pending.pop()
        if member not in seen:
            seen.add(member)
            pending += task.systems[member].members if member in task.systems else ()
    return key in seen


def rescoring(summary: Summary) -> Tested:
    """Test re-scored systems against what they re-score."""

    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        answer = _rescoring(task, place)
        return [] if answer is None else [(answer, None)]

    return tested(
        summary,
        "Re-score",
        "Scores get better by what surrounds a sample: its neighbours, its other concepts.",
        "every re-scored system, against the one that it re-scores; it holds if one is ahead and "
        "none falls behind",
        on_task,
        Answer(
            "open",
            say("There are no results of a re-scored system and of what it re-scores."),
            to_do=say(
                "{run}, or a suite with a system that has {option}; temporal re-scoring needs a "
                "task with videos.",
                run=command("conceptbench run fusion"),
                option=command("rescorer"),
            ),
        ),
    )


def _rescoring(task: TaskSummary, place: int) -> Answer | None:
    size, pairs = asked(task, RESCORING)
    if size is None:
        return None
    by_verdict = {
        verdict: [row for row in pairs if row[2].verdict == verdict]
        for verdict in ("better", "worse")
    }
    up, down = by_verdict["better"], by_verdict["worse"]
    # The one to tell: what decides; else the largest difference.
    chosen = max(down or up or pairs, key=lambda row: abs(row[2].estimate))
    system, given, d = chosen
    evidence = told(task, system, given, d, size) + say(".")
    evidence += _counts(len(pairs), len(up), len(down))
    if down:
        return Answer("fails", evidence, shown=f"fusion-{place}")
    return Answer(
        "holds" if up else "open",
        evidence,
        shown=f"fusion-{place}",
        to_do=() if up else more_evidence(task, d),
    )


def _counts(pairs: int, up: int, down: int) -> Text:
    if pairs < 2:
        return ()
    rest = pairs - up - down
    parts = [
        f"{n} {verb if n == 1 else plural}"
        for n, verb, plural in (
            (up, "gains", "gain"),
            (down, "loses", "lose"),
            (rest, "cannot be told", "cannot be told"),
        )
        if n
    ]
    return say(" Of {n} re-scored systems {parts}.", n=f"{pairs}", parts=", ".join(parts))
