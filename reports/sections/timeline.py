"""What re-scoring did along a video, shot by shot."""

from __future__ import annotations

from reports import wording
from reports.comparing import gap_text
from reports.document import Block, Paragraph, Section, say, strong
from reports.figures.timeline import timeline_figure
from reports.sections.tasks import by_task
from reports.summary import Summary, TaskSummary
from reports.timelines import Rescoring, rescoring

_CHANGES = {
    "better": "gains {gap} over {given}",
    "worse": "loses {gap} against {given}",
    "leaning better": "gains {gap} over {given} on these test shots, unevenly over the concepts",
    "leaning worse": "loses {gap} against {given} on these test shots, unevenly over the concepts",
    "tie": "cannot be told from {given} ({signed})",
    "unknown": "differs from {given} by {signed}, without an interval",
}


def timeline(summary: Summary) -> Section | None:
    """Return a figure a task with videos: truth and scores before and after re-scoring."""

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        found = rescoring(task)
        if found is None:
            return []
        return [_in_words(task, found), timeline_figure(task, found, f"timeline-figure-{i}")]

    return by_task("timeline", "Along a video", summary.tasks, blocks)


def _in_words(task: TaskSummary, found: Rescoring) -> Paragraph:
    d = found.difference
    metric = wording.metric_name(task.metric, mean=True)
    text = say(
        "Over the whole test part, {system} " + _CHANGES[d.verdict] + " ({metric}). The timelines "
        "show how, on single videos; they are no evidence that it does.",
        system=strong(found.system.name),
        given=found.given.name,
        gap=gap_text(task, d),
        signed=gap_text(task, d, magnitude=False),
        metric=metric,
    )
    return Paragraph(text)
