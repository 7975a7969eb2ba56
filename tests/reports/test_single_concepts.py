"""What is said of single concepts: what was confirmed, nothing more, whatever they are called."""

import pandas as pd
import pytest

from benchmarks.results.rescoring import RESCORING
from reports import Tables
from reports.document import plain
from reports.gains import rescoring_finding
from reports.sections.fusion import fusion
from reports.single_concepts import by_concept, losses
from reports.summary import Summary

CONCEPTS = ("pole", "<script>", "=1+1", "car")


@pytest.fixture(scope="module")
def run(synthetic, tmp_path_factory):
    systems = [
        synthetic.Quality("sift", "engineered", 1.0),
        synthetic.Quality("sift-t", "engineered", 1.5, members=("sift",)),
        synthetic.Quality("sift-c", "engineered", 1.5, members=("sift",)),
    ]
    material = synthetic.Material("t", CONCEPTS, samples=100, sizes=(None,))
    return synthetic.make_run(tmp_path_factory.mktemp("f"), [material], systems, seeds=(0,))


def make(synthetic, run, verdicts, units=20, sizes=(None,)):
    """Summarise a run whose re-scored systems have these verdicts, a concept each."""
    results = Tables.of(run).results
    pairs = [
        synthetic.comparison("t", "ap", "sift", system, -0.1, -0.15, -0.05, 0.001, True,
                             "re-scoring")
        for system in ("sift-t", "sift-c")
    ]  # fmt: skip
    d = {"gain": (0.1, 0.05, 0.2), "loss": (-0.1, -0.2, -0.05), "undecided": (0.0, -0.1, 0.1)}
    rows = [
        ("t", size, "ap", system, "sift", concept, 0.5, 0.5, *d[verdict], verdict, 4, units, 8)
        for size in sizes
        for system, found in verdicts.items()
        for concept, verdict in zip(CONCEPTS, found)
    ]
    frame = pd.DataFrame(rows, columns=RESCORING)
    summary = Summary(run, Tables(results, pd.DataFrame(pairs), rescoring=frame))
    return summary, summary.tasks[0]


def text(spans):
    return plain(spans).replace("\u00a0", " ")


NONE = ("undecided",) * 4
MIXED = {"sift-t": ("loss", "gain", "gain", "undecided"), "sift-c": NONE}


def test_gains_and_losses_are_named(synthetic, run):
    summary, task = make(synthetic, run, MIXED)
    told = text(by_concept(task))
    assert told.startswith(
        "By concept, sift-t gains on 2 of 4 concepts (<script> and =1+1) and loses on pole "
        "(−0.100 [−0.200, −0.050]); sift-c has no confirmed gain or loss. Intervals are corrected"
    )
    assert "fewer than" not in told
    blocks = fusion(summary).blocks
    assert told in [text(block.text) for block in blocks[1:]]


def test_a_loss_stands_on_the_first_screen_and_takes_the_praise(synthetic, run):
    _, task = make(synthetic, run, MIXED)
    found = rescoring_finding(task)
    assert text(found.text).endswith(
        " On single concepts sift-t loses on pole (−0.100 [−0.200, −0.050])."
    )
    assert found.family is None
    _, task = make(synthetic, run, {"sift-t": ("gain", *NONE[1:]), "sift-c": NONE})
    assert losses(task) == ()
    assert "single concepts" not in text(rescoring_finding(task).text)
    told = text(by_concept(task))
    assert "sift-t gains on 1 of 4 concepts (pole) and loses on none; sift-c has no" in told


def test_only_losses_and_nothing_at_all(synthetic, run):
    _, task = make(synthetic, run, {"sift-t": ("loss", *NONE[1:])})
    assert "sift-t loses on pole (−0.100 [−0.200, −0.050]) and gains on none." in text(
        by_concept(task)
    )
    _, task = make(synthetic, run, {"sift-t": NONE, "sift-c": NONE})
    assert text(by_concept(task)).startswith(
        "By concept, sift-t and sift-c have no confirmed gain or loss. "
    )


def test_concepts_in_too_few_samples_are_named(synthetic, run):
    _, task = make(synthetic, run, {"sift-t": NONE}, units=3)
    assert text(by_concept(task)).endswith(
        " With positives in fewer than 8 test samples there can be none: pole, <script>, =1+1 and "
        "car."
    )


def test_without_the_table_or_at_another_size_nothing_is_said(synthetic, run):
    results = Tables.of(run).results
    empty = pd.DataFrame(columns=list(synthetic.comparison("t", "ap", "a", "b", 0, 0, 0, 1, False)))
    task = Summary(run, Tables(results, empty)).tasks[0]
    assert by_concept(task) is None
    assert losses(task) == ()
    _, task = make(synthetic, run, MIXED, sizes=(7,))
    assert by_concept(task) is None
