"""Groups that are declared, and groups that are found."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from fusion.grouping import by_correlation, correlation, declared

NAMES = ("words", "fisher", "colour", "net")


def test_a_declaration_is_read_as_a_tree():
    groups = {"engineered": {"sift": ["words", "fisher"], "rest": ["colour"]}, "learned": "net"}
    tree = declared(groups, NAMES, 4)
    assert tree.describe(NAMES) == "all(engineered(sift(words, fisher), rest(colour)), net)"
    assert tree.level == 3
    assert [(group.name, group.level) for group in tree.groups()] == [
        ("sift", 1), ("rest", 1), ("engineered", 2), ("all", 3),
    ]  # fmt: skip
    assert sorted(tree.members()) == [0, 1, 2, 3]
    nameless = declared([[0, 1], [2, 3]], None, 4)
    assert nameless.describe("abcd") == "all(1(a, b), 2(c, d))"


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"a": ["words", "word"]}, "groups name 'word'; the members are words"),
        ({"a": ["words", "fisher"], "b": ["words"]}, "'words' is in several groups"),
        ({"a": ["words", "fisher", "colour"]}, "member 'net' is in no group"),
        ({"a": []}, "group 'a' is empty"),
        ([0, 1, 2, 7], "groups name member 7; there are 4"),
        ("words", "must be a mapping or a list"),
        ({"a": 1.5}, "neither a member nor a group"),
        ({"all": ["words", "fisher"], "b": ["colour", "net"]}, "two groups are named 'all'"),
    ],
)
def test_wrong_declarations_are_named(groups, message):
    with pytest.raises(ValueError, match=message):
        declared(groups, NAMES, 4)


def test_names_need_scores_with_names():
    with pytest.raises(ValueError, match="have no names"):
        declared(["a", "b"], None, 2)


def test_correlation_is_scipys_averaged_over_concepts():
    values = np.random.default_rng(0).normal(size=(50, 3, 4)).round(1)
    expected = np.mean([spearmanr(values[:, :, c]).statistic for c in range(4)], axis=0)
    np.testing.assert_allclose(correlation(values), expected, atol=1e-12)
    plain = np.mean([np.corrcoef(values[:, :, c].T) for c in range(4)], axis=0)
    np.testing.assert_allclose(correlation(values, "pearson"), plain, atol=1e-12)
    values[:, 0] = 3.0
    assert correlation(values)[0].tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="correlation must be one of"):
        correlation(values, "kendall")


def blocks():
    """Members 0, 1 alike; 2, 3 alike; both pairs a little; 4 to none."""
    r = np.full((5, 5), 0.4)
    r[:2, :2] = r[2:4, 2:4] = 0.9
    r[4] = r[:, 4] = 0.0
    np.fill_diagonal(r, 1.0)
    return r


def test_members_whose_scores_go_together_are_grouped():
    assert by_correlation(blocks(), 0.3, None).describe("abcde") == "all(1(a, b), 2(c, d), e)"
    levels = by_correlation(blocks(), [0.3, 0.7], None)
    assert levels.describe("abcde") == "all(2.1(1.1(a, b), 1.2(c, d)), e)"
    assert levels.level == 3
    assert by_correlation(blocks(), 0.3, 2).describe("abcde") == "all(1(a, b, c, d), e)"


def test_nothing_alike_or_everything_alike_is_one_group():
    assert by_correlation(np.eye(3), 0.3, None).describe("abc") == "all(a, b, c)"
    assert by_correlation(np.ones((3, 3)), 0.3, None).describe("abc") == "all(a, b, c)"
    assert by_correlation(np.ones((1, 1)), 0.3, None).describe("a") == "all(a)"


def test_wrong_cuts_are_named():
    with pytest.raises(ValueError, match="threshold must be above 0"):
        by_correlation(blocks(), [0.7, 0.3], None)
    with pytest.raises(ValueError, match="n_groups must be 1"):
        by_correlation(blocks(), 0.3, 0)
