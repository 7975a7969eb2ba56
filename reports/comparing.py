"""Pairs of systems that answer the report's question, and clauses on who is ahead."""

from __future__ import annotations

from benchmarks.results.questions import LEVELS
from reports import wording
from reports.difference import Difference
from reports.document import Family, Span, strong
from reports.summary import System, TaskSummary


def common_size(summary: TaskSummary, families: tuple[Family, ...]) -> int | None:
    """Return the largest training size at which every one of the families has results."""
    sizes = [s for s in summary.sizes if all(summary.at(s, family) for family in families)]
    return sizes[-1] if sizes else None


def best_single(summary: TaskSummary, size: int, family: Family | None = None) -> System | None:
    """Return the best system, or the best of a family, that is made of no others."""
    singles = [
        system
        for system in summary.at(size, family)
        if system.family != "fused" and not system.members
    ]
    return singles[0] if singles else None


def mean_text(summary: TaskSummary, system: System, size: int) -> str:
    """Write a system's headline value, mean over seeds."""
    spread = summary.spread(system.key, size)
    assert spread is not None
    return wording.value(summary.metric, spread.mean)


def gap_text(summary: TaskSummary, d: Difference, magnitude: bool = True) -> Span:
    """Write a difference and its interval; as a magnitude where the words give the direction."""
    turn = -1.0 if magnitude and d.estimate < 0 else 1.0
    low, high = sorted((turn * d.low, turn * d.high))
    text = wording.difference(summary.metric, turn * d.estimate)
    if d.verdict == "unknown":
        return strong(text)
    return strong(f"{text} {wording.interval(summary.metric, low, high)}")


def asked(
    summary: TaskSummary, question: str
) -> tuple[int | None, list[tuple[System, System, Difference]]]:
    """Return what the suite asks of its fused or re-scored systems, at the largest such size.

    Parameters
    ----------
    summary : TaskSummary
    question : str
        One of `benchmarks.results.questions`, of systems made of others.

    Returns
    -------
    size : int or None
        The largest training size at which it was asked; None where it was not.
    pairs : list of (System, System, Difference)
        The fused or re-scored system, what it is compared with, and how much better it is; of
        "levels" the fusion in levels is the first.
    """
    rows = summary.comparisons[summary.comparisons["question"] == question]
    for size in reversed(summary.sizes):
        found = []
        for _, row in rows[rows["train_size"] == size].iterrows():
            # What a system is made of stands above it in the suite.
            given, made = summary.systems[row["system_a"]], summary.systems[row["system_b"]]
            if question == LEVELS and given.in_levels:
                # The flat fusion may stand below the one in levels.
                given, made = made, given
            d = summary.difference(made.key, given.key, size)
            assert d is not None
            found.append((made, given, d))
        if found:
            return size, found
    return None, []


def doubt(d: Difference) -> str:
    """Say why a difference whose interval excludes zero is not called significant all the same.

    With few concepts, or many pairs of systems, even a difference of one sign over all concepts
    cannot pass the test over concepts: that must not read as if the concepts disagreed.
    """
    if d.concepts < d.least_concepts:
        floor = min(1.0, d.hypotheses * 2.0 / 2.0**d.concepts)
        return (
            f"no lead can be confirmed over {d.concepts} concepts and {d.hypotheses} "
            f"{'pair' if d.hypotheses == 1 else 'pairs'} of systems, however large (p is at least "
            f"{wording.number(floor, 2)} after Holm's correction)"
        )
    return (
        f"not evenly over the concepts (p = {wording.number(d.p_holm, 2)} after Holm's correction)"
        ", so that it need not hold for others"
    )


def compare(summary: TaskSummary, a: System, b: System, size: int) -> tuple[str, dict[str, Span]]:
    """Return a clause on whether a or b is ahead, as a template and its parts.

    Parameters
    ----------
    summary : TaskSummary
    a, b : System
        Both measured at `size`.
    size : int

    Returns
    -------
    str, dict
        The clause names the winner first where there is one.
    """
    d = summary.difference(a.key, b.key, size)
    assert d is not None
    first, second = (a, b) if d.estimate >= 0 else (b, a)
    parts = {
        "first": strong(first.name),
        "second": strong(second.name),
        "x": Span(_value_and_make(summary, first, size)),
        "y": Span(_value_and_make(summary, second, size)),
        "gap": gap_text(summary, d),
        "one": Span(f"the best {first.family} system"),
        "other": Span(f"the best {second.family} one"),
        "doubt": Span(doubt(d)),
    }
    pair = "{one}, {first} ({x}), and {other}, {second} ({y})"
    if d.verdict in ("better", "worse"):
        return "{one}, {first} ({x}), is ahead of {other}, {second} ({y}), by {gap}", parts
    if d.verdict.startswith("leaning"):
        way = "higher" if summary.sign > 0 else "lower"
        return (
            f"{{one}}, {{first}} ({{x}}), scores {way} than {{other}}, {{second}} ({{y}}), by "
            "{gap} on these test samples; but {doubt}"
        ), parts
    if d.verdict == "tie":
        return f"{pair}, cannot be told apart: they differ by {{gap}}", parts
    return f"{pair}, differ by {{gap}}; without an interval this decides nothing", parts


def _value_and_make(summary: TaskSummary, system: System, size: int) -> str:
    """Write a system's value, and that it is made of others where it is."""
    text = mean_text(summary, system, size)
    if len(system.members) > 1:
        return f"{text}; made of {len(system.members)} systems"
    return f"{text}; re-scored" if system.members else text
