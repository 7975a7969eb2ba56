"""What fusion has to work with."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.results.complementarity import (
    concepts_won,
    oracle_gain,
    rank_correlation,
    sample_oracle,
    sign_test,
)
from benchmarks.results.metrics import evaluate


def test_rank_correlation_is_spearmans_averaged():
    rng = np.random.default_rng(0)
    a = np.round(rng.normal(size=(40, 3)), 1)
    b = a + rng.normal(size=a.shape)
    found = rank_correlation({"a": a, "b": b})
    expected = np.mean([spearmanr(a[:, i], b[:, i]).statistic for i in range(3)])
    assert found.loc["a", "b"] == pytest.approx(expected)
    assert found.loc["a", "a"] == pytest.approx(1)
    a[:, 1] = 0
    expected = np.mean([spearmanr(a[:, i], b[:, i]).statistic for i in (0, 2)])
    assert rank_correlation({"a": a, "b": b}).loc["b", "a"] == pytest.approx(expected)


def test_oracle_takes_the_best_system_of_each_concept():
    rng = np.random.default_rng(0)
    Y = (rng.random((60, 4)) < 0.3).astype(np.int8)
    scores = {name: Y + rng.normal(size=Y.shape) for name in "abc"}
    values = np.stack([evaluate("ap", s, Y).per_concept for s in scores.values()])
    found = oracle_gain(scores, Y)
    assert found["oracle"] == pytest.approx(values.max(axis=0).mean())
    assert found["gain"] == pytest.approx(values.max(axis=0).mean() - values.mean(axis=1).max())
    assert found["best_system"] == "abc"[values.mean(axis=1).argmax()]
    assert oracle_gain({"a": scores["a"], "b": scores["a"]}, Y)["gain"] == 0
    with pytest.raises(ValueError, match="2 systems"):
        oracle_gain({"a": scores["a"]}, Y)


def test_sample_oracle_counts_samples_that_any_system_names():
    Y = np.eye(2)[[0, 0, 1, 1]]
    a = np.array([[2, 1], [2, 1], [2, 1], [1, 1]])
    b = np.array([[1, 2], [2, 1], [1, 2], [2, 1]])
    found = sample_oracle({"a": a, "b": b}, Y)
    assert (found["best"], found["oracle"], found["gain"]) == (0.5, 0.75, 0.25)
    with pytest.raises(ValueError, match="exactly one positive"):
        sample_oracle({"a": a, "b": b}, np.ones((4, 2)))


def test_concepts_won():
    values = {
        "words": [0.2, 0.5, 0.3, np.nan],
        "fisher": [0.4, 0.5, 0.3, 1],
        "net": [0.4, 0.2, 0.3, 1],
    }
    families = {"words": "engineered", "fisher": "engineered", "net": "learned"}
    found = concepts_won(values, families, ["w", "x", "y", "z"])
    assert found["winner"].tolist() == ["learned", "engineered", "", ""]
    assert found.loc["w", "engineered"] == pytest.approx(0.3)
    lower = concepts_won(values, families, ["w", "x", "y", "z"], higher_is_better=False)
    assert lower["winner"].tolist() == ["engineered", "learned", "", ""]


def test_sign_test():
    assert sign_test(6, 0) == pytest.approx(2 / 2**6)
    assert sign_test(3, 3) == pytest.approx(1)
    assert sign_test(0, 0) == 1


def test_wrong_scores_are_named():
    with pytest.raises(ValueError, match="'b' has scores of shape"):
        rank_correlation({"a": np.zeros((3, 2)), "b": np.zeros((2, 2))})
    with pytest.raises(ValueError, match="'a' has a NaN"):
        rank_correlation({"a": np.full((3, 2), np.nan)})
