"""Sentences on single concepts that re-scoring gains or loses on."""

from __future__ import annotations

import pandas as pd

from benchmarks.results.questions import RESCORING
from reports import wording
from reports.comparing import asked
from reports.document import Span, Text, say, strong
from reports.summary import TaskSummary

#: Concepts that are named of a system, gained and lost each.
_NAMED = 6
#: Systems that are told one by one.
_TOLD = 6


def by_concept(summary: TaskSummary) -> Text | None:
    """Say on which concepts each re-scored system gains and loses, None where none was tested."""
    found = _of_systems(summary)
    if not found:
        return None
    decided = [rows for rows in found if (rows["verdict"] != "undecided").any()]
    undecided = [rows for rows in found if (rows["verdict"] == "undecided").all()]
    spans: Text = (Span("By concept, "),)
    for place, rows in enumerate(decided[:_TOLD]):
        spans += (Span("; "),) if place else ()
        spans += _clause(summary, rows)
    if len(decided) > _TOLD:
        spans += (Span(f"; {len(decided) - _TOLD} more are in tables/rescoring.csv"),)
    if undecided:
        names = [wording.shortened(_name(summary, rows), 40) for rows in undecided]
        if len(names) > _TOLD:
            names = [*names[:_TOLD], f"{len(names) - _TOLD} more"]
        lead = "; " if decided else ""
        verb = "has" if len(undecided) == 1 else "have"
        spans += (Span(f"{lead}{wording.listed(names)} {verb} no confirmed gain or loss"),)
    tail = (
        ". Intervals are corrected for the number of concepts of each system (Bonferroni): the "
        "chance of one wrong verdict or more among them is at most 5\u00a0%."
    )
    return (*spans, Span(tail), *_untested(summary, found))


def losses(summary: TaskSummary) -> Text:
    """Say on which concepts re-scored systems lose, confirmed; nothing where on none."""
    spans: Text = ()
    lost = [rows for rows in _of_systems(summary) if (rows["verdict"] == "loss").any()]
    for place, rows in enumerate(lost[:_TOLD]):
        lead = "; " if place else " On single concepts "
        spans += say(
            lead + "{name} loses on {concepts}",
            name=strong(_name(summary, rows)),
            concepts=_told(summary, rows[rows["verdict"] == "loss"]),
        )
    if len(lost) > _TOLD:
        spans += (Span(f"; {len(lost) - _TOLD} more systems lose on some"),)
    return (*spans, Span(".")) if spans else ()


def _of_systems(summary: TaskSummary) -> list[pd.DataFrame]:
    """Return the rows of each re-scored system, at the size at which re-scoring was asked."""
    size, _ = asked(summary, RESCORING)
    rows = summary.rescoring
    rows = rows[(rows["train_size"] == size) & rows["value"].notna()]
    return [
        of_system
        for system, of_system in rows.groupby("system", sort=False)
        if system in summary.systems
    ]


def _name(summary: TaskSummary, rows: pd.DataFrame) -> str:
    return summary.systems[rows["system"].iloc[0]].name


def _clause(summary: TaskSummary, rows: pd.DataFrame) -> Text:
    gained, lost = (rows[rows["verdict"] == verdict] for verdict in ("gain", "loss"))
    parts: dict[str, str | Span] = {
        "name": strong(_name(summary, rows)),
        "n": f"{len(gained)} of {wording.count(len(rows), 'concept')}",
        "gained": _named(gained),
        "lost": _told(summary, lost),
    }
    if not len(lost):
        return say("{name} gains on {n} ({gained}) and loses on none", **parts)
    if not len(gained):
        return say("{name} loses on {lost} and gains on none", **parts)
    return say("{name} gains on {n} ({gained}) and loses on {lost}", **parts)


def _named(rows: pd.DataFrame) -> str:
    return _listed([wording.shortened(wording.clean(name), 40) for name in rows["concept"]])


def _told(summary: TaskSummary, rows: pd.DataFrame) -> str:
    """Name concepts with their differences and intervals, above zero the better."""
    found = []
    for concept, metric, d, low, high in zip(
        *(rows[name] for name in ("concept", "metric", "difference", "low", "high"))
    ):
        turn = 1.0 if wording.higher_is_better(metric) else -1.0
        ends = sorted((turn * low, turn * high))
        name = wording.shortened(wording.clean(concept), 40)
        shown = f"{wording.difference(metric, turn * d)} {wording.interval(metric, *ends)}"
        found.append(f"{name} ({shown})")
    return _listed(found)


def _listed(names: list[str]) -> str:
    left = len(names) - _NAMED
    return wording.listed([*names[:_NAMED], f"{left:,} more"] if left > 0 else names)


def _untested(summary: TaskSummary, found: list[pd.DataFrame]) -> Text:
    """Say which concepts are in too few videos, or samples, for any verdict."""
    rows = found[0]
    few = rows[rows["units"] < rows["least_units"]]
    if few.empty:
        return ()
    unit = "test video" if summary.task.video is not None else "test sample"
    return say(
        " With positives in fewer than {least} there can be none: {concepts}.",
        least=wording.count(int(few["least_units"].iloc[0]), unit),
        concepts=_named(few),
    )
