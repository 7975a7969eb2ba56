"""Reciprocal rank and Borda, by hand and against rankings."""

import pickle

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.base import clone

from fusion import Scores
from fusion.rank_fusion import BordaFusion, ReciprocalRankFusion

A = np.array([[4.0], [3.0], [2.0], [1.0]])  # ranks 1 2 3 4
B = np.array([[0.1], [0.9], [0.5], [0.2]])  # ranks 4 1 2 3
Y = np.array([[1], [1], [0], [0]], np.int8)


def test_reciprocal_rank_by_hand():
    S = Scores.from_members([A, B])
    out = ReciprocalRankFusion(k=60).fit(S, Y).decision_function(S)[:, 0]
    expected = [(1 / 61 + 1 / 64) / 2, (1 / 62 + 1 / 61) / 2, (1 / 63 + 1 / 62) / 2]
    np.testing.assert_allclose(out[:3], expected, rtol=1e-5)
    assert out.argmax() == 1


def test_borda_by_hand():
    S = Scores.from_members([A, B])
    out = BordaFusion().fit(S, Y).decision_function(S)[:, 0]
    # Samples below: 3 2 1 0 and 0 3 2 1; half of itself is added by the middle rank.
    np.testing.assert_allclose(out, (np.array([1.5, 2.5, 1.5, 0.5]) + 0.5) / 4, rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_they_are_functions_of_ranks_alone(systems, seed):
    S, Y = systems((1.0, 0.5, 0.0), seed=seed)
    n = len(S)
    rank = n + 1 - rankdata(S.values, axis=0)
    rrf = ReciprocalRankFusion(k=10).fit(S, Y).decision_function(S)
    np.testing.assert_allclose(rrf, (1 / (10 + rank)).mean(axis=1), rtol=1e-4)
    stretched = Scores(np.exp(3 * S.values))
    for fusion in (ReciprocalRankFusion(), BordaFusion()):
        same = fusion.fit(stretched, Y).decision_function(stretched)
        np.testing.assert_allclose(same, fusion.fit(S, Y).decision_function(S), rtol=1e-5)


def test_a_samples_score_does_not_depend_on_the_others_scored_with_it(systems):
    S, Y = systems((1.0, 0.5))
    test, _ = systems((1.0, 0.5), seed=1)
    for fusion in (ReciprocalRankFusion(), BordaFusion()):
        out = fusion.fit(S, Y).decision_function(test)
        np.testing.assert_array_equal(fusion.decision_function(test[:5]), out[:5])


def test_better_members_weigh_more_and_by_hand(systems):
    # AP 1 for A; positives at ranks 4 and 1 for B: (1/1 + 2/4) / 2 = 3/4.
    fusion = BordaFusion(weights="ap").fit(Scores.from_members([A, B]), Y)
    np.testing.assert_allclose(fusion.weights_[:, 0], [4 / 7, 3 / 7])
    S, many = systems((2.0, 0.0))
    many[:, 3] = np.where(many[:, 3] == 1, 0, many[:, 3])
    own = ReciprocalRankFusion(weights="ap", per_concept=True).fit(S, many)
    assert (own.weights_[0, :3] > 0.6).all()
    np.testing.assert_allclose(own.weights_.sum(axis=0), 1.0)
    shared = ReciprocalRankFusion(weights="ap").fit(S, many)
    np.testing.assert_allclose(own.weights_[:, 3], shared.weights_[:, 3])


def test_clone_pickle_and_faults(systems):
    S, many = systems((1.0, 0.5))
    for fusion in (ReciprocalRankFusion(k=5.0), BordaFusion(weights="ap")):
        fitted = fusion.fit(S, many)
        again = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(again.decision_function(S), fitted.decision_function(S))
        assert not hasattr(clone(fitted), "weights_")
        assert fitted.unsupported(object()) is None
        with pytest.raises(ValueError, match="fitted on"):
            fitted.decision_function(systems((1.0,))[0])
    with pytest.raises(ValueError, match="weights must be one of"):
        BordaFusion(weights="search").fit(S, many)
    with pytest.raises(ValueError, match="k must be a finite number of at least 0"):
        ReciprocalRankFusion(k=-1).fit(S, many)
    with pytest.raises(ValueError, match="weights cannot be fitted"):
        BordaFusion(weights="ap").fit(S, np.zeros_like(many))
