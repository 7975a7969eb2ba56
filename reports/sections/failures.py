"""What did not work, what did not apply, and what could not be read."""

from __future__ import annotations

from benchmarks.results.run import Trial
from benchmarks.results.tables import left_out
from reports import wording
from reports.document import Block, Cell, Code, Column, Notice, Section, Table
from reports.summary import Summary

_TRACEBACKS = 3


def failures(summary: Summary) -> Section:
    """Return failed, skipped and missing trials and the files that were left out."""
    blocks: list[Block] = []
    trials = summary.run.trials
    failed = [trial for trial in trials if trial.status == "failed"]
    skipped = [trial for trial in trials if trial.status == "skipped"]
    excluded = [
        (wording.clean(task.name), wording.clean(path), wording.clean(reason))
        for task in summary.run.tasks.values()
        for path, reason in task.excluded
    ]
    if failed:
        blocks.append(_failed(failed))
        seen: list[str] = []
        for trial in failed:
            if trial.traceback and trial.traceback not in seen and len(seen) < _TRACEBACKS:
                seen.append(trial.traceback)
                name = wording.shortened(wording.clean(trial.system), 40)
                blocks.append(Code(wording.clean_lines(trial.traceback), f"Traceback of {name}"))
    else:
        missing = [trial for trial in trials if trial.status == "missing"]
        what = _none_failed(len(trials), missing)
        kind, title = ("note", "Nothing failed so far") if missing else ("good", "Nothing failed")
        blocks.append(Notice(kind, title, (f"{what}.",)))  # type: ignore[arg-type]
    if skipped:
        blocks.append(_skipped(skipped))
    untaught = left_out(summary.run)
    if untaught:
        blocks.append(_left_out(untaught))
    if excluded:
        rows = tuple(tuple(Cell(text) for text in row) for row in excluded)
        columns = (Column("Task"), Column("File"), Column("Reason"))
        caption = f"Files left out because they could not be read: {len(excluded)}."
        blocks.append(Table("excluded", caption, columns, rows, tall=len(rows) > 20))
    return Section("failures", "What failed and what was left out", tuple(blocks))


def _none_failed(trials: int, missing: list[Trial]) -> str:
    if missing:
        systems = list(dict.fromkeys(wording.clean(trial.system) for trial in missing))
        names = [wording.shortened(name, 40) for name in systems[:12]]
        more = [f"{len(systems) - len(names)} more"] if len(systems) > len(names) else []
        return (
            f"Of {wording.count(trials, 'trial')}, {trials - len(missing):,} ran and none of them "
            f"failed; {len(missing):,} have not run yet, of {wording.listed([*names, *more])}"
        )
    return "The only trial did not fail" if trials == 1 else f"None of the {trials:,} trials failed"


def _groups(trials: list[Trial]) -> dict[tuple[str, str, str, str], list[Trial]]:
    """Gather the trials of a system on a task that have the same reason."""
    found: dict[tuple[str, str, str, str], list[Trial]] = {}
    for trial in trials:
        found.setdefault((trial.task, trial.system, trial.reason, trial.where), []).append(trial)
    return found


def _which(trials: list[Trial]) -> str:
    seeds = sorted({trial.seed for trial in trials})
    sizes = {trial.train_size for trial in trials}
    ordered = sorted(sizes, key=lambda size: float("inf") if size is None else size)
    words = ["all" if size is None else f"{size:,}" for size in ordered]
    seed = "seed" if len(seeds) == 1 else "seeds"
    size = "size" if len(words) == 1 else "sizes"
    return f"{seed} {wording.listed([str(s) for s in seeds])}; {size} {wording.listed(words)}"


def _failed(trials: list[Trial]) -> Table:
    rows = tuple(
        (
            Cell(wording.clean(system), family=group[0].family),  # type: ignore[arg-type]
            Cell(wording.clean(task)),
            Cell(_which(group)),
            Cell(wording.clean(reason) or "no message"),
            Cell(wording.clean(where)),
        )
        for (task, system, reason, where), group in _groups(trials).items()
    )
    columns = (
        Column("System"),
        Column("Task"),
        Column("Trials"),
        Column("Error"),
        Column("Where"),
    )
    caption = f"Failed: {wording.count(len(trials), 'trial')}."
    return Table("failed", caption, columns, rows)


def _skipped(trials: list[Trial]) -> Table:
    rows = tuple(
        (
            Cell(wording.clean(system), family=group[0].family),  # type: ignore[arg-type]
            Cell(wording.clean(task)),
            Cell(_which(group)),
            Cell(wording.clean(reason) or "no reason given"),
        )
        for (task, system, reason, _), group in _groups(trials).items()
    )
    columns = (Column("System"), Column("Task"), Column("Trials"), Column("Why"))
    caption = f"Skipped because they do not apply: {wording.count(len(trials), 'trial')}."
    return Table("skipped", caption, columns, rows)


def _left_out(concepts: list[tuple[str, int | None, int, str, str]]) -> Table:
    rows = tuple(
        (
            Cell(wording.clean(concept)),
            Cell(wording.clean(task)),
            Cell(f"seed {seed}; size {'all' if size is None else f'{size:,}'}"),
            Cell(reason),
        )
        for task, size, seed, concept, reason in concepts
    )
    columns = (Column("Concept"), Column("Task"), Column("Trials"), Column("Why"))
    caption = "Concepts left out, as the suite asks for: no figure of these trials includes them."
    return Table("left-out", caption, columns, rows, tall=len(rows) > 20)
