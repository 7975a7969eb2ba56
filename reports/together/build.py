"""From several runs to the document that sets them side by side."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results.run import Run
from reports import wording
from reports.document import Document
from reports.together.costs import costs
from reports.together.pairing import Pair
from reports.together.sections import again, answer, given, side_by_side


def build_together(pairs: Sequence[Pair]) -> Document:
    """Return the document on several runs.

    Parameters
    ----------
    pairs : sequence of Pair
        Each run beside the reference, as `reports.together.pairing.pair_up` returns them.

    Returns
    -------
    Document
    """
    pairs = list(pairs)
    sections = [answer(pairs), given(pairs), side_by_side(pairs), costs(pairs), again(pairs)]
    names = [pairs[0].a, *(pair.b for pair in pairs)]
    return Document(
        title=f"What changed: {wording.listed(names)}",
        subtitle=f"{wording.count(len(names), 'run')} in one report; {names[0]} is the reference.",
        date="",
        facts=(
            (f"Reference: {pairs[0].a}", _made(pairs[0].reference)),
            *((pair.b, _made(pair.other)) for pair in pairs),
        ),
        sections=tuple(section for section in sections if section is not None),
    )


def _made(run: Run) -> str:
    done = sum(trial.status == "complete" for trial in run.trials)
    suite = wording.clean(run.info["suite"]["name"])
    started = wording.clean(str(run.info.get("started") or wording.NO_VALUE)[:10])
    return f"{suite}, {started}, {done:,} of {wording.count(len(run.trials), 'trial')} complete"
