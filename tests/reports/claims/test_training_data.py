"""Learned networks need much data: every outcome, and what is said of where curves cross."""

import re

import pytest

from reports import wording
from reports.claims.data import range_text, training_data
from reports.claims.extrapolation import Crossing
from reports.document import plain

SIZES = (100, 300, 900)


@pytest.fixture
def of(case):
    """Return a maker of a run of one system a family, from the gaps at each size."""

    def make(gaps, sizes=SIZES, half=0.01, sure=(), metric="ap", **more):
        base = 0.5
        sign = 1 if metric == "ap" else -1
        means = [
            ("words", "engineered", dict.fromkeys(sizes, base)),
            ("network", "learned", {s: base + sign * g for s, g in zip(sizes, gaps)}),
        ]
        differences = [
            ("network", "words", size, sign * g, sign * g - half, sign * g + half,
             abs(g) > half and size not in sure)
            for size, g in zip(sizes, gaps)
        ]  # fmt: skip
        return case(means, differences, metric=metric, **more)

    return make


def test_behind_at_first_and_ahead_at_last_holds_with_the_measured_crossing(of, answers):
    found = training_data(of([-0.2, -0.1, 0.1]))
    ((verdict, evidence, to_do),) = answers(found)
    assert verdict == "holds"
    assert to_do == ""
    at = re.search(r"overtakes at about ([\d,]+) shots \[([\d,]+), ([\d,]+)\]", evidence)
    assert at[1] == "520"
    assert 300 < int(at[2]) < 520 < int(at[3]) < 900
    assert "extrapolation" not in evidence
    assert "would" not in evidence
    (figure,) = found.figures
    assert found.claim.answers[0].shown == figure.id == "crossing-0"
    assert "They meet at about 520" in figure.alt


@pytest.mark.parametrize("metric", ["ap", "top1_error"])
def test_behind_throughout_but_nearer_holds_and_is_carried_on(of, answers, metric):
    # Losses that are equal at 1 - 0.5: gaps that both models carry on alike.
    found = training_data(of([-0.30, -0.20, -0.10], half=0.004, metric=metric))
    ((verdict, evidence, _),) = answers(found)
    assert verdict == "holds"
    assert "would overtake at about 2,700 shots" in evidence
    assert "an extrapolation" in evidence
    assert "dashed" in found.figures[0].caption


def test_a_gap_that_does_not_close_decides_nothing(of, answers):
    ((verdict, evidence, to_do),) = answers(training_data(of([-0.2, -0.205, -0.195])))
    assert verdict == "open"
    assert "is not said: the gap does not narrow" in evidence
    assert "larger and more train_sizes" in to_do


def test_ahead_from_the_first_does_not_hold(of, answers):
    ((verdict, evidence, _),) = answers(training_data(of([0.1, 0.1, 0.2])))
    assert verdict == "fails"
    assert "overtake" not in evidence


@pytest.mark.parametrize("first", [-0.005, 0.005])
def test_a_tie_at_the_first_size_never_holds(of, answers, first):
    ((verdict, _, to_do),) = answers(training_data(of([first, 0.1, 0.2])))
    assert verdict == "open"
    assert "more test samples" in to_do


def test_a_leaning_never_holds(of, answers):
    # The interval excludes zero, the test over concepts does not confirm it.
    ((verdict, evidence, _),) = answers(training_data(of([-0.2, -0.1, 0.1], sure=(100,))))
    assert verdict == "open"
    assert "on these test samples" in evidence


def test_two_sizes_are_told_but_not_carried_on(of, answers):
    ((verdict, evidence, _),) = answers(training_data(of([-0.2, -0.1], sizes=(100, 900))))
    assert verdict == "holds"
    assert "is not said: 2 sizes are no trend" in evidence


def test_one_size_asks_for_more(of, answers):
    found = training_data(of([-0.2], sizes=(100,)))
    ((verdict, _, to_do),) = answers(found)
    assert verdict == "open"
    assert "at least three train_sizes" in to_do
    assert found.figures == ()


def test_ahead_at_last_but_not_beyond_doubt_names_no_crossing(of, answers):
    ((verdict, evidence, _),) = answers(training_data(of([-0.2, -0.1, 0.005])))
    assert verdict == "holds"
    assert "not beyond doubt" in evidence
    assert "overtake" not in evidence


def test_what_other_images_taught_is_left_out(case, answers):
    source = "[[systems]]\nname = 'features'\ndescriptor = { name = 'x', weights = 'imagenet' }"
    both = {100: 0.5, 300: 0.6}
    means = [
        ("words", "engineered", both),
        ("network", "learned", {100: 0.4, 300: 0.5}),
        ("features", "learned", {100: 0.9, 300: 0.9}),
    ]
    ((_, evidence, _),) = answers(training_data(case(means, source=source)))
    assert "network (0.500)" in evidence
    assert "Left out, as other images taught it before: features." in evidence
    alone = [means[0], means[2]]
    ((verdict, evidence, to_do),) = answers(training_data(case(alone, source=source)))
    assert verdict == "open"
    assert "trained on the task alone" in evidence
    assert "quickstart" in to_do


def test_systems_with_all_sizes_are_followed_rather_than_the_best_at_one(case, answers):
    means = [
        ("steady", "engineered", {100: 0.5, 300: 0.6}),
        ("late", "engineered", {300: 0.9}),
        ("network", "learned", {100: 0.4, 300: 0.5}),
    ]
    ((_, evidence, _),) = answers(training_data(case(means)))
    assert "steady (0.600)" in evidence


def test_several_tasks_have_an_answer_each_and_a_line_over_all(of):
    found = training_data(of([-0.2, -0.1, 0.1], tasks=("one", "two")))
    assert [answer.where for answer in found.claim.answers] == ["one", "two"]
    assert plain(found.claim.overall) == "Over all: it holds on both."
    assert [figure.id for figure in found.figures] == ["crossing-0", "crossing-1"]


def test_sizes_are_written_with_two_digits():
    assert [wording.about(x) for x in (7.4, 74.4, 744, 7444, 744444)] == [
        "7", "74", "740", "7,400", "740,000",
    ]  # fmt: skip
    assert wording.about(float("inf")) == "no upper end"
    assert range_text(Crossing(3000, 1234, float("inf"))) == "1,200, no upper end"
