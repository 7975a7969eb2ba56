"""How sure: mean ranks and the differences of all pairs."""

from __future__ import annotations

from itertools import combinations

from reports import wording
from reports.document import Block, Paragraph, Section, say, strong
from reports.figures.critical_difference import critical_difference_figure
from reports.figures.pairwise import pairwise_figure
from reports.ranks import Ranks, over_concepts, over_tasks
from reports.sections.tasks import by_task
from reports.summary import Summary, TaskSummary


def statistics(summary: Summary) -> Section | None:
    """Return ranks over the tasks, where there are several, and of each task all its pairs.

    Where systems cannot be ranked over tasks, they are over the concepts of each task.
    """
    across = over_tasks(summary)

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        found: list[Block] = []
        pairs = pairwise_figure(task, f"pairwise-{i}")
        if pairs is not None:
            found += [_counted(task), pairs]
        ranks = over_concepts(task) if across is None else None
        if ranks is not None:
            metric = wording.concept_metric_name(task.concept_metric)
            what = (
                f"{task.name}: {metric} on {wording.count(ranks.blocks, 'concept')}, trained on "
                f"{task.size_text(task.size)}"
            )
            remark = _reconciled(task, ranks)
            identifier = f"critical-difference-{i}"
            found.append(critical_difference_figure(ranks, what, identifier, remark))
        return found

    section = by_task("statistics", "How sure", summary.tasks, blocks)
    if across is None or section is None:
        return section
    metrics = sorted({wording.metric_name(task.metric, mean=True) for task in summary.tasks})
    figure = critical_difference_figure(
        across, f"{wording.listed(metrics)} on {across.blocks} tasks", "critical-difference"
    )
    return Section(section.id, section.title, (figure, *section.blocks), section.sections)


def _reconciled(task: TaskSummary, ranks: Ranks) -> str:
    """Say where the bars and the verdicts on pairs differ, and which of them counts."""
    joined = {frozenset(pair) for group in ranks.groups for pair in combinations(group, 2)}
    under, apart = 0, 0
    for a, b in combinations(ranks.systems, 2):
        d = task.difference(a.key, b.key, task.size)
        if d is None or d.verdict == "unknown":
            continue
        confirmed = d.verdict in ("better", "worse")
        together = frozenset((a, b)) in joined
        under += confirmed and together
        apart += not confirmed and not together
    told = []
    if under:
        have = "has" if under == 1 else "have"
        told.append(f"{wording.count(under, 'pair')} under one bar {have} a confirmed lead")
    if apart:
        have = "has" if apart == 1 else "have"
        lead = "none" if under else "no confirmed lead"
        told.append(f"{wording.count(apart, 'pair')} that no bar joins {have} {lead}")
    if not told:
        return ""
    return (
        f"{wording.capital(wording.listed(told))}: verdicts on pairs weigh how large differences "
        "are and are corrected within their question, bars go by ranks alone and by all pairs at "
        "once. Sentences in this report follow the verdicts on pairs."
    )


def _counted(task: TaskSummary) -> Paragraph:
    """Say of how many pairs the better one is known, and how many cannot be told from the best."""
    size = task.size
    systems = task.at(size)
    verdicts: dict[str, int] = {}
    for place, a in enumerate(systems):
        for b in systems[place + 1 :]:
            d = task.difference(a.key, b.key, size)
            assert d is not None
            kind = d.verdict.split()[0]
            kind = {"worse": "better", "leaning": "leaning"}.get(kind, kind)
            verdicts[kind] = verdicts.get(kind, 0) + 1
    total = sum(verdicts.values())
    sure, leaning = verdicts.get("better", 0), verdicts.get("leaning", 0)
    unknown = verdicts.get("unknown", 0)
    best = systems[0]
    level = [
        b.name
        for b in systems[1:]
        if (d := task.difference(best.key, b.key, size)) is not None and d.verdict == "tie"
    ]
    names = [wording.shortened(name, 40) for name in level[:6]]
    more = len(level) - len(names)
    if level:
        listed = wording.listed([*names, f"{more} more"] if more else names)
        end = f" The best, {{best}}, cannot be told apart from {listed}."
    elif unknown:
        end = ""
    else:
        end = " The best, {best}, differs from every other by an interval without zero."
    parts = [f"{{sure}} of {wording.count(total, 'pair')} of systems have a confirmed lead"]
    if leaning:
        parts.append(f"{leaning} differ on these test samples, unconfirmed over the concepts")
    if verdicts.get("tie"):
        parts.append(f"{verdicts['tie']} cannot be told apart")
    if unknown:
        parts.append(f"{unknown} have no interval")
    return Paragraph(
        say(f"{'; '.join(parts)}.{end}", sure=strong(str(sure)), best=strong(best.name))
    )
