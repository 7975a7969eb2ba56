"""The parts of the document on several runs."""

from __future__ import annotations

from typing import Literal

from reports import wording
from reports.document import (
    Block,
    Cell,
    Code,
    Column,
    Notice,
    Paragraph,
    Section,
    Table,
    say,
)
from reports.figures.changes import changes_figure
from reports.together.circumstances import (
    circumstances,
    same_trials,
    suite_difference,
    system_changes,
)
from reports.together.pairing import Change, Pair, by_pair
from reports.together.sentences import redeclared, sentences

#: Rows from which a table scrolls in HTML.
TALL = 30
_KINDS = ("changed", "removed", "added")
_VERDICTS: dict[str, tuple[str, Literal["gain", "loss"] | None]] = {
    "better": ("improved", "gain"),
    "worse": ("got worse", "loss"),
    "leaning better": ("higher on these samples, uneven over concepts", None),
    "leaning worse": ("lower on these samples, uneven over concepts", None),
    "tie": ("no difference that this test set can show", None),
    "identical": ("identical", None),
}


def answer(pairs: list[Pair]) -> Section:
    """Return the sentences, and the warnings that they need."""
    blocks: list[Block] = [sentences(pair) for pair in pairs]
    for pair in pairs:
        for name, run in ((pair.a, pair.reference), (pair.b, pair.other)):
            missing = sum(trial.status in ("missing", "failed") for trial in run.trials)
            if missing and (name != pair.a or pair is pairs[0]):
                what = wording.count(len(run.trials), "trial")
                blocks.append(
                    Notice(
                        "warning",
                        f"{name} is not complete",
                        (f"{missing:,} of its {what} failed or have not run.",),
                    )
                )
    figures = [
        figure
        for i, pair in enumerate(pairs)
        for j, task in enumerate(pair.tasks)
        if (figure := changes_figure(pair, wording.clean(task), f"changes-{i}-{j}")) is not None
    ]
    reading = Paragraph(
        say(
            "A difference is that of the later run minus the reference, on the same test samples "
            "and seeds, and turned so that above zero is better. Its 95\u00a0% interval (paired "
            "bootstrap) says how it would vary over other test samples. A result has improved or "
            "got worse only if the interval excludes zero and the paired test over concepts "
            "stays significant at 5\u00a0% after Holm's correction for all systems that changed "
            "on the task at the training size. Neither says what other seeds would bring."
        ),
        quiet=True,
    )
    return Section("answer", "What changed", (*blocks, *figures, reading))


def given(pairs: list[Pair]) -> Section | None:
    """Return what the runs were given: what differs in full, and how much is the same."""
    return by_pair("given", "What the runs were given", pairs, _given)


def _given(pair: Pair, i: int) -> list[Block]:
    found = circumstances(pair)
    rows = [
        (Cell(one.name), Cell(one.before), Cell(one.after), Cell("differs", strong=True))
        for one in found
        if one.differs
    ]
    groups = dict.fromkeys(one.group for one in found)
    for group in groups:
        same = [one for one in found if one.group == group and not one.differs]
        if len(same) > 1:
            name = f"{wording.capital(group)}, the other {len(same)}" if any(
                one.differs for one in found if one.group == group
            ) else f"{wording.capital(group)}, all {len(same)}"  # fmt: skip
            rows.append((Cell(name), Cell("the same"), Cell("the same"), Cell("same")))
        else:
            rows += [
                (Cell(one.name), Cell(one.before), Cell(one.after), Cell("same")) for one in same
            ]
    shared = same_trials(pair)
    totals = [f"{shared:,} of {len(r.trials):,}" for r in (pair.reference, pair.other)]
    rows.append((Cell("Trials in both"), Cell(totals[0]), Cell(totals[1]), Cell("")))
    columns = (
        Column("Given"), Column(wording.shortened(pair.a, 32)),
        Column(wording.shortened(pair.b, 32)), Column("Compared"),
    )  # fmt: skip
    note = (
        "Trials in both: the same by options, code of the components, data, seed and training "
        "size. A trial of other code may score the same all the same."
    )
    blocks: list[Block] = [
        Table(f"given-{i}-table", f"What {pair.a} and {pair.b} record of how they were made.",
              columns, tuple(rows), (note,))
    ]  # fmt: skip
    systems = _systems(pair, i)
    if systems is not None:
        blocks.append(systems)
    difference = suite_difference(pair)
    if difference:
        blocks.append(Code(difference, f"The suites' difference: - {pair.a}, + {pair.b}"))
    return blocks


