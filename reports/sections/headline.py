"""The answer, before anything else."""

from __future__ import annotations

from reports import wording
from reports.document import Block, Notice, Paragraph, Section, say
from reports.figures.comparison import comparison_figure
from reports.findings import findings, overall
from reports.sections.controls import control_warning
from reports.sections.leaks import leak_warning
from reports.sections.rescoring_controls import rescoring_warning
from reports.summary import Summary, TaskSummary


def headline(summary: Summary) -> Section:
    """Return the generated sentences and the comparison of each task."""
    blocks: list[Block] = []
    counts = dict.fromkeys(("complete", "failed", "skipped", "missing"), 0)
    for trial in summary.run.trials:
        counts[trial.status] += 1
    if counts["missing"]:
        blocks.append(
            Notice(
                "warning",
                "This run is not finished",
                (
                    f"{counts['missing']} of {wording.count(len(summary.run.trials), 'trial')} "
                    "have not run yet; all figures below are of the others. The command at the "
                    "end of this report goes on with it.",
                ),
            )
        )
    if counts["failed"] and summary.tasks:
        blocks.append(
            Notice(
                "warning",
                "Trials failed",
                (
                    f"{counts['failed']} of {wording.count(len(summary.run.trials), 'trial')} "
                    "failed; all figures below are of the others, which need not be those that the "
                    "suite asks for. Further below stands why; mended, the command at the end of "
                    "this report runs them alone.",
                ),
            )
        )
    if not summary.tasks:
        blocks.append(
            Notice(
                "warning",
                "No results",
                ("No trial of this run is complete, so there is nothing to compare.",),
            )
        )
        return Section("answer", "The answer", tuple(blocks))
    across = overall(summary.tasks)
    if across is not None:
        blocks.append(across)
    blocks += [findings(task) for task in summary.tasks]
    alarm = control_warning(summary)
    if alarm is not None:
        blocks.append(Notice("warning", "A control is better than chance", (alarm,)))
    moved = rescoring_warning(summary)
    lines = [] if moved is None else [moved]
    for task in summary.tasks:
        where = f"{task.name}: " if len(summary.tasks) > 1 else ""
        warning = leak_warning(task.task, summary.run)
        told = (warning, _unequal_seeds(task), _trained_elsewhere(task))
        notes = [*task.task.notes, *(note for note in told if note is not None)]
        lines += [f"{where}{wording.clean(note)}" for note in notes]
    if lines:
        blocks.append(Notice("note", "Before you conclude", tuple(lines)))
    blocks += [comparison_figure(task, f"comparison-{i}") for i, task in enumerate(summary.tasks)]
    blocks.append(
        Paragraph(
            say(
                "The best system of a family is the one with the best score on the test samples, "
                "which favours families with more systems; the best single system in a fusion is "
                "the one that is best on the validation samples (where they have no scores "
                "there, the best on test, as the fusion is then compared with each of them). A "
                "lead is called confirmed, and a system ahead of another, only if the 95\u00a0% "
                "interval of their difference (paired bootstrap) "
                "excludes zero and the paired test over concepts (sign flips of their differences) "
                "stays significant at 5\u00a0% "
                "after Holm's correction for all pairs of its question: engineered against "
                "learned systems, fusions against what they fuse, re-scored systems against what "
                "they re-score, a stage against the one before, and the pairs of networks that the "
                "lecture's claims are about; any other pair is corrected for "
                "all pairs of the task and training size. Where only the interval excludes zero, "
                "the difference is there on these test samples but not even over the concepts, and "
                "the text says so."
            ),
            quiet=True,
        )
    )
    return Section("answer", "The answer", tuple(blocks))


def _unequal_seeds(task: TaskSummary) -> str | None:
    """Say where means are of different seeds: their differences are not those of the sentences."""
    fewer = task.fewer_seeds(task.size)
    if not fewer:
        return None
    names = [wording.shortened(task.systems[key].name, 40) for key in list(fewer)[:6]]
    more = len(fewer) - len(names)
    return (
        f"{wording.listed([*names, f'{more} more'] if more else names)} "
        f"{'has' if len(fewer) == 1 else 'have'} fewer seeds than others. Means are over the seeds "
        "that a system has, differences over those that both have: they need not agree."
    )


def _trained_elsewhere(task: TaskSummary) -> str | None:
    """Say which systems rest on weights that were trained on other images, the best first."""
    known = [s.name for s in task.at(task.size) if s.key in task.pretrained]
    if not known:
        return None
    names = [wording.shortened(name, 40) for name in known[:6]]
    more = len(known) - len(names)
    return (
        f"{wording.listed([*names, f'{more} more'] if more else names)} "
        f"{'rests' if len(known) == 1 else 'rest'} on weights that were trained on other images; "
        "neither these images nor that training are counted in sizes and costs."
    )
