"""The more you incorporate, the more you get, at a cost: each stage's gain and price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from reports import wording
from reports.comparing import gap_text, mean_text
from reports.document import Block, Cell, Column, Paragraph, Section, Span, Table, say, strong
from reports.figures.incorporation import ABSENT, incorporation_figure
from reports.sections.tasks import by_task
from reports.stages import Stage, curve_size, named_stages, stages
from reports.summary import Summary, System, TaskSummary

_VERDICTS: dict[str, tuple[str, Literal["gain", "loss"] | None]] = {
    "better": ("gain", "gain"),
    "worse": ("loss", "loss"),
    "leaning better": ("uneven gain", None),
    "leaning worse": ("uneven loss", None),
    "tie": ("tie", None),
    "unknown": ("no interval", None),
}


def incorporation(summary: Summary) -> Section | None:
    """Return the incorporation curve of each task, None where the suite names no stages."""
    systems = named_stages(summary)
    if len(systems) < 2:
        return None
    return by_task(
        "incorporation",
        "The more you incorporate",
        summary.tasks,
        lambda task, i: _blocks(task, systems, i),
    )


def _blocks(summary: TaskSummary, systems: Sequence[System], place: int) -> list[Block]:
    size = curve_size(summary, systems)
    if size is None:
        if not any(trial.system in {s.key for s in systems} for trial in summary.trials):
            return []
        text = say("None of the stages that the suite names has results on this task.")
        return [Paragraph(text)]
    found = stages(summary, systems, size)
    blocks: list[Block] = [Paragraph(_story(summary, found, size))]
    if sum(stage.spread is not None for stage in found) > 1:
        blocks.append(incorporation_figure(summary, found, size, f"incorporation-{place}"))
    blocks.append(_table(summary, found, size, f"incorporation-table-{place}"))
    return blocks


def _story(summary: TaskSummary, found: Sequence[Stage], size: int) -> tuple[Span, ...]:
    """Say where the gain was, what it cost, which stages brought none, and which are missing."""
    compared = [stage for stage in found if stage.gain is not None]
    if not compared:
        only = next(stage for stage in found if stage.spread is not None)
        text = say(
            "Trained on {size}, {name} ({value}) is the only stage with results: there is no "
            "curve to draw.",
            size=summary.size_text(size),
            name=strong(only.system.name),
            value=mean_text(summary, only.system, size),
        )
        return (*text, *_missing(found))
    text = _whole(summary, found, size)
    # With a single step the whole has said it all.
    if len(compared) > 1:
        text = (*text, *_largest(summary, compared), *_without_gain(summary, compared))
    return (*text, *_missing(found))


def _whole(summary: TaskSummary, found: Sequence[Stage], size: int) -> tuple[Span, ...]:
    """Compare the last stage with the first."""
    done = [stage for stage in found if stage.spread is not None]
    first, last = done[0], done[-1]
    d = last.since_first
    assert d is not None
    parts: dict[str, str | Span] = {
        "size": summary.size_text(size),
        "metric": wording.metric_name(summary.metric, mean=True),
        "first": strong(first.system.name),
        "x": mean_text(summary, first.system, size),
        "last": strong(last.system.name),
        "y": mean_text(summary, last.system, size),
        "gap": gap_text(summary, d),
        "cost": _price(last.ratio_first, last.cost_s, first.cost_s),
    }
    if d.verdict in ("better", "leaning better"):
        end = (
            "a gain of {gap}"
            if d.verdict == "better"
            else ("a gain of {gap} on these test samples, though not evenly over the concepts")
        )
    elif d.verdict in ("worse", "leaning worse"):
        end = (
            "a loss of {gap}"
            if d.verdict == "worse"
            else ("a loss of {gap} on these test samples, though not evenly over the concepts")
        )
    elif d.verdict == "tie":
        end = "which cannot be told from no change: they differ by {gap}"
    else:
        end = "a difference of {gap}; without an interval this decides nothing"
    return say(
        "Trained on {size}, the {metric} goes from {first} ({x}) to {last} ({y}), " + end
        + "{cost}.",
        **parts,
    )  # fmt: skip


def _largest(summary: TaskSummary, compared: Sequence[Stage]) -> tuple[Span, ...]:
    """Name the stage with the largest gain, and say whether it can be trusted."""
    gains = {stage: stage.gain.estimate for stage in compared if stage.gain is not None}
    sure = [s for s in compared if s.gain is not None and s.gain.verdict == "better"]
    top = max(sure or compared, key=lambda stage: gains[stage])
    assert top.gain is not None
    assert top.before is not None
    if gains[top] <= 0:
        return say(" No stage scores higher than the one before." if summary.sign > 0 else
                   " No stage errs less than the one before.")  # fmt: skip
    parts = {
        "name": strong(top.system.name),
        "before": Span(top.before.name),
        "gap": gap_text(summary, top.gain, magnitude=False),
        "cost": Span(_price(top.ratio, top.cost_s, top.cost_s / top.ratio)),
    }
    if sure:
        text = say(
            " The largest confirmed gain is that of {name} over {before}, {gap}{cost}.", **parts
        )
        others = [stage.system.name for stage in sure if stage is not top]
        if others:
            what = "the gain" if len(others) == 1 else "the gains"
            text += say(f" Confirmed as well: {what} of {{names}}.", names=wording.listed(others))
        return text
    return say(
        " No single stage's gain can be confirmed; the largest difference is that of {name} over "
        "{before}, {gap}{cost}.",
        **parts,
    )


def _without_gain(summary: TaskSummary, compared: Sequence[Stage]) -> tuple[Span, ...]:
    """Name the stages that did not help, and those that harm."""

    def with_verdict(*verdicts: str) -> list[Stage]:
        return [s for s in compared if s.gain is not None and s.gain.verdict in verdicts]

    text: tuple[Span, ...] = ()
    harm = with_verdict("worse")
    if harm:
        losses = [
            f"{stage.system.name} ({wording.difference(summary.metric, stage.gain.estimate)})"
            for stage in harm
            if stage.gain is not None
        ]
        text = say(" {names} made it worse.", names=wording.listed(losses))
    open_ = with_verdict("tie", "leaning better", "leaning worse", "unknown")
    if open_ and len(open_) < len(compared):
        names = wording.listed([stage.system.name for stage in open_])
        text += say(" No gain can be confirmed for {names}.", names=names)
    return text


def _missing(found: Sequence[Stage]) -> tuple[Span, ...]:
    """Name the stages without results, and how the curve goes on without them."""
    kinds: dict[str, list[str]] = {}
    for stage in found:
        if stage.spread is None:
            kinds.setdefault(stage.status, []).append(stage.system.name)
    if not kinds:
        return ()
    verbs = {
        "failed": ("failed", "failed"),
        "skipped": ("was skipped", "were skipped"),
        "missing": ("has no results yet", "have no results yet"),
        "absent": ("is not planned here", "are not planned here"),
    }
    clauses = [
        f"{wording.listed(names)} {verbs[status][len(names) > 1]}"
        for status, names in kinds.items()
    ]
    text = say(" The curve has gaps: {what}.", what="; ".join(clauses))
    after = any(
        stage.before is not None and found[place - 1].spread is None
        for place, stage in enumerate(found)
    )
    if after:
        text += say(" After a gap, a stage is compared with the last that has results.")
    return text


def _price(ratio: float, cost: float, other: float) -> str:
    """Write what a stage costs beside another: ", at 3.1 times the cost (12 s against 4 s)"."""
    if not ratio > 0:
        return ""
    both = f"({wording.seconds(cost)} against {wording.seconds(other)})"
    if 0.8 <= ratio <= 1.25:
        return f", at about the same cost {both}"
    if ratio < 1:
        return f", at a lower cost {both}"
    return f", at {wording.times(ratio)} the cost {both}"


def _table(summary: TaskSummary, found: Sequence[Stage], size: int, identifier: str) -> Table:
    unit = "points" if summary.metric in wording.PERCENT else ""
    columns = (
        Column("Stage added"),
        Column(wording.capital(wording.metric_name(summary.metric, mean=True)), numeric=True),
        Column("Gain", numeric=True, unit=unit),
        Column("95 % interval", numeric=True),
        Column("Verdict"),
        Column("Gain in all", numeric=True, unit=unit),
        Column("Cost", numeric=True),
        Column("Cost ratio", numeric=True),
        Column("Ratio in all", numeric=True),
    )
    caption = (
        f"{summary.name}: each stage against the one before, trained on {summary.size_text(size)}; "
        "gain in all and ratio in all are against the first."
    )
    notes = [
        "Above zero is better. Gain and loss: the interval excludes zero, and the test over "
        "concepts stays significant after the correction for all pairs of its question; "
        "uneven: only the interval does; tie: no difference that this test set can show."
    ]
    if any(stage.cost_s > 0 for stage in found):
        notes.append(
            "Cost is the elapsed time to train the system and to score the test samples, "
            "extraction included, as if nothing had been cached; a fused system is charged for "
            "all its members, once for what they share."
        )
    notes += [_note(stage) for stage in found if stage.measured < stage.planned]
    rows = tuple(_row(summary, stage) for stage in found)
    return Table(identifier, caption, columns, rows, tuple(notes))


def _note(stage: Stage) -> str:
    """Say what there is of a stage that has not all its seeds."""
    name = stage.system.name
    why = f": {wording.shortened(stage.reason, 120)}" if stage.reason else ""
    if stage.spread is None:
        return f"{name}: {ABSENT[stage.status]}{why}."
    seeds = f"{stage.measured} of {wording.count(stage.planned, 'seed')}"
    return f"{name}: results of {seeds} only{why}. Differences are over the seeds that both have."


def _row(summary: TaskSummary, stage: Stage) -> tuple[Cell, ...]:
    empty = Cell(wording.NO_VALUE)
    name = Cell(stage.system.name, family=stage.system.family, system=stage.system.key)
    if stage.spread is None:
        return (name, empty, empty, empty, Cell(ABSENT[stage.status]), *[empty] * 4)
    metric, gain = summary.metric, stage.gain
    value = Cell(wording.value(metric, stage.spread.mean), stage.spread.mean)
    cost = Cell(wording.seconds(stage.cost_s), stage.cost_s) if stage.cost_s > 0 else empty
    if gain is None:
        return (name, value, empty, empty, Cell("the first"), empty, cost, empty, empty)
    verdict, tone = _VERDICTS[gain.verdict]
    interval = empty if gain.low != gain.low else Cell(
        wording.interval(metric, gain.low, gain.high), gain.low
    )  # fmt: skip
    assert stage.since_first is not None
    return (
        name,
        value,
        Cell(_signed(metric, gain.estimate), gain.estimate),
        interval,
        Cell(verdict, tone=tone),
        Cell(_signed(metric, stage.since_first.estimate), stage.since_first.estimate),
        cost,
        _times(stage.ratio),
        _times(stage.ratio_first),
    )


def _signed(metric: str, x: float) -> str:
    """Write a difference with its sign and without its unit, which the heading has."""
    return wording.difference(metric, x, sign=True).removesuffix(f"{wording.NBSP}points")


def _times(ratio: float) -> Cell:
    """Write a ratio as a cell: "0.85", "3.1", "24"."""
    if not ratio > 0:
        return Cell(wording.NO_VALUE)
    digits = 2 if ratio < 0.995 else 1 if ratio < 9.95 else 0
    return Cell(wording.number(ratio, digits), ratio)
