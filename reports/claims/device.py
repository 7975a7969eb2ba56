"""Networks were made possible by GPUs: what a run can say of it."""

from __future__ import annotations

from reports import wording
from reports.claims.testing import Tested, command
from reports.document import Answer, Claim, Text, say
from reports.summary import Summary, TaskSummary

TITLE = "Use a GPU"
STATEMENT = "Networks are trained many times faster on a GPU than on a CPU."


def device(summary: Summary) -> Tested:
    """Say on what the run's networks were trained; a run has one device, and cannot compare."""
    machine = summary.run.info.get("machine") or {}
    gpu = wording.clean(machine.get("gpu") or "a GPU")
    cpu = wording.clean(machine.get("processor") or "the processor")
    found = [time for task in summary.tasks for time in _times(task)]
    # A network written out in NumPy never sees the GPU that the others are trained on.
    found = [row for row in found if row[3]] or found
    if not found:
        evidence = say("There are no costs of a learned system.")
        run = "--device cuda"
    else:
        task, name, seconds, on_gpu = max(found, key=lambda row: row[2])
        evidence = say(
            "The learned systems of this run were trained on {device} alone: the slowest, {name}, "
            "took {time}{where}. There is nothing to compare it with.",
            device=f"the GPU ({gpu})" if on_gpu else f"the CPU ({cpu})",
            name=name,
            time=wording.seconds(seconds),
            where=f" on {task}" if len(summary.tasks) > 1 else "",
        )
        run = "--device cpu" if on_gpu else "--device cuda"
    return Tested(
        Claim(
            TITLE,
            STATEMENT,
            "",
            (Answer("open", evidence, to_do=_to_do(run)),),
        )
    )


def _times(task: TaskSummary) -> list[tuple[str, str, float, bool]]:
    """Return what each learned system took to train on a task, and whether on a GPU."""
    found = []
    for system in task.systems.values():
        cost = task.cost(system.key, task.size) if system.family == "learned" else None
        if cost is not None and cost.train_s > 0:
            trials = task.complete(system.key, task.size)
            on_gpu = any(stage.gpu_s > 0 for trial in trials for stage in trial.costs)
            found.append((task.name, system.name, cost.train_s, on_gpu))
    return found


def _to_do(option: str) -> Text:
    return say(
        "the same suite with {option} and another {out}, then {together}, which tests this claim; "
        "or, in a copy of the sources on a machine with a GPU, {make}.",
        option=command(option),
        out=command("--out"),
        together=command("conceptbench report RUN OTHER --together OUT"),
        make=command("make gpu-check"),
    )
