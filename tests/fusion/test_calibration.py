"""Calibration of scores against scikit-learn's, and what it does where it can learn nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression

from fusion.calibration import Isotonic, Logistic, LogOdds, platt_targets, prior_log_odds


@pytest.mark.parametrize("seed", range(3))
def test_logistic_equals_scikit_learns_platt_calibration(systems, seed):
    S, Y = systems((1.5,), n=150, c=1, seed=seed)
    ours = Logistic().fit(S.values, Y).transform(S.values)[:, 0, 0]
    judged = Y[:, 0] >= 0
    a, b = _sigmoid_calibration(S.values[judged, 0, 0].astype(float), Y[judged, 0])
    np.testing.assert_allclose(ours, expit(-(a * S.values[:, 0, 0] + b)), atol=1e-4)


def test_isotonic_is_within_one_part_of_scikit_learns(systems):
    S, Y = systems((1.5,), n=120, c=1)
    ours = Isotonic().fit(S.values, Y).transform(S.values)[:, 0, 0]
    judged = Y[:, 0] >= 0
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    theirs.fit(S.values[judged, 0, 0], Y[judged, 0])
    n = judged.sum()
    assert np.abs(ours - theirs.predict(S.values[:, 0, 0])).max() < 1 / n
    # And it ranks where the regression ties.
    assert len(np.unique(ours)) == len(np.unique(S.values))


def test_platts_targets_by_hand():
    Y = np.array([[1], [0], [0], [-1]], np.int8)
    assert platt_targets(Y)[:3, 0].tolist() == [2 / 3, 1 / 4, 1 / 4]
    np.testing.assert_allclose(prior_log_odds(Y), np.log([2 / 3]))


def test_a_backward_member_says_the_same_of_every_sample(systems):
    S, Y = systems((1.5,), c=2)
    out = LogOdds().fit(-S.values, Y).transform(-S.values)
    assert np.ptp(out, axis=0).max() < 1e-6


def test_a_concept_that_cannot_be_ranked_borrows_the_slope_and_has_the_prior(systems):
    S, Y = systems((1.5, 0.5), c=3)
    Y[:, 2] = np.where(Y[:, 2] == 1, 0, Y[:, 2])
    log_odds = LogOdds().fit(S.values, Y)
    np.testing.assert_allclose(log_odds.slope_[:, 2], log_odds.slope_[:, :2].mean(axis=1))
    np.testing.assert_allclose(log_odds.intercept_[:, 2], prior_log_odds(Y)[2])
    nobody = LogOdds().fit(S.values, np.full_like(Y, -1))
    np.testing.assert_array_equal(nobody.slope_, 1.0)
    np.testing.assert_array_equal(nobody.intercept_, 0.0)


@pytest.mark.parametrize("kind", [LogOdds, Logistic, Isotonic])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_unjudged_annotations_change_no_calibration_of_the_judged(systems, kind, seed):
    S, Y = systems((1.0, 0.3), n=60, c=2, seed=seed, unjudged=0.0)
    hidden = Y.copy()
    hidden[::4] = -1
    whole = kind().fit(S.values, hidden)
    # Scores of the same distribution where nobody judged: rows swapped among themselves.
    values = S.values.copy()
    values[::4] = values[::4][::-1]
    again = kind().fit(values, hidden)
    np.testing.assert_allclose(again.transform(S.values), whole.transform(S.values), atol=1e-5)


@pytest.mark.parametrize("kind", [Logistic, Isotonic])
def test_chances_of_unseen_samples_are_calibrated(systems, kind):
    S, Y = systems((1.5,), n=4000, c=1, unjudged=0.0)
    test, Y_test = systems((1.5,), n=4000, c=1, seed=1, unjudged=0.0)
    chance = kind().fit(S.values, Y).transform(test.values)[:, 0, 0]
    bins = np.digitize(chance, [0.2, 0.4, 0.6, 0.8])
    for b in range(5):
        inside = bins == b
        assert abs(chance[inside].mean() - Y_test[inside, 0].mean()) < 0.08


def test_faults_are_named(systems):
    S, Y = systems((1.0,))
    with pytest.raises(ValueError, match="fitted on annotations"):
        LogOdds().fit(S.values)
    with pytest.raises(ValueError, match="samples come first"):
        Isotonic().fit(S.values, Y[:, :2])
