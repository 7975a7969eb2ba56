"""Re-scorings of shuffled material: whether they leave alone what there is nothing to gain on."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from benchmarks.results.controls import ANNOTATIONS
from reports import wording
from reports.document import Notice
from reports.summary import Summary

_SHUFFLED = {
    "shuffled-shots": "With shots dealt out anew over the videos",
    "shuffled-concepts": "With other concepts' scores taken from other samples",
}


def rescoring_notices(summary: Summary) -> list[Notice]:
    """Return how far each control moved, in its interval: first those that stayed in place."""
    lines: dict[str, list[str]] = {"good": [], "warning": [], "note": []}
    for row in _rescored(summary):
        lines[_kind(row)].append(_sentence(summary, row))
    titles: tuple[tuple[Literal["good", "warning", "note"], str], ...] = (
        ("good", "Re-scoring leaves alone what is shuffled"),
        ("warning", "Re-scoring moves what is shuffled"),
        ("note", "Whether re-scoring leaves alone what is shuffled cannot be told"),
    )
    return [Notice(kind, title, tuple(lines[kind])) for kind, title in titles if lines[kind]]


def rescoring_warning(summary: Summary) -> str | None:
    """Return a sentence on controls that moved from what they re-score; None where none did."""
    bad = [row for row in _rescored(summary) if _kind(row) == "warning"]
    if not bad:
        return None
    names = list(dict.fromkeys(wording.clean(row["system"]) for row in bad))
    return (
        f"{wording.listed(names)} {'re-scores' if len(names) == 1 else 're-score'} shuffled "
        "material, on which there is nothing to gain, and "
        f"{'moves' if len(names) == 1 else 'move'} by more than noise: what such a re-scoring adds "
        "elsewhere is to be read beside it. The section on controls says how far."
    )


def _rescored(summary: Summary) -> list[dict[str, Any]]:
    frame = summary.tables.controls
    if frame is None:
        return []
    rows = frame[frame["control"] != ANNOTATIONS].to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def _kind(row: dict[str, Any]) -> Literal["good", "warning", "note"]:
    if pd.isna(row["unmoved"]):
        return "note"
    return "good" if row["unmoved"] else "warning"


def _sentence(summary: Summary, row: dict[str, Any]) -> str:
    metric, kind = row["metric"], _kind(row)
    tasks = {task.task.name: task for task in summary.tasks}
    places = []
    if len(summary.run.tasks) > 1:
        places.append(wording.clean(row["task"]))
    if row["task"] in tasks and len(tasks[row["task"]].sizes) > 1:
        places.append(tasks[row["task"]].size_text(row["train_size"]))
    where = f" ({', '.join(places)})" if places else ""
    told = f"{_SHUFFLED[row['control']]}, {wording.clean(row['system'])}{where}"
    member = f"the {wording.metric_name(metric, mean=True)} of {wording.clean(row['member'])}"
    if kind == "note":
        return f"{told} has no interval for what it does to {member}."
    moves = wording.difference(metric, row["difference"], sign=True)
    interval = wording.interval(metric, row["difference_low"], row["difference_high"])
    verdict = "no more than noise"
    if kind == "warning":
        better = (row["difference"] > 0) == wording.higher_is_better(metric)
        verdict = f"a {'gain' if better else 'loss'} beyond noise"
    return f"{told} moves {member} by {moves} {interval}: {verdict}."
