"""Parts of the report that are the same for each task."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.document import Block, Section
from reports.summary import TaskSummary


def by_task(
    identifier: str,
    title: str,
    tasks: Sequence[TaskSummary],
    blocks: Callable[[TaskSummary, int], Sequence[Block]],
) -> Section | None:
    """Return a section with a part for each task, or without parts where there is one task.

    Parameters
    ----------
    identifier, title : str
        Of the section.
    tasks : sequence of TaskSummary
    blocks : callable, (TaskSummary, int) -> sequence of Block
        What to say of a task, given its place; nothing leaves it out.

    Returns
    -------
    Section or None
        None where there is nothing to say.
    """
    found = [(task, tuple(blocks(task, i))) for i, task in enumerate(tasks)]
    found = [(task, content) for task, content in found if content]
    if not found:
        return None
    if len(tasks) == 1:
        return Section(identifier, title, found[0][1])
    parts = tuple(
        Section(f"{identifier}-{i}", task.name, content) for i, (task, content) in enumerate(found)
    )
    return Section(identifier, title, sections=parts)
