"""A sentence on what fusing in several levels adds to fusing in one."""

from __future__ import annotations

from benchmarks.results.questions import LEVELS
from reports import wording
from reports.comparing import asked, doubt, gap_text, mean_text
from reports.difference import Difference
from reports.document import Span, Text, say, strong
from reports.summary import System, TaskSummary

#: Systems that are told one by one.
_TOLD = 6


def in_levels(summary: TaskSummary) -> Text | None:
    """Say how each fusion in levels compares with a flat one of the same systems.

    Returns
    -------
    Text or None
        None where there is no fusion in levels.
    """
    size, found = asked(summary, LEVELS)
    if size is None:
        return _alone(summary)
    spans: Text = (Span("In levels: "),)
    # Against several flat ones, where none could be chosen: the one that is best on test.
    ranked = [system.key for system in summary.at(size)]
    nearest: dict[str, tuple[System, System, Difference]] = {}
    for row in sorted(found, key=lambda row: ranked.index(row[1].key)):
        nearest.setdefault(row[0].key, row)
    rows = sorted(nearest.values(), key=lambda row: ranked.index(row[0].key))
    for place, (system, flat, d) in enumerate(rows[:_TOLD]):
        spans += (Span("; "),) if place else ()
        spans += _clause(summary, system, flat, d, size)
    if len(rows) > _TOLD:
        spans += (Span(f"; and {len(rows) - _TOLD} more in the table"),)
    return (*spans, Span("."))


def _clause(summary: TaskSummary, system: System, flat: System, d: Difference, size: int) -> Text:
    parts: dict[str, str | Span] = {
        "name": strong(system.name),
        "x": mean_text(summary, system, size),
        "flat": flat.name,
        "y": mean_text(summary, flat, size),
        "gap": gap_text(summary, d),
        "signed": gap_text(summary, d, magnitude=False),
        "doubt": doubt(d),
    }
    if d.verdict == "tie":
        return say("{name} ({x}) cannot be told from flat {flat} ({y}; {signed})", **parts)
    if d.verdict == "unknown":
        return say(
            "{name} ({x}) differs from flat {flat} ({y}) by {signed}, without an interval", **parts
        )
    verb = "gains {gap} over" if "better" in d.verdict else "loses {gap} against"
    template = f"{{name}} ({{x}}) {verb} flat {{flat}} ({{y}})"
    if d.verdict.startswith("leaning"):
        template += " on these test samples, but {doubt}"
    return say(template, **parts)


def _alone(summary: TaskSummary) -> Text | None:
    names = [system.name for system in summary.systems.values() if system.in_levels]
    if not names:
        return None
    shown = [wording.shortened(name, 40) for name in names[:_TOLD]]
    rest = len(names) - _TOLD
    return say(
        "In levels: whether {names} gain anything by their levels is not asked, as no flat fusion "
        "rests on the same single systems."
        if len(names) > 1
        else "In levels: whether {names} gains anything by its levels is not asked, as no flat "
        "fusion rests on the same single systems.",
        names=wording.listed([*shown, f"{rest} more"] if rest > 0 else shown),
    )
