"""The sentences that answer the question, written from the numbers and never beyond them.

A claim that one system is better needs an interval that excludes zero and a test that survives
the correction for many comparisons. Short of that the sentence says what is missing.
"""

from __future__ import annotations

import numpy as np

from reports import wording
from reports.budget import budget_finding
from reports.comparing import best_single, common_size, compare, mean_text
from reports.document import FAMILIES, Family, Finding, Findings, Span, Text, say, strong
from reports.gains import fusion_finding, fusion_gain, power_finding, rescoring_finding
from reports.summary import System, TaskSummary


def findings(summary: TaskSummary) -> Findings:
    """Return what a task's results say about the families, most important first.

    Parameters
    ----------
    summary : TaskSummary

    Returns
    -------
    Findings
        A few sentences: engineered against learned, what fusion and re-scoring add, what the
        test set could have shown, what it costs, what a budget buys, what more training data
        brought.
    """
    more = (fusion_finding, rescoring_finding, power_finding, _cost, budget_finding, _growth)
    found = [finding(summary) for finding in more]
    items = [_families(summary), *(finding for finding in found if finding is not None)]
    return Findings(summary.name, tuple(items))


def overall(tasks: list[TaskSummary]) -> Findings | None:
    """Return how often each family is ahead over several tasks, None for fewer than two.

    Parameters
    ----------
    tasks : list of TaskSummary

    Returns
    -------
    Findings or None
    """
    if len(tasks) < 2:
        return None
    items = []
    verdicts = []
    for task in tasks:
        size = common_size(task, ("engineered", "learned"))
        if size is not None:
            a, b = task.best("engineered", size), task.best("learned", size)
            d = task.difference(a.key, b.key, size) if a and b else None
            verdicts.append((task, "unknown" if d is None else d.verdict))
    if verdicts:
        ahead = {
            "engineered": [t.name for t, verdict in verdicts if verdict == "better"],
            "learned": [t.name for t, verdict in verdicts if verdict == "worse"],
        }
        rest = [t.name for t, verdict in verdicts if verdict not in ("better", "worse")]
        parts = [
            f"{family} systems lead on {wording.listed(names)}"
            for family, names in ahead.items()
            if names
        ]
        if rest:
            parts.append(f"no lead is confirmed on {wording.listed(rest)}")
        text = say("Engineered against learned: {parts}.", parts="; ".join(parts))
        winners: list[Family] = [f for f in ("engineered", "learned") if ahead[f]]  # type: ignore[misc]
        items.append(Finding(text, winners[0] if len(winners) == 1 and not rest else None))
    gains: list[str] = []
    losses: list[str] = []
    open_: list[str] = []
    for task in tasks:
        fused = fusion_gain(task)
        if fused is not None:
            worse = fused.difference.verdict == "worse"
            (gains if fused.pays else losses if worse else open_).append(task.name)
    if gains or losses or open_:
        parts = [f"improves on the best single system on {wording.listed(gains)}"] if gains else []
        if losses:
            parts.append(
                f"falls behind it on {wording.listed(losses)}"
                if gains
                else f"falls behind the best single system on {wording.listed(losses)}"
            )
        if open_:
            parts.append(f"makes no difference that could be confirmed on {wording.listed(open_)}")
        text = say("Fusion {parts}.", parts="; ".join(parts))
        items.append(Finding(text, "fused" if gains and not losses and not open_ else None))
    return Findings("Across the tasks", tuple(items)) if items else None


def _families(summary: TaskSummary) -> Finding:
    metric = wording.metric_name(summary.metric, mean=True)
    size = common_size(summary, ("engineered", "learned"))
    if size is not None:
        a, b = summary.best("engineered", size), summary.best("learned", size)
        assert a is not None
        assert b is not None
        d = summary.difference(a.key, b.key, size)
        assert d is not None
        clause, parts = compare(summary, a, b, size)
        text = say(
            "Trained on {size}, " + clause + " ({metric}, 95\u00a0% interval).",
            size=summary.size_text(size),
            metric=metric,
            **parts,
        )
        text += _single_by_single(summary, a, b, size)
        text += _on_these_images_alone(summary, a, b, size)
        winner: dict[str, Family] = {"better": "engineered", "worse": "learned"}
        return Finding(text, winner.get(d.verdict))
    return _missing(summary, metric)


def _single_by_single(summary: TaskSummary, a: System, b: System, size: int) -> Text:
    """Compare the best that are made of no others, where one of the two best is."""
    if not a.members and not b.members:
        return ()
    x, y = (best_single(summary, size, family) for family in ("engineered", "learned"))
    if x is None or y is None:
        return ()
    clause, parts = compare(summary, x, y, size)
    return say(" Of systems that stand by themselves, " + clause + ".", **parts)


def _on_these_images_alone(summary: TaskSummary, a: System, b: System, size: int) -> Text:
    """Compare the best that is learned without weights of elsewhere, where the best has some."""
    if b.key not in summary.pretrained:
        return ()
    own = [s for s in summary.at(size, "learned") if s.key not in summary.pretrained]
    if not own:
        return ()
    clause, parts = compare(summary, a, own[0], size)
    return say(" Of systems trained on these images alone, " + clause + ".", **parts)


