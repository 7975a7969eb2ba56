"""The more you incorporate, the more you get: at what cost."""

from __future__ import annotations

from benchmarks.results.questions import FUSION
from reports import wording
from reports.claims.testing import (
    Tested,
    command,
    more_evidence,
    tested,
    told,
    verdict_of,
)
from reports.comparing import asked
from reports.document import Answer, Figure, Text, say
from reports.stages import Stage, curve_size, named_stages, stages
from reports.summary import Summary, System, TaskSummary


def incorporating(summary: Summary) -> Tested:
    """Test the last of the suite's stages against the first, or all engineered against one."""
    systems = named_stages(summary)
    if len(systems) > 1:
        by = "the last stage that the suite names, against the first"
    else:
        by = (
            "the fusion of the most engineered systems, against the best single one in it; the "
            "suite names no stages"
        )

    def on_task(task: TaskSummary, place: int) -> list[tuple[Answer, Figure | None]]:
        answer = _by_stages(task, systems, place) if len(systems) > 1 else _by_fusion(task, place)
        return [] if answer is None else [(answer, None)]

    return tested(
        summary,
        "Incorporate more",
        "The more you incorporate, the more you get, at a cost.",
        by,
        on_task,
        Answer(
            "open",
            say(
                "The suite names no stages, and there are no results of several engineered systems "
                "fused."
            ),
            to_do=say(
                "a suite that names its systems in the order of their stages in {option}; "
                "{run} does, on Caltech-101.",
                run=command("conceptbench run caltech101-ablation"),
                option=command("incorporation"),
            ),
        ),
    )


def _by_stages(task: TaskSummary, systems: list[System], place: int) -> Answer | None:
    size = curve_size(task, systems)
    found = [] if size is None else stages(task, systems, size)
    done = [stage for stage in found if stage.spread is not None]
    if size is None or len(done) < 2:
        planned = {trial.system for trial in task.trials}
        if not planned & {system.key for system in systems}:
            return None
        return Answer(
            "open",
            say("Fewer than two of the stages have results."),
            to_do=say("see the failures below, then run the same command again."),
        )
    first, last = done[0], done[-1]
    d = last.since_first
    assert d is not None
    evidence = told(task, last.system, first.system, d, size)
    evidence += _price(last.ratio_first, last.cost_s, first.cost_s) + say(".")
    evidence += _steps(done)
    return Answer(
        verdict_of(d), evidence, shown=f"incorporation-{place}", to_do=more_evidence(task, d)
    )


def _steps(done: list[Stage]) -> Text:
    """Say of how many stages the gain is confirmed, and which ones lost."""
    gains = [stage.gain for stage in done if stage.gain is not None]
    if len(gains) < 2:
        return ()
    up = sum(gain.verdict == "better" for gain in gains)
    lost = [
        stage.system.name for stage in done if stage.gain is not None
        and stage.gain.verdict == "worse"
    ]  # fmt: skip
    text = say(
        " Of {n} steps, {up} gain{s} over the one before beyond doubt",
        n=f"{len(gains)}",
        up=f"{up}" if up else "none",
        s="" if up > 1 else "s",
    )
    if lost:
        text += say("; {names} lost", names=wording.listed(lost))
    return text + say(".")


def _by_fusion(task: TaskSummary, place: int) -> Answer | None:
    size, rows = asked(task, FUSION)
    if size is None:
        return None
    ranked = [system.key for system in task.at(size)]
    engineered = [
        (fused, single, d)
        for fused, single, d in rows
        if not single.members and _all_engineered(task, fused)
    ]
    if not engineered:
        return None
    # The widest; of its comparisons, as all are corrected together, that with the best on test.
    fused, single, d = min(
        engineered,
        key=lambda row: (-_width(task, row[0]), ranked.index(row[0].key), ranked.index(row[1].key)),
    )
    costs = [task.cost(system.key, size) for system in (fused, single)]
    evidence = told(task, fused, single, d, size)
    if all(cost is not None and cost.train_s > 0 for cost in costs):
        much, less = (cost.train_s for cost in costs if cost is not None)
        evidence += _price(much / less, much, less, "training")
    return Answer(
        verdict_of(d),
        evidence + say("."),
        shown=f"fusion-{place}",
        to_do=more_evidence(task, d),
    )


def _parts(task: TaskSummary, system: System) -> list[System]:
    """Return the single systems that a system is made of, each once."""
    found: dict[str, System] = {}
    pending = list(system.members)
    while pending:
        key = pending.pop()
        part = task.systems.get(key)
        if part is None:
            continue
        if part.members:
            pending += part.members
        else:
            found[key] = part
    return list(found.values())


def _all_engineered(task: TaskSummary, system: System) -> bool:
    parts = _parts(task, system)
    return len(parts) > 1 and all(part.family == "engineered" for part in parts)


def _width(task: TaskSummary, system: System) -> int:
    return len(_parts(task, system))


def _price(ratio: float, cost: float, other: float, what: str = "cost") -> Text:
    """Write what one costs beside another; nothing where it is not known."""
    if not ratio > 0:
        return ()
    both = f"({wording.seconds(cost)} against {wording.seconds(other)})"
    time = "the cost" if what == "cost" else "the training time"
    if 0.8 <= ratio <= 1.25:
        return say(", at about {time} of it {both}", time=time, both=both)
    if ratio < 1:
        return say(", at less than {time} {both}", time=time, both=both)
    return say(", at {times} {time} {both}", times=wording.times(ratio), time=time, both=both)
