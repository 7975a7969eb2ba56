"""A submission out of a run folder's scores."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal

from benchmarks.results.run import Run, Trial
from benchmarks.results.trec.ranked_shots import RESULTS_PER_TOPIC, RankedShots, rank_shots
from benchmarks.results.trec.shot_names import shot_names
from benchmarks.tasks.base import taught_concepts


def submission(
    run: Run,
    system: str,
    *,
    task: str | None = None,
    seed: int | None = None,
    train_size: int | Literal["all"] | None = None,
    topics: Mapping[str, str] | None = None,
    shot: str = "{id}",
    tag: str | None = None,
    limit: int | None = RESULTS_PER_TOPIC,
) -> RankedShots:
    """Rank the test shots of a run by a system's scores.

    Parameters
    ----------
    run : Run
        The run folder.
    system : str
        Name of one of its systems.
    task : str, optional
        Needed where the system has run on several tasks.
    seed : int, optional
        Needed where it has run with several seeds.
    train_size : int or "all", optional
        Needed where it has run with several training sizes.
    topics : mapping of str to str, optional
        The topic of each concept that is to be submitted; see `read_topics`. By default the
        topics are the concepts' names.
    shot : str
        How TRECVID names a shot, with ``{id}``, ``{video}`` and ``{shot}`` of the sample:
        ``"shot{video}_{shot}"``.
    tag : str, optional
        Name of the submission, by default the system's.
    limit : int or None
        How many shots a topic has at most; None: all.

    Returns
    -------
    RankedShots
        Without the concepts that the trial's training samples could not teach.

    Raises
    ------
    ValueError
        If no trial or several answer to what is given, the trial is not complete, a concept is not
        one of the task's, or a name cannot stand in a TREC file.
    """
    trial = _chosen(run, system, task, seed, train_size)
    record = run.tasks[trial.task]
    if topics is None:
        topics = {concept: concept for concept in record.concepts}
    unknown = [concept for concept in topics if concept not in record.concepts]
    if unknown:
        near = get_close_matches(unknown[0], record.concepts, n=3, cutoff=0.4)
        hint = f": did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(f"task {record.name!r} has no concept {unknown[0]!r}{hint}")
    taught = taught_concepts(record.annotations[trial.split.train])
    columns = [i for i in map(record.concepts.index, topics) if taught[i]]
    test = trial.split.test
    video, number = (None if c is None else c[test] for c in (record.video, record.shot))
    return rank_shots(
        trial.scores[:, columns],
        shot_names(shot, record.ids[test], video, number),
        {record.concepts[i]: topics[record.concepts[i]] for i in columns},
        trial.system if tag is None else tag,
        limit,
    )


def _chosen(
    run: Run,
    system: str,
    task: str | None,
    seed: int | None,
    train_size: int | Literal["all"] | None,
) -> Trial:
    of_system = [trial for trial in run.trials if trial.system == system]
    if not of_system:
        names = list(dict.fromkeys(trial.system for trial in run.trials))
        near = get_close_matches(system, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(names)}"
        raise ValueError(f"{run.folder} has no system {system!r}: {hint}")
    size = None if train_size == "all" else train_size
    found = [
        trial
        for trial in of_system
        if (task is None or trial.task == task)
        and (seed is None or trial.seed == seed)
        and (train_size is None or trial.train_size == size)
    ]
    if len(found) != 1:
        listed = [f"task {t.task}, seed {t.seed}, size {t.train_size or 'all'}" for t in of_system]
        which = "no trial answers" if not found else f"{len(found)} trials answer"
        more = "" if len(listed) <= 10 else f"; and {len(listed) - 10} more"
        raise ValueError(
            f"{which} to system {system!r} with what is given; name task, seed and train_size of "
            f"one of: {'; '.join(listed[:10])}{more}"
        )
    if found[0].status != "complete":
        raise ValueError(
            f"the trial of system {system!r} is {found[0].status}"
            + (f": {found[0].reason}" if found[0].reason else "")
        )
    return found[0]
