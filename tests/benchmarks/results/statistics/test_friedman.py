"""Friedman's test and its post-hoc tests against SciPy and Demšar's worked example."""

import numpy as np
import pytest
from scipy.stats import friedmanchisquare, wilcoxon

from benchmarks.results.statistics import friedman_test

# Table 6 of Demšar, JMLR 2006: C4.5 on 14 data sets, with its parameters m and cf tuned or not.
NAMES = ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"]
AUC = np.array(
    [
        [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975], [0.957, 0.978, 0.946, 0.970],
    ]
)  # fmt: skip


def test_demsars_example():
    result = friedman_test(AUC, NAMES)
    ranks = dict(zip(result.systems, result.mean_ranks))
    assert ranks["C4.5"] == pytest.approx(3.143, abs=1e-3)
    assert ranks["C4.5+m"] == pytest.approx(2.000, abs=1e-3)
    assert ranks["C4.5+cf"] == pytest.approx(2.893, abs=1e-3)
    assert ranks["C4.5+m+cf"] == pytest.approx(1.964, abs=1e-3)
    assert result.critical_difference == pytest.approx(1.25, abs=5e-3)
    # "the post-hoc test is not powerful enough": all within one bar.
    assert result.cliques == (result.systems,)


def test_critical_values_are_demsars():
    # Table 5 (a) of the same: q at 5 % for two to ten systems.
    published = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
    values = np.random.default_rng(3).random((12, 10))
    for k, q in enumerate(published, start=2):
        found = friedman_test(values[:, :k], [str(i) for i in range(k)]).critical_difference
        assert found / np.sqrt(k * (k + 1) / (6 * 12)) == pytest.approx(q, abs=1.5e-3)


def test_statistic_is_scipys():
    for values in (AUC, np.round(AUC, 1)):
        expected = friedmanchisquare(*values.T)
        result = friedman_test(values, NAMES)
        assert result.statistic == pytest.approx(expected.statistic)
        assert result.p_value == pytest.approx(expected.pvalue)
        assert result.p_value == friedman_test(-values, NAMES, higher_is_better=False).p_value


def test_cliques_join_neighbours_that_are_not_told_apart():
    rng = np.random.default_rng(0)
    values = rng.normal([0.0, 0.05, 2.0, 2.05], 0.1, (30, 4))
    result = friedman_test(values, ["a", "b", "c", "d"])
    assert {frozenset(clique) for clique in result.cliques} == {frozenset("cd"), frozenset("ab")}
    apart = result.p_values < 0.05
    gaps = np.abs(result.mean_ranks[:, None] - result.mean_ranks)
    np.testing.assert_array_equal(apart, gaps > result.critical_difference)
    np.testing.assert_array_equal(np.diag(result.p_values), 1.0)


def test_two_systems_with_holm_are_wilcoxons_test():
    rng = np.random.default_rng(1)
    values = rng.normal([0.0, 0.8], 1.0, (12, 2))
    result = friedman_test(values, ["a", "b"], post_hoc="wilcoxon-holm")
    expected = wilcoxon(values[:, 0], values[:, 1]).pvalue
    assert result.p_values[0, 1] == result.p_values[1, 0] == pytest.approx(expected)
    assert result.critical_difference is None
    assert result.systems == ("b", "a")


def test_equal_systems():
    for post_hoc in ("nemenyi", "wilcoxon-holm"):
        result = friedman_test(np.ones((5, 3)), ["a", "b", "c"], post_hoc=post_hoc)
        assert (result.statistic, result.p_value) == (0.0, 1.0)
        assert result.cliques == (("a", "b", "c"),)


@pytest.mark.parametrize("post_hoc", ["nemenyi", "wilcoxon-holm"])
def test_rejects_a_true_null_no_more_often_than_it_says(post_hoc):
    rng = np.random.default_rng(2)
    wrong = [
        (friedman_test(rng.normal(size=(10, 3)), "abc", post_hoc=post_hoc).p_values < 0.05).any()
        for _ in range(200)
    ]
    # 5 % of 200, and three deviations of a binomial.
    assert np.mean(wrong) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="two tasks and two systems, got 1 and 2"):
        friedman_test([[1.0, 2.0]], ["a", "b"])
    with pytest.raises(ValueError, match="'b' has no finite value on task 1"):
        friedman_test([[1.0, 2.0], [1.0, np.nan]], ["a", "b"])
    with pytest.raises(ValueError, match=r"shape \(tasks, 3\)"):
        friedman_test(np.zeros((4, 2)), ["a", "b", "c"])
    with pytest.raises(ValueError, match="nemenyi or wilcoxon-holm"):
        friedman_test(np.zeros((4, 2)), ["a", "b"], post_hoc="tukey")