def _systems(pair: Pair, i: int) -> Table | None:
    rows = []
    found = system_changes(pair)
    # What changed is what a reader looks for; the sort keeps the suites' order.
    for change in sorted(found, key=lambda one: _KINDS.index(one.kind)):
        options = [f"{path}: {before} → {after}" for path, before, after in change.options]
        rows.append(
            (Cell(change.system), Cell(change.kind), Cell("; ".join(options) or change.declared))
        )
    if not rows:
        return None
    caption = (
        f"Systems that the suites declare differently: added in {pair.b}, removed from it, or "
        "changed, with each option before and after. Of the others, what they are."
    )
    columns = (Column("System"), Column("Suite"), Column("Options"))
    return Table(f"suite-{i}", caption, columns, tuple(rows), tall=len(rows) > TALL)


def side_by_side(pairs: list[Pair]) -> Section | None:
    """Return every result of either run."""
    return by_pair("results", "Results side by side", pairs, _side_by_side)


def _side_by_side(pair: Pair, i: int) -> list[Block]:
    changed = redeclared(pair)
    blocks: list[Block] = []
    for j, task in enumerate(map(wording.clean, pair.tasks)):
        shared = [change for change in pair.shared if change.task == task]
        if shared:
            blocks.append(_results(pair, task, shared, changed, f"results-{i}-{j}"))
        alone = [c for c in pair.changes if c.task == task and c.difference is None]
        if alone:
            blocks.append(_alone(pair, task, alone, f"alone-{i}-{j}"))
    return blocks


def _results(
    pair: Pair, task: str, shared: list[Change], changed: set[str], identifier: str
) -> Table:
    metric = shared[0].metric
    unit = " (points)" if metric in wording.PERCENT else ""
    columns = (
        Column("System"), Column("Training size"), Column("Suite"),
        Column(wording.shortened(pair.a, 24), numeric=True),
        Column(wording.shortened(pair.b, 24), numeric=True),
        Column(f"Difference{unit}", numeric=True), Column("95 % interval", numeric=True),
        Column("Verdict"),
    )  # fmt: skip
    rows = []
    for change in shared:
        d = change.difference
        assert d is not None
        verdict, tone = _VERDICTS.get(change.outcome, (f"no interval: {change.reason}", None))
        known = d.low == d.low and change.status != "identical"
        gap = wording.difference(metric, d.estimate, sign=True)
        rows.append(
            (
                Cell(change.system, family=change.family),
                Cell(change.size, change.train_size if change.train_size >= 0 else 1e18),
                Cell("changed" if change.system in changed else "same"),
                Cell(wording.value(metric, change.before), _sortable(change.before)),
                Cell(wording.value(metric, change.after), _sortable(change.after)),
                Cell(gap.removesuffix(f"{wording.NBSP}points"), _sortable(d.estimate)),
                Cell(wording.interval(metric, d.low, d.high) if known else wording.NO_VALUE),
                Cell(verdict, tone=tone),
            )
        )
    name = wording.metric_name(metric, mean=True)
    caption = f"{task}: {name} of every system that both runs have results for."
    seeds = sorted({change.seeds for change in shared})
    notes = (
        f"Values are means over the seeds that both have ({wording.listed(seeds)}); where they "
        "have none in common, over those of either, set apart by a bar. Suite: whether the suites "
        "declare the system with the same options.",
    )
    return Table(identifier, caption, columns, tuple(rows), notes, tall=len(rows) > TALL)


def _sortable(x: float) -> float | None:
    return x if x == x else None


def _alone(pair: Pair, task: str, alone: list[Change], identifier: str) -> Table:
    metric = alone[0].metric
    rows = []
    for change in alone:
        here = change.status == "only in the reference"
        value = change.before if here else change.after
        rows.append(
            (
                Cell(change.system, family=change.family),
                Cell(change.size, change.train_size if change.train_size >= 0 else 1e18),
                Cell(pair.a if here else pair.b),
                Cell(wording.value(metric, value), _sortable(value)),
                Cell(change.seeds),
            )
        )
    columns = (
        Column("System"), Column("Training size"), Column("Only in"),
        Column(wording.capital(wording.metric_name(metric, mean=True)), numeric=True),
        Column("Seeds"),
    )  # fmt: skip
    caption = f"{task}: results that only one of the runs has."
    return Table(identifier, caption, columns, tuple(rows), tall=len(rows) > TALL)


def again(pairs: list[Pair]) -> Section:
    """Return the command of each run."""
    runs = [(pairs[0].a, pairs[0].reference), *((pair.b, pair.other) for pair in pairs)]
    return Section(
        "again",
        "How to run them again",
        tuple(Code(wording.clean_lines(run.info["command"]), f"{name}") for name, run in runs),
    )
