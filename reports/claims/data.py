"""Learned networks need huge amounts of training data: does this run show it, and how much?"""

from __future__ import annotations

import math

from reports import wording
from reports.claims.extrapolation import Crossing, Withheld
from reports.claims.gap import Gap, crossing, gap
from reports.claims.testing import Tested, command, more_evidence, tested, told
from reports.document import Answer, Figure, Text, Verdict, say, strong
from reports.figures.crossing import crossing_figure
from reports.summary import Summary, TaskSummary


def training_data(summary: Summary) -> Tested:
    """Test how the gap between the families' best systems changes with the training size."""

    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        found = gap(task)
        return [] if found is None else [_answer(task, found, place)]

    return tested(
        summary,
        "Training data",
        "Learned networks need huge amounts of training data; engineered systems make do with "
        "little.",
        "the best learned system trained on the task alone, against the best engineered one, at "
        "every training size that both have; it holds if the learned one is behind at the "
        "smallest size and closes the gap with more data",
        on_task,
        Answer(
            "open",
            say(
                "No training size has results of an engineered system and of a learned one that "
                "was trained on the task alone."
            ),
            to_do=say(
                "{run}, or a suite with both and at least three {option}.",
                run=command("conceptbench run quickstart"),
                option=command("train_sizes"),
            ),
        ),
    )


def _answer(task: TaskSummary, found: Gap, place: int) -> tuple[Answer, Figure | None]:
    first, last = found.differences[0], found.differences[-1]
    evidence = told(task, found.learned, found.engineered, first, found.sizes[0]) + say(".")
    left_out = [
        s.name for s in task.systems.values() if s.key in task.pretrained and s.family == "learned"
    ]
    if left_out:
        note = say(
            " Left out, as other images taught {them} before: {names}.",
            them="it" if len(left_out) == 1 else "them",
            names=wording.listed(left_out[:4] + (["others"] if len(left_out) > 4 else [])),
        )
    else:
        note = ()
    if len(found.sizes) < 2:
        to_do = say(
            "give the task at least three {option}, in {unit}.",
            option=command("train_sizes"),
            unit=wording.clean(task.task.size_unit),
        )
        text = evidence + say(" With one training size nothing is known of more data.") + note
        return Answer("open", text, shown=f"systems-table-{place}", to_do=to_do), None
    end = told(task, found.learned, found.engineered, last, found.sizes[-1])
    evidence += say(" ") + end + say(". ") + _narrowing(task, found)
    where = crossing(task, found)
    evidence += _met(task, found, where) + note
    figure = crossing_figure(task, found, where, f"crossing-{place}")
    verdict, to_do = _verdict(task, found)
    return Answer(verdict, evidence, shown=figure.id, to_do=to_do), figure


def _verdict(task: TaskSummary, found: Gap) -> tuple[Verdict, Text]:
    """Behind at first and nearer, or ahead, with more data; or ahead from the first size on."""
    first, last = found.differences[0], found.differences[-1]
    if first.verdict == "better":
        return "fails", ()
    if first.verdict == "worse" and (last.verdict == "better" or found.change[1] > 0):
        return "holds", ()
    if first.verdict == "worse":
        return "open", say(
            "larger and more {option}: over these the gap does not close beyond doubt.",
            option=command("train_sizes"),
        )
    return "open", more_evidence(task, first)


def _narrowing(task: TaskSummary, found: Gap) -> Text:
    change, low, high = found.change
    if not math.isfinite(low):
        return ()
    interval = wording.interval(task.metric, low, high)
    gained = strong(f"{wording.difference(task.metric, change)} {interval}")
    text = strong(f"{wording.difference(task.metric, change, sign=True)} {interval}")
    if low > 0:
        return say("With the data, the learned one gains {change} on the engineered one.",
                   change=gained)  # fmt: skip
    if high < 0:
        return say("With the data, the learned one loses ground: {change}.", change=text)
    return say("More data changes the gap by no more than chance explains: {change}.", change=text)


def _met(task: TaskSummary, found: Gap, where: Crossing | Withheld | None) -> Text:
    """Say where the curves meet, or why that is not said."""
    if where is None:
        return ()
    if isinstance(where, Withheld):
        return say(" Where the curves meet is not said: {reason}.", reason=where.reason)
    unit = wording.clean(task.task.size_unit)
    verb = "overtakes" if found.differences[-1].verdict == "better" else "would overtake"
    text = say(
        " It {verb} at about {at} [{range}]",
        verb=verb,
        at=strong(f"{wording.about(where.at)} {unit}"),
        range=range_text(where),
    )
    if found.differences[-1].verdict == "better":
        return text + say(", by straight lines between the sizes.")
    return text + say(", if the gap goes on closing as it did: an extrapolation.")


def range_text(where: Crossing) -> str:
    """Write the 95 % range of a crossing."""
    return f"{wording.about(where.low)}, {wording.about(where.high)}"
