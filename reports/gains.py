"""Sentences on what fusion and re-scoring add, and on what the test set could have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.results.questions import FUSION, RESCORING
from reports import wording
from reports.comparing import asked, best_single, common_size, doubt, gap_text, mean_text
from reports.difference import Difference
from reports.document import Finding, Span, Text, say, strong
from reports.single_concepts import losses
from reports.summary import System, TaskSummary

#: Re-scored systems that are told one by one.
_TOLD = 6


@dataclass(frozen=True)
class FusionGain:
    """The best fusion of a task, and how far it is from the best single systems.

    Attributes
    ----------
    fused, single : System
        The fusion that is best on test, which may be picked as all of them are corrected together;
        the single one in it that was best on validation; where they have no scores on it, on
        test, as the fusion was compared with all of them.
    difference : Difference
        Above zero where the fusion is better.
    size : int
        The largest training size at which a fusion was compared.
    other : System, optional
        The single system of the task that is best on test, where it is another than `single`.
    beyond : Difference, optional
        Of the fusion and `other`, where they were compared.
    """

    fused: System
    single: System
    difference: Difference
    size: int
    other: System | None
    beyond: Difference | None

    @property
    def pays(self) -> bool:
        """Whether it gains: what beats one system, but maybe not another, does not for sure."""
        return self.difference.verdict == "better" and (
            self.beyond is None or self.beyond.verdict == "better"
        )

    def told_beyond(self, summary: TaskSummary) -> Text:
        """Say how the fusion compares with `other`, where there is one."""
        if self.other is None:
            return ()
        return _beyond(summary, self.fused, self.other, self.beyond, self.size)


def fusion_gain(summary: TaskSummary) -> FusionGain | None:
    """Return how the best fusion compares with single systems; None where none was compared."""
    size, found = asked(summary, FUSION)
    ranked = [system.key for system in summary.at(size)] if size is not None else []
    over_singles = [row for row in found if not row[1].members]
    if size is None or not over_singles:
        return None
    # A fusion that was asked about all of its single systems is held to the best of them on test.
    fused, single, d = min(
        over_singles, key=lambda row: (ranked.index(row[0].key), ranked.index(row[1].key))
    )
    on_test = best_single(summary, size)
    other = on_test if on_test is not single else None
    beyond = None if other is None else summary.difference(fused.key, other.key, size)
    return FusionGain(fused, single, d, size, other, beyond)


def fusion_finding(summary: TaskSummary) -> Finding | None:
    """Say whether fusion beats the best single system that it is made of."""
    found = fusion_gain(summary)
    if found is None:
        return None
    fused, single, d, size = found.fused, found.single, found.difference, found.size
    on_validation = "" if found.other is None else "; best on validation"
    parts: dict[str, str | Span] = {
        "fused": strong(fused.name),
        "x": mean_text(summary, fused, size),
        "single": strong(single.name),
        "y": mean_text(summary, single, size) + on_validation,
        "gap": gap_text(summary, d),
        "doubt": doubt(d),
    }
    family = None
    if d.verdict == "better":
        family = fused.family if found.pays else None
        template = (
            "{fused} ({x}) improves on the best single system in it, {single} ({y}), by {gap}."
        )
        template = f"Fusion pays: {template}" if found.pays else template
    elif d.verdict == "worse":
        template = (
            "Fusion does not pay here: the best fused system, {fused} ({x}), falls behind the best "
            "single one in it, {single} ({y}), by {gap}."
        )
    elif d.verdict.startswith("leaning"):
        verb = "improves on" if "better" in d.verdict else "falls behind"
        template = (
            f"{{fused}} ({{x}}) {verb} the best single system in it, {{single}} ({{y}}), by {{gap}}"
            " on these test samples; but {doubt}."
        )
    elif d.verdict == "tie":
        ahead = "the first is ahead" if d.estimate > 0 else "the second is ahead"
        template = (
            "Fusion shows no gain that this test set could confirm: {fused} ({x}) and the best "
            "single system in it, {single} ({y}), cannot be told apart: "
            f"{ahead if d.estimate else 'they differ'} by {{gap}}."
        )
    else:
        template = (
            "{fused} ({x}) and the best single system in it, {single} ({y}), differ by {gap}; "
            "without an interval this decides nothing."
        )
    return Finding(say(template, **parts) + found.told_beyond(summary), family)


def _beyond(
    summary: TaskSummary, fused: System, other: System, d: Difference | None, size: int
) -> Text:
    """Say how a fusion compares with the single system that is best on test."""
    template = " Of all single systems, {other} ({z}) scores best on test"
    parts: dict[str, str | Span] = {
        "other": other.name, "z": mean_text(summary, other, size), "fused": fused.name,
    }  # fmt: skip
    if d is not None and d.verdict != "unknown":
        parts |= {"gap": gap_text(summary, d), "signed": gap_text(summary, d, magnitude=False)}
        template += {
            "better": "; {fused} is ahead of it by {gap}",
            "leaning better": "; {fused} is ahead of it by {gap} on these test samples, not "
            "confirmed over the concepts",
            "tie": "; {fused} cannot be told apart from it ({signed})",
            "leaning worse": "; {fused} is behind it by {gap} on these test samples, not "
            "confirmed over the concepts",
            "worse": "; {fused} is behind it by {gap}",
        }[d.verdict]
    return say(template + ".", **parts)


def rescoring_finding(summary: TaskSummary) -> Finding | None:
    """Say what re-scoring adds to each system that it was given."""
    size, found = asked(summary, RESCORING)
    if size is None:
        return None
    better = sum(d.verdict == "better" for _, _, d in found)
    if better == len(found):
        lead = "Re-scoring pays: "
    elif better:
        lead = "Re-scoring pays for some: "
    else:
        lead = "Re-scoring shows no gain that this test set could confirm: "
    order = sorted(found, key=lambda row: (row[2].verdict != "better", -row[2].estimate))
    spans: Text = (Span(lead),)
    for place, (system, given, d) in enumerate(order[:_TOLD]):
        spans += (Span("; "),) if place else ()
        spans += _clause(summary, system, given, d)
    rest = len(order) - _TOLD
    if rest > 0:
        spans += (Span(f"; and {rest} more in the table on fusion and re-scoring"),)
    families = {system.family for system, _, _ in found}
    family = families.pop() if better == len(found) and len(families) == 1 else None
    lost = losses(summary)
    return Finding((*spans, Span("."), *lost), None if lost else family)


def _clause(summary: TaskSummary, system: System, given: System, d: Difference) -> Text:
    parts: dict[str, str | Span] = {
        "name": strong(system.name),
        "given": given.name,
        "gap": gap_text(summary, d),
        "signed": gap_text(summary, d, magnitude=False),
        "doubt": doubt(d),
    }
    if d.verdict == "tie" and d.low == d.high == 0:
        return say("{name} ranks everything as {given} does", **parts)
    if d.verdict == "tie":
        return say("{name} cannot be told from {given} ({signed})", **parts)
    if d.verdict == "unknown":
        return say("{name} differs from {given} by {signed}, without an interval", **parts)
    gains = "better" in d.verdict
    template = "{name} gains {gap} over {given}" if gains else "{name} loses {gap} against {given}"
    if d.verdict.startswith("leaning"):
        template += " on these test samples, but {doubt}"
    return say(template, **parts)


def power_finding(summary: TaskSummary) -> Finding | None:
    """Say which true difference this test set would have shown, where it was compared."""
    parts: list[tuple[str, int]] = []
    size = common_size(summary, ("engineered", "learned"))
    if size is not None:
        a, b = summary.best("engineered", size), summary.best("learned", size)
        d = summary.difference(a.key, b.key, size) if a and b else None
        if d is not None and _known(d):
            what = "between the best engineered and the best learned system"
            parts.append((f"{wording.difference(summary.metric, d.smallest)} {what}", d.units))
    fused = fusion_gain(summary)
    if fused is not None and _known(fused.difference):
        what = "between fusion and the best single system in it"
        shown = wording.difference(summary.metric, fused.difference.smallest)
        parts.append((f"{shown} {what}", fused.difference.units))
    if not parts:
        return None
    units = [_units(summary, n) for _, n in parts]
    if len(set(units)) == 1:
        template = (
            "With its {units}, this test set would have shown a true difference of {parts}, by an "
            "interval without zero, four times in five; smaller ones it can miss."
        )
        told = [part for part, _ in parts]
    else:
        # Pairs that were measured with different seeds.
        template = (
            "This test set would have shown a true difference of {parts}, by an interval without "
            "zero, four times in five; smaller ones it can miss."
        )
        told = [
            f"{part} ({n.replace(' (', ', ').rstrip(')')})" for (part, _), n in zip(parts, units)
        ]
    return Finding(say(template, units=units[0], parts=wording.listed(told)))


def _known(d: Difference) -> bool:
    """Whether it is known what would have shown; of two that score all alike nothing is."""
    return math.isfinite(d.smallest) and d.smallest > 1e-9


def _units(summary: TaskSummary, units: int) -> str:
    """Write how many independent test samples or videos there are, over all seeds together."""
    video = summary.task.video
    what = "test video" if video is not None else "test sample"
    text = wording.count(units, what)
    tests = {t.seed: t.split.test for t in summary.trials if t.status == "complete"}
    sizes = [len(test if video is None else np.unique(video[test])) for test in tests.values()]
    if len(sizes) < 2 or units <= max(sizes):
        return text
    low, high = min(sizes), max(sizes)
    each = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{text} ({each} a seed, over {len(tests)} seeds)"
