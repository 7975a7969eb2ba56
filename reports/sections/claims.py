"""The lecture's claims, each put to the test on the run's own data."""

from __future__ import annotations

from reports import wording
from reports.claims.data import training_data
from reports.claims.depth import deeper, layers
from reports.claims.device import device
from reports.claims.fusing import fusing, rescoring
from reports.claims.incorporating import incorporating
from reports.claims.training import jointly, together
from reports.document import Block, Claims, Paragraph, Section, say
from reports.summary import Summary

#: In the order of the lecture.
TESTS = (
    incorporating,
    training_data,
    layers,
    jointly,
    together,
    deeper,
    fusing,
    rescoring,
    device,
)


def claims(summary: Summary) -> Section:
    """Return each claim with its verdict, and the figures that were drawn for them."""
    found = [test(summary) for test in TESTS]
    figures = tuple(figure for one in found for figure in one.figures)
    blocks: tuple[Block, ...] = (
        Paragraph(
            say(
                "What the lecture on which this comparison rests says of engineered and learned "
                "systems, and whether it is so on these data. A claim holds, or does not, only "
                "where the 95\u00a0% interval of the difference excludes zero and the test over "
                "concepts confirms it after correction; a lead short of that, or a tie, says "
                "nothing. (Of training data, whether networks that are behind come nearer goes by "
                "the interval of the change alone.) {counts}",
                counts=_counts([answer.verdict for one in found for answer in one.claim.answers]),
            )
        ),
        *_one_seed(summary),
        Claims(tuple(one.claim for one in found)),
        *figures,
    )
    return Section("claims", "The lecture's claims, tested on your data", blocks)


def _one_seed(summary: Summary) -> tuple[Block, ...]:
    """Say what intervals leave out where every system was trained once."""
    if any(task.seeds > 1 for task in summary.tasks):
        return ()
    text = say(
        "Every system was trained from one seed: intervals hold for other test samples, and say "
        "nothing of how another training of the same network would have come out."
    )
    return (Paragraph(text, quiet=True),)


def _counts(verdicts: list[str]) -> str:
    """Write how many verdicts there are of each kind."""
    holds, fails, open_ = (verdicts.count(kind) for kind in ("holds", "fails", "open"))
    parts = [
        f"{holds or 'none'} that {'hold' if holds != 1 else 'holds'}",
        f"{fails or 'none'} that {'do' if fails != 1 else 'does'} not hold",
        f"{open_ or 'none'} that cannot be told from this run",
    ]
    return f"Of {wording.count(len(verdicts), 'answer')}: {wording.listed(parts)}."
