"""How to run it again, and what it ran on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports import wording
from reports.document import Block, Code, Facts, Paragraph, Section, say, strong
from reports.summary import Summary


def provenance(summary: Summary) -> Section:
    """Return the command, the versions, the machine and the suite itself."""
    info = summary.run.info
    suite = info["suite"]
    blocks: list[Block] = [
        Paragraph(
            say(
                "In the folder where it was run the same command computes only what is missing; "
                "with another {out} it begins afresh. It needs conceptbench (version and commit "
                "stand below; its README says how to install it, and where collections and weights "
                "are to be had), the data in the folder that {data} names, and the suite: a "
                "built-in one by its name, another as a file of the text at the end.",
                out=strong("--out"),
                data=strong("--data"),
            )
        ),
        Code(wording.clean_lines(info["command"]), "Command"),
        Facts(tuple(_facts(summary))),
    ]
    versions = info.get("versions") or {}
    if versions:
        blocks.append(
            Paragraph(
                say(
                    "Versions: {all}.",
                    all=wording.listed([wording.clean(f"{k} {v}") for k, v in versions.items()]),
                )
            )
        )
    blocks.append(Code(wording.clean_lines(suite.get("source", "")), "The suite"))
    return Section("again", "How to run it again", tuple(blocks))


def _facts(summary: Summary) -> list[tuple[str, str]]:
    info: Mapping[str, Any] = summary.run.info
    machine, git = info.get("machine") or {}, info.get("git")
    trials = summary.run.trials
    seeds = sorted({trial.seed for trial in trials})
    facts = [
        ("Started", info.get("started") or wording.NO_VALUE),
        ("Finished", info.get("finished") or "not finished"),
        ("Duration", _duration(info)),
        (
            "Trials",
            f"{len(trials):,}, of which {sum(t.status == 'complete' for t in trials):,} complete",
        ),
        ("Seeds", wording.listed([str(seed) for seed in seeds])),
        ("Machine", _machine(machine)),
        (
            "Workers",
            f"{wording.count(int(info.get('jobs') or 1), 'process', 'processes')}, "
            f"{wording.count(int(info.get('threads') or 1), 'thread')} each",
        ),
    ]
    if git:
        dirty = ", with uncommitted changes" if git.get("dirty") else ""
        facts.append(("Code", f"commit {git['commit']}{dirty}"))
    else:
        facts.append(("Code", "not in a git checkout"))
    return [(name, wording.clean(text)) for name, text in facts]


def _duration(info: Mapping[str, Any]) -> str:
    text = wording.seconds(float(info.get("wall_s") or float("nan")))
    cut = sum(one.get("finished") is None for one in info.get("executions") or ())
    if not cut:
        return text
    what = "one that was" if cut == 1 else f"{cut} that were"
    return f"{text}, with {what} interrupted, up to the last thing logged"


def _machine(machine: Mapping[str, Any]) -> str:
    parts = [str(machine[key]) for key in ("system", "processor") if machine.get(key)]
    if machine.get("cpus"):
        parts.append(wording.count(int(machine["cpus"]), "CPU"))
    if machine.get("memory_gib"):
        parts.append(f"{float(machine['memory_gib']):.0f} GiB memory")
    parts.append(str(machine.get("gpu") or "no GPU"))
    return ", ".join(parts)
