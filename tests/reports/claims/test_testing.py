"""What a claim's test says should be run to decide what is undecided."""

from types import SimpleNamespace

import pytest

from reports.claims.testing import more_evidence
from reports.document import plain

TASK = SimpleNamespace(metric="ap", task=SimpleNamespace(video=None))


def difference(verdict, concepts, least, pairs):
    return SimpleNamespace(
        verdict=verdict, concepts=concepts, least_concepts=least, hypotheses=pairs, smallest=0.04
    )


@pytest.mark.parametrize("verdict", ["tie", "leaning better"])
@pytest.mark.parametrize(
    ("concepts", "least", "pairs", "said"),
    [
        # With five concepts p is 0.06 at least: no suite of fewer pairs helps.
        (5, 6, 1, "a task with 6 concepts or more."),
        (5, 7, 3, "a task with 7 concepts or more."),
        (6, 7, 3, "a task with 7 concepts or more, or a suite of these systems alone: fewer"),
    ],
)
def test_too_few_concepts_are_never_helped_by_more_samples(verdict, concepts, least, pairs, said):
    text = plain(more_evidence(TASK, difference(verdict, concepts, least, pairs)))
    assert text.startswith(said)
    assert "samples" not in text


def test_a_tie_over_enough_concepts_wants_more_samples():
    text = plain(more_evidence(TASK, difference("tie", 12, 7, 3)))
    assert text.startswith("more test samples: with these, only a true difference of 0.040")