def _missing(summary: TaskSummary, metric: str) -> Finding:
    """Say what there is where engineered and learned cannot be compared."""
    size = summary.sizes[-1]
    ranked = summary.at(size)
    chance = ""
    if summary.chance_mean == summary.chance_mean:
        chance = f"; chance is {wording.value(summary.metric, summary.chance_mean)}"
    first = ranked[0]
    if len(summary.systems) == 1:
        text = say(
            "Only one system has results: trained on {size}, {name} reaches a {metric} of "
            "{value}{chance}. There is nothing to compare it with.",
            size=summary.size_text(size),
            name=strong(first.name),
            metric=metric,
            value=strong(mean_text(summary, first, size)),
            chance=chance,
        )
        return Finding(text)
    present = [f for f in FAMILIES if any(s.family == f for s in summary.systems.values())]
    absent = [f for f in ("engineered", "learned") if f not in present]
    if absent:
        lead = f"No {' and no '.join(absent)} system has results here"
    else:
        lead = "Engineered and learned systems have no training size in common"
    text = say(
        "{lead}, so that the families cannot be compared. Trained on {size}, the best system is "
        "{name} ({family}) with a {metric} of {value}{chance}.",
        lead=lead,
        size=summary.size_text(size),
        name=strong(first.name),
        family=first.family,
        metric=metric,
        value=strong(mean_text(summary, first, size)),
        chance=chance,
    )
    return Finding(text)


def _cost(summary: TaskSummary) -> Finding | None:
    size = common_size(summary, ("engineered", "learned"))
    if size is None:
        return None
    pair = [summary.best("engineered", size), summary.best("learned", size)]
    costs = [(s, summary.cost(s.key, size)) for s in pair if s is not None]
    known = [(s, c) for s, c in costs if c is not None and c.train_s > 0 and c.predict_ms > 0]
    if len(known) < 2:
        return None
    (slow, much), (fast, less) = sorted(known, key=lambda pair: -pair[1].train_s)
    parts: dict[str, str | Span] = {
        "slow": strong(slow.name),
        "fast": strong(fast.name),
        "much": wording.seconds(much.train_s),
        "less": wording.seconds(less.train_s),
        "ratio": strong(wording.times(much.train_s / less.train_s)),
        "slow_ms": wording.milliseconds(much.predict_ms),
        "fast_ms": wording.milliseconds(less.predict_ms),
    }
    if much.train_s / less.train_s < 1.25:
        text = say(
            "The two cost about the same to train ({much} and {less}); scoring an image takes "
            "{slow} {slow_ms} ms and {fast} {fast_ms} ms.",
            **parts,
        )
    else:
        text = say(
            "{slow} takes {ratio} as long to train as {fast} ({much} against {less}); "
            "scoring an image takes {slow} {slow_ms} ms and {fast} {fast_ms} ms.",
            **parts,
        )
    return Finding(text)


def _growth(summary: TaskSummary) -> Finding | None:
    """Say what more training data brought each family, without extrapolating."""
    changes: list[tuple[Family, System, int, int]] = []
    for family in ("engineered", "learned"):
        sizes = [size for size in summary.sizes if summary.at(size, family)]
        if len(sizes) < 2:
            continue
        best = summary.best(family, sizes[-1])
        assert best is not None
        own = [size for size in sizes if summary.spread(best.key, size) is not None]
        if len(own) > 1:
            changes.append((family, best, own[0], own[-1]))
    if not changes:
        return None
    spans: list[Span] = []
    for place, (_, system, small, large) in enumerate(changes):
        low, high = summary.spread(system.key, small), summary.spread(system.key, large)
        assert low is not None
        assert high is not None
        change = summary.sign * (high.mean - low.mean)
        verb = "gains" if change > 0 else "loses"
        same = place and changes[0][2:] == (small, large)
        clause: Text = say(
            "{name} {verb} {gap} ({x} to {y})" + ("" if same else " from {small} to {large}"),
            name=strong(system.name),
            verb=verb,
            gap=strong(wording.difference(summary.metric, abs(change))),
            x=mean_text(summary, system, small),
            y=mean_text(summary, system, large),
            small=summary.size_text(small),
            large=summary.size_text(large),
        )
        spans += [Span("; "), *clause] if place else [Span("With more training data "), *clause]
    moved = any(_other_test(summary, *change[1:]) for change in changes)
    end = " (means over seeds, without an interval"
    end += ", and of other test samples at other sizes)." if moved else ")."
    return Finding((*spans, Span(end)))


def _other_test(summary: TaskSummary, system: System, small: int, large: int) -> bool:
    """Whether a system was tested on other samples at one size than at the other, by any seed."""
    low, high = (
        {trial.seed: trial.split.test for trial in summary.complete(system.key, size)}
        for size in (small, large)
    )
    return any(not np.array_equal(low[seed], high[seed]) for seed in low.keys() & high.keys())
