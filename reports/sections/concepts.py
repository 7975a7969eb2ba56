"""Concept by concept."""

from __future__ import annotations

import numpy as np

from reports import wording
from reports.document import Block, Cell, Column, Paragraph, Section, Span, Table, say, strong
from reports.figures.concepts import best_of_families, concepts_figure, contrast
from reports.figures.heat_map import heat_map
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary

#: Rows from which a table scrolls in HTML rather than fill the page.
TALL = 30
#: Systems that fit beside each other in print.
WIDE = 6


def concepts(summary: Summary) -> Section | None:
    """Return the comparison over concepts of each task: in words, figures and all values."""

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        figure = concepts_figure(task, f"concepts-figure-{i}")
        if figure is None:
            return []
        words = _in_words(task)
        table = _table(task, f"concept-values-{i}")
        mapped = heat_map(task, f"heat-map-{i}")
        return [*words, figure, *([mapped] if mapped else []), table]

    return by_task("concepts", "Concept by concept", summary.tasks, blocks)


def _in_words(summary: TaskSummary) -> list[Block]:
    """Say on which concepts either family scores higher; nothing without both families."""
    size = summary.size
    best = best_of_families(summary, size)
    if "engineered" not in best or "learned" not in best:
        return []
    gap = contrast(summary, size)
    names = [wording.clean(concept) for concept in summary.task.concepts]
    order = [int(i) for i in np.argsort(-gap, kind="stable") if np.isfinite(gap[i])]
    sides: list[Span] = []
    for family, ahead in (
        ("learned", [i for i in order if gap[i] > 0]),
        ("engineered", [i for i in reversed(order) if gap[i] < 0]),
    ):
        template = "{name} ({family}) scores higher on {count} of {all} concepts"
        if ahead:
            template += ", most on {most}"
        most = [
            f"{wording.shortened(names[i], 40)} "
            f"({wording.difference(summary.concept_metric, abs(gap[i]), sign=True)})"
            for i in ahead[:3]
        ]
        sides += [
            Span("; ") if sides else Span(""),
            *say(
                template,
                name=strong(best[family].name),  # type: ignore[index]
                family=family,
                count=strong(str(len(ahead))),
                all=str(len(order)),
                most=wording.listed(most),
            ),
        ]
    end = Span(". Single concepts rest on few positives and have no intervals: take them as hints.")
    return [Paragraph((*sides, end))]


def _table(summary: TaskSummary, identifier: str) -> Table:
    size = summary.size
    metric = summary.concept_metric
    shown = summary.at(size)
    if len(shown) > WIDE:
        shown = list(best_of_families(summary, size).values())
    values = {system.key: summary.concepts(system.key, size) for system in shown}
    better = wording.higher_is_better(metric)
    rows = []
    for i, concept in enumerate(summary.task.concepts):
        here = np.array([values[system.key][i] for system in shown])
        best = np.nan if np.isnan(here).all() else (np.nanmax(here) if better else np.nanmin(here))
        rows.append(
            (
                Cell(wording.clean(concept)),
                Cell(wording.number(summary.test_positives[i], 0), summary.test_positives[i]),
                Cell(wording.number(100 * summary.prevalence[i], 1), summary.prevalence[i]),
                *(
                    Cell(
                        wording.value(metric, x, unit=False),
                        float(x),
                        strong=len(shown) > 1 and bool(x == best),
                        system=system.key,
                    )
                    for system, x in zip(shown, here)
                ),
            )
        )
    columns = (
        Column("Concept"),
        Column("Positives", numeric=True),
        Column("Prevalence", numeric=True, unit="%"),
        *(_column(system, metric) for system in shown),
    )
    name = wording.concept_metric_name(metric)
    unit = " in %" if metric in wording.PERCENT else ""
    who = (
        "every system" if len(shown) == len(summary.at(size)) else "the best system of each family"
    )
    caption = (
        f"{summary.name}: {name}{unit} for each concept, {who} trained on "
        f"{summary.size_text(size)}; the best of a row is set in bold."
    )
    notes = ["Positives and prevalence among the judged test samples, mean over seeds."]
    remark = summary.unlike_seeds(shown, size)
    if remark:
        notes.append(remark)
    return Table(identifier, caption, columns, tuple(rows), tuple(notes), tall=len(rows) > TALL)


def _column(system: System, metric: str) -> Column:
    return Column(wording.shortened(system.name, 24), numeric=True, system=system.key)
