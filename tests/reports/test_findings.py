"""The generated sentences: right for every outcome, and never beyond the intervals."""

import pytest

from reports.document import plain
from reports.findings import overall
from reports.summary import ALL
from tests.reports.finding import PAIR, maker, sentences


@pytest.fixture
def case(synthetic, tmp_path):
    return maker(synthetic, tmp_path)


def test_a_win_names_the_winner_the_margin_and_its_interval(case):
    (first, *_), found = sentences(case(PAIR, [("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True)]))
    assert "the best learned system, cnn (0.620), is ahead of the best engineered one" in first
    assert "by 0.120 [0.090, 0.150]" in first
    assert found[0].family == "learned"


def test_a_best_system_made_of_others_is_told_so_and_the_best_single_ones_are_compared(case):
    means = [*PAIR, ("hog", "engineered", 0.4), ("all", "engineered", 0.7)]
    rows = [
        ("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True),
        ("all", "cnn", 0.08, 0.05, 0.11, 0.001, True),
    ]
    (first, *_), found = sentences(case(means, rows, members={"all": ("sift", "hog")}))
    assert "all (0.700; made of 2 systems), is ahead of" in first
    assert "Of systems that stand by themselves, the best learned system, cnn (0.620), is" in first
    assert "ahead of the best engineered one, sift (0.500), by 0.120 [0.090, 0.150]." in first
    assert found[0].family == "engineered"


def test_a_best_system_that_re_scores_another_is_told_so(case):
    means = [*PAIR, ("sift-t", "engineered", 0.6)]
    rows = [
        ("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True),
        ("sift-t", "cnn", -0.02, -0.05, 0.01, 1.0, False),
    ]
    (first, *_), _ = sentences(case(means, rows, members={"sift-t": ("sift",)}))
    assert "sift-t (0.600; re-scored), cannot be told apart" in first
    assert "Of systems that stand by themselves, the best learned system, cnn (0.620), is" in first


def test_a_loss_is_the_same_from_the_other_side(case):
    means = [("sift", "engineered", 0.62), ("cnn", "learned", 0.5)]
    (first, *_), found = sentences(case(means, [("cnn", "sift", -0.12, -0.15, -0.09, 0.001, True)]))
    assert "the best engineered system, sift (0.620), is ahead of" in first
    assert "by 0.120 [0.090, 0.150]" in first
    assert found[0].family == "engineered"


def test_a_tie_claims_nothing(case):
    (first, *_), found = sentences(case(PAIR, [("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False)]))
    assert "cannot be told apart: they differ by 0.120 [−0.060, 0.300]" in first
    assert "ahead" not in first
    assert found[0].family is None


def test_an_interval_without_a_significant_test_is_a_hint_only(case):
    (first, *_), found = sentences(case(PAIR, [("sift", "cnn", -0.12, -0.2, -0.01, 0.09, False)]))
    assert "but not evenly over the concepts" in first
    assert "p = 0.09" in first
    assert "ahead" not in first
    assert found[0].family is None


def test_without_an_interval_nothing_is_decided(case):
    (first, *_), found = sentences(case(PAIR, []))
    assert "without an interval this decides nothing" in first
    assert "[" not in first
    assert found[0].family is None


def test_for_errors_lower_wins(case):
    means = [("sift", "engineered", 0.3), ("cnn", "learned", 0.2)]
    (first, *_), found = sentences(
        case(means, [("sift", "cnn", 0.1, 0.05, 0.15, 0.001, True)], metric="top1_error")
    )
    assert "cnn (20.0 %), is ahead of the best engineered one, sift (30.0 %)" in first
    assert "10.0 points [5.0, 15.0]" in first
    assert found[0].family == "learned"


def test_few_concepts_do_not_read_as_if_they_disagreed(case):
    given = [("sift", "cnn", -0.12, -0.2, -0.01, 0.25, False)]
    (first, *_), found = sentences(case(PAIR, given, concepts=3))
    assert "not evenly" not in first
    # Two of eight assignments of signs are as extreme as the most extreme one.
    assert "no lead can be confirmed over 3 concepts and 1 pair of systems" in first
    assert "p is at least 0.25" in first
    assert found[0].family is None


def test_one_system_is_compared_with_chance_only(case):
    texts, _ = sentences(case(PAIR[:1], []))
    assert len(texts) == 1
    assert "Only one system has results" in texts[0]
    assert "sift reaches a mean AP of 0.500; chance is 0." in texts[0]


@pytest.mark.parametrize("family", ["engineered", "learned"])
def test_a_missing_family_is_named(case, family):
    means = [("one", family, 0.4), ("two", family, 0.5)]
    texts, _ = sentences(case(means, [("one", "two", -0.1, -0.2, -0.05, 0.001, True)]))
    missing = "learned" if family == "engineered" else "engineered"
    assert f"No {missing} system has results here" in texts[0]
    assert f"two ({family}) with a mean AP of 0.500" in texts[0]


def test_fused_systems_alone_miss_both_families(case):
    texts, _ = sentences(case([("a", "fused", 0.4), ("b", "fused", 0.5)], []))
    assert "No engineered and no learned system has results here" in texts[0]
    assert not any("Fusion" in text for text in texts)


def test_growth_is_told_from_the_smallest_to_the_largest_size(case):
    texts, _ = sentences(
        case(PAIR, [("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True)], sizes=(8, None))
    )
    assert (
        "With more training data sift gains 0.100 (0.400 to 0.500) from 8 samples to all training "
        "data; cnn gains 0.100 (0.520 to 0.620) (means over seeds, without an interval)."
        in texts[-1]
    )


def test_costs_are_compared(case):
    texts, _ = sentences(case(PAIR, [("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True)]))
    assert any("as long to train as" in text for text in texts)


def test_several_tasks_are_summed_up_and_one_is_not(case):
    differences = [("sift", "cnn", -0.12, -0.15, -0.09, 0.001, True)]
    assert overall(case(PAIR, differences)) is None
    both = overall(case(PAIR, differences, tasks=("x", "y")))
    assert plain(both.items[0].text) == (
        "Engineered against learned: learned systems lead on x and y."
    )
    assert both.items[0].family == "learned"
    tie = overall(case(PAIR, [("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False)], tasks=("x", "y")))
    assert "no lead is confirmed on x and y" in plain(tie.items[0].text)
    assert tie.items[0].family is None


def test_everything_is_the_largest_size(case):
    tasks = case(PAIR, [], sizes=(8, None))
    assert tasks[0].sizes == [8, ALL]
