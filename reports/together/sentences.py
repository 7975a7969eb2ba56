"""What changed between two runs, in sentences that go no further than the intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reports import wording
from reports.document import Finding, Findings, Span, Text, say, strong
from reports.together.circumstances import circumstances, system_changes
from reports.together.pairing import Change, Pair

#: Systems that a sentence names.
_TOLD = 6
_SAME = "the same to the last digit"
_UNCONFIRMED = "moved on these test samples without the test over concepts confirming it"


def sentences(pair: Pair) -> Findings:
    """Return what became of the results, and what the runs were given differently.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Findings
        First whether anything changed; then what improved, what got worse, what is on these
        samples only, what cannot be told or compared and why; what only one has; what differs.
    """
    items = [_lead(pair)]
    items += [
        finding
        for finding in (
            _moved(pair, "better", "Improved: "),
            _moved(pair, "worse", "Got worse: "),
            _moved(pair, "leaning better", "Higher on these test samples, but not evenly over the "
                   "concepts, so that it need not hold for others: "),
            _moved(pair, "leaning worse", "Lower on these test samples, but not evenly over the "
                   "concepts, so that it need not hold for others: "),
            _moved(pair, "tie", "Cannot be told apart on these test samples: "),
            *_without_interval(pair),
            _only(pair),
            _given(pair),
        )
        if finding is not None
    ]  # fmt: skip
    return Findings(pair.title, tuple(items))


def _lead(pair: Pair) -> Finding:
    shared = pair.shared
    if not shared:
        tasks = wording.listed([wording.clean(name) for name in pair.tasks])
        return Finding(
            say(
                "Nothing can be compared: no system has results in both runs at the same training "
                "size, on {tasks}.",
                tasks=tasks,
            )
        )
    # How each outcome is called of one result, and of several.
    counts = {
        ("improved", "improved"): _count(shared, "better"),
        ("got worse", "got worse"): _count(shared, "worse"),
        (_UNCONFIRMED, _UNCONFIRMED): _count(shared, "leaning better", "leaning worse"),
        ("cannot be told apart",) * 2: _count(shared, "tie"),
        ("has no interval", "have no interval"): _count(shared, "unknown"),
        (f"is {_SAME}", f"are {_SAME}"): _count(shared, "identical"),
    }
    several = "(a system at a training size)"
    if _count(shared, "identical") == len(shared):
        all_ = "the one result" if len(shared) == 1 else f"all {len(shared):,} results"
        text = say(
            "{nothing}: {all} that both runs have {several} {are} {same}.",
            nothing=strong("Nothing changed"),
            all=all_,
            several=several,
            are="is" if len(shared) == 1 else "are",
            same=_SAME,
        )
        return Finding(text)
    told = [f"{n:,} {words[n > 1]}" for words, n in counts.items() if n]
    sure = _count(shared, "better", "worse", "unknown")
    text = say(
        "{lead}Of the {what} that both runs have {several}, {told}.",
        lead=strong("" if sure else "No change is confirmed. "),
        what=wording.count(len(shared), "result"),
        several=several,
        told=wording.listed(told),
    )
    return Finding(text)


def _count(shared: Sequence[Change], *outcomes: str) -> int:
    return sum(change.outcome in outcomes for change in shared)


def _several(pair: Pair) -> tuple[bool, bool]:
    """Whether a task, and whether a training size, must be named for a result to be known."""
    return len(pair.tasks) > 1, len({change.train_size for change in pair.changes}) > 1


def _named(pair: Pair, change: Change) -> Text:
    task, size = _several(pair)
    where = [f"on {change.task}"] * task + [f"at {change.size}"] * size
    end = f" {' '.join(where)}" if where else ""
    if change.system in redeclared(pair):
        end += " (declared differently)"
    return (strong(change.system), Span(end))


def redeclared(pair: Pair) -> set[str]:
    """Return the systems that both suites declare, but differently; cleaned for display."""
    return {one.system for one in system_changes(pair) if one.kind == "changed"}


def _moved(pair: Pair, outcome: str, lead: str) -> Finding | None:
    found = [change for change in pair.shared if change.outcome == outcome]
    if not found:
        return None
    found.sort(key=lambda change: -abs(change.difference.estimate))  # type: ignore[union-attr]
    spans: Text = (Span(lead),)
    for place, change in enumerate(found[:_TOLD]):
        d = change.difference
        assert d is not None
        metric = change.metric
        gap = (
            f"{wording.difference(metric, d.estimate, sign=True)} "
            f"{wording.interval(metric, d.low, d.high)}"
        )
        spans += (Span("; "),) if place else ()
        spans += _named(pair, change)
        spans += say(
            " by {gap} ({before} to {after})" if outcome != "tie" else " ({gap})",
            gap=strong(gap),
            before=wording.value(metric, change.before),
            after=wording.value(metric, change.after),
        )
    family = found[0].family if outcome == "better" and len(found) == 1 else None
    return Finding((*spans, Span(_rest(len(found)))), family)


def _rest(number: int) -> str:
    return f"; and {number - _TOLD:,} more in the table." if number > _TOLD else "."


def _without_interval(pair: Pair) -> list[Finding]:
    reasons: dict[str, list[Change]] = defaultdict(list)
    for change in pair.shared:
        if change.outcome == "unknown":
            reasons[change.reason].append(change)
    found = []
    for reason, changed in reasons.items():
        spans: Text = (Span("Cannot be compared sample by sample, so there is no interval: "),)
        for place, change in enumerate(changed[:_TOLD]):
            spans += (Span(", "),) if place else ()
            spans += _named(pair, change)
        if len(changed) > _TOLD:
            spans += (Span(f" and {len(changed) - _TOLD:,} more"),)
        found.append(Finding((*spans, Span(f" ({reason})."))))
    return found


def _only(pair: Pair) -> Finding | None:
    """Say which systems, and which sizes of shared systems, only one run has."""
    parts = []
    has = {
        status: {(c.task, c.system) for c in pair.changes if c.status != status}
        for status in ("only in the reference", "only in the other")
    }
    for name, status in ((pair.a, "only in the reference"), (pair.b, "only in the other")):
        alone = [c for c in pair.changes if c.status == status]
        systems = [c.system for c in alone if (c.task, c.system) not in has[status]]
        systems = list(dict.fromkeys(systems))
        sizes = list(dict.fromkeys(c.size for c in alone if (c.task, c.system) in has[status]))
        told = [_few(systems)] if systems else []
        told += [f"some of the shared systems at {wording.listed(sizes)}"] if sizes else []
        if told:
            parts.append(f"only {name} has results for {'; and for '.join(told)}")
    if not parts:
        return None
    return Finding(say("{parts}.", parts=wording.capital("; ".join(parts))))


def _few(names: Sequence[str]) -> str:
    if len(names) <= _TOLD:
        return wording.listed(names)
    return f"{', '.join(names[:_TOLD])} and {len(names) - _TOLD:,} more"


def _given(pair: Pair) -> Finding:
    found = circumstances(pair)
    groups = dict.fromkeys(one.group for one in found)
    differing = [g for g in groups if any(c.differs for c in found if c.group == g)]
    systems = system_changes(pair)
    parts = []
    kinds = [(kind, [s for s in systems if s.kind == kind]) for kind in
             ("added", "removed", "changed")]  # fmt: skip
    told = [f"{wording.count(len(of), 'system')} {kind}" for kind, of in kinds if of]
    if told:
        parts.append(f"the suite's systems ({wording.listed(told)})")
    names = {"suite": "other parts of the suite", "data": "the data", "code": "the code",
             "versions": "versions of packages", "machine": "the machine",
             "workers": "workers or threads", "device": "the device"}  # fmt: skip
    parts += [names[group] for group in differing]
    if not parts:
        return Finding(
            say(
                "The runs were given the same in all that they record: suite, data, code, "
                "versions, machine, workers."
            )
        )
    end = (
        ". As several things differ at once, which of them made a difference cannot be told."
        if len(parts) > 1
        else "."
    )
    return Finding(say("What differs: {parts}{end}", parts=wording.listed(parts), end=end))
