"""Stacking."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from fusion.average_precision import average_precision
from fusion.calibration import prior_log_odds
from fusion.stacking import StackingFusion


def test_own_coefficients_are_scikit_learns_regression(systems):
    S, Y = systems((1.0, 0.5, 0.2), n=150, c=2)
    fusion = StackingFusion(coefficients="own", penalties=[2.0], nonnegative=False).fit(S, Y)
    for concept in range(2):
        judged = Y[:, concept] >= 0
        rows = StandardScaler().fit_transform(S.values[:, :, concept])
        theirs = LogisticRegression(C=0.5, tol=1e-10).fit(rows[judged], Y[judged, concept])
        np.testing.assert_allclose(fusion.coefficients_[:, concept], theirs.coef_[0], atol=1e-3)
        np.testing.assert_allclose(fusion.intercepts_[concept], theirs.intercept_[0], atol=1e-3)


@pytest.mark.parametrize("coefficients", ["shrunk", "shared", "own"])
def test_it_finds_the_good_member_and_none_counts_against(systems, coefficients):
    S, Y = systems((2.0, 0.0, 0.0), n=400)
    test, Y_test = systems((2.0, 0.0, 0.0), n=400, seed=1)
    fusion = StackingFusion(coefficients=coefficients).fit(S, Y)
    share = fusion.coefficients_ / fusion.coefficients_.sum(axis=0)
    assert (fusion.coefficients_ >= 0).all()
    assert share[0].min() > 0.7
    fused = average_precision(fusion.decision_function(test), Y_test).mean()
    assert fused > average_precision(test.values[:, 0], Y_test).mean() - 0.02


def test_a_strong_penalty_leads_to_the_shared_and_those_to_equal_ones(systems):
    S, Y = systems((2.0, 0.3), n=300)
    shared = StackingFusion(coefficients="shared", penalties=[1e7]).fit(S, Y)
    np.testing.assert_allclose(shared.coefficients_[0], shared.coefficients_[1], rtol=1e-3)
    shrunk = StackingFusion(penalties=[1e7]).fit(S, Y)
    np.testing.assert_allclose(shrunk.coefficients_, shrunk.coefficients_[:, :1] * np.ones(4), 1e-3)
    free = StackingFusion(penalties=[3.0]).fit(S, Y)
    assert np.ptp(free.coefficients_, axis=1).max() > np.ptp(shrunk.coefficients_, axis=1).max()


def test_penalty_is_strong_where_videos_tell_little_and_weak_where_concepts_differ(systems):
    S, Y = systems((1.0, 1.0, 1.0), n=60, c=8, videos=6)
    assert StackingFusion().fit(S, Y).penalty_ >= 30
    S, Y = systems((0.0, 0.0), n=3000, c=2, videos=60)
    values = S.values.copy()
    values[:, 0, 0] += 2 * Y[:, 0]
    values[:, 1, 1] += 2 * Y[:, 1]
    S.values = values
    assert StackingFusion().fit(S, Y).penalty_ <= 10


def test_a_concept_that_cannot_be_ranked_has_shared_coefficients_and_the_prior(systems):
    S, Y = systems((1.0, 0.5), n=200)
    Y[:, 1] = np.where(Y[:, 1] == 1, 0, Y[:, 1])
    fusion = StackingFusion().fit(S, Y)
    assert fusion.intercepts_[1] == pytest.approx(prior_log_odds(Y)[1])
    assert (fusion.coefficients_[:, 1] > 0).all()


def test_unjudged_samples_are_not_negatives(systems):
    S, Y = systems((1.0, 0.5), n=150, unjudged=0.4)
    fusion = StackingFusion(penalties=[10.0]).fit(S, Y)
    values = S.values.copy()
    for concept in range(Y.shape[1]):
        rows = np.flatnonzero(Y[:, concept] == -1)
        values[rows, :, concept] = values[rows[::-1], :, concept]
    again = StackingFusion(penalties=[10.0]).fit(type(S)(values), Y)
    np.testing.assert_allclose(again.coefficients_, fusion.coefficients_, atol=1e-5)


def test_clone_pickle_and_faults(systems):
    S, Y = systems((1.0, 0.5), n=100, videos=10)
    fusion = StackingFusion().fit(S, Y)
    again = pickle.loads(pickle.dumps(fusion))
    np.testing.assert_array_equal(again.decision_function(S), fusion.decision_function(S))
    np.testing.assert_array_equal(
        clone(fusion).fit(S, Y).decision_function(S), fusion.decision_function(S)
    )
    for wrong, message in (
        ({"coefficients": "free"}, "coefficients must be one of"),
        ({"penalties": []}, "penalties must be"),
        ({"penalties": [0.0, 1.0]}, "penalties must be"),
    ):
        with pytest.raises(ValueError, match=message):
            StackingFusion(**wrong).fit(S, Y)
    with pytest.raises(ValueError, match="nothing to learn from"):
        StackingFusion().fit(S, np.zeros_like(Y))
    one = systems((1.0, 0.5), n=100, videos=1)
    with pytest.raises(ValueError, match="one video only"):
        StackingFusion().fit(*one)
