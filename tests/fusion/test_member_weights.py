"""Weights straight from validation."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.late import LateFusion
from fusion.member_weights import likelihood_weights, precision_weights, regress_shared
from fusion.normalization import ZScore


def test_precision_weights_are_shares_of_average_precision(systems):
    S, Y = systems((1.0, 0.5, 0.0))
    precision = np.stack([average_precision(S.values[:, m], Y) for m in range(3)])
    own = precision_weights(S.values, Y, per_concept=True)
    np.testing.assert_allclose(own, precision / precision.sum(axis=0))
    shared = precision_weights(S.values, Y)
    mean = precision.mean(axis=1)
    np.testing.assert_allclose(shared, np.tile((mean / mean.sum())[:, None], 4))


def test_likelihood_weights_are_in_proportion_to_a_regressions_coefficients(systems):
    S, Y = systems((1.5, 0.7), n=4000, c=1, unjudged=0.0)
    z = ZScore().fit_transform(S.values)
    theirs = LogisticRegression(C=1e6).fit(z[:, :, 0], Y[:, 0]).coef_[0]
    found = likelihood_weights(z, Y)[:, 0]
    np.testing.assert_allclose(found, theirs / theirs.sum(), atol=0.02)


def test_likelihood_weights_of_equal_members_are_equal_and_of_noise_small(systems):
    S, Y = systems((1.0,))
    z = ZScore().fit_transform(S.values)
    np.testing.assert_allclose(likelihood_weights(np.repeat(z, 3, axis=1), Y), 1 / 3, atol=1e-6)
    S, Y = systems((2.0, 0.0), n=800)
    assert likelihood_weights(ZScore().fit_transform(S.values), Y)[0].min() > 0.85
    S, Y = systems((-1.0, -1.0), n=300)
    np.testing.assert_allclose(likelihood_weights(ZScore().fit_transform(S.values), Y), 0.5)


def test_rare_concepts_keep_to_the_shared_weights():
    gains = np.array([[2.0, 0.0], [0.0, 2.0]])

    def weight_of_the_second_member(positives):
        rng = np.random.default_rng(0)
        Y = np.zeros((600, 2), np.int8)
        Y[:200, 0], Y[:positives, 1] = 1, 1
        values = np.stack([gain * Y + rng.normal(size=Y.shape) for gain in gains], axis=1)
        return likelihood_weights(ZScore().fit_transform(values), Y, per_concept=True)[1]

    rare, common = weight_of_the_second_member(4), weight_of_the_second_member(200)
    # Only the second member tells of the second concept.
    assert rare[1] < 0.5 < 0.7 < common[1]
    assert max(rare[0], common[0]) < 0.2


def test_likelihood_varies_less_than_search_on_small_validation_sets(systems):
    found = {"likelihood": [], "search": []}
    for seed in range(10):
        S, Y = systems((1.0, 0.7, 0.7), n=60, c=3, seed=seed)
        for name, weights in found.items():
            weights.append(LateFusion(weights=name).fit(S, Y).weights_[:, 0])
    assert np.std(found["likelihood"], axis=0).sum() < np.std(found["search"], axis=0).sum()


def test_late_fusion_by_likelihood_gains_on_unseen_samples(systems):
    S, Y = systems((1.0, 1.0, 0.0), n=300)
    test, Y_test = systems((1.0, 1.0, 0.0), n=600, seed=1)
    for per_concept in (False, True):
        fusion = LateFusion(weights="likelihood", per_concept=per_concept).fit(S, Y)
        fused = average_precision(fusion.decision_function(test), Y_test).mean()
        single = max(average_precision(test.values[:, m], Y_test).mean() for m in range(3))
        assert fused > single + 0.03


def test_unjudged_samples_have_no_part(systems):
    S, Y = systems((1.0, 0.5), unjudged=0.4, c=1)
    z = ZScore().fit_transform(S.values).transpose(0, 2, 1).astype(float)
    judged = Y[:, 0] >= 0
    whole = regress_shared(z, Y, 10.0)
    part = regress_shared(z[judged], Y[judged], 10.0)
    np.testing.assert_allclose(whole.coefficients, part.coefficients, atol=1e-6)
    assert isinstance(S, Scores)
