"""Logistic regressions of many concepts, against scikit-learn's and their optimality conditions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss as sklearn_log_loss

from fusion import logistic_regression
from fusion.logistic_regression import fit_logistic, log_loss


def problem(seed=0, n=80, c=3, p=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, c, p))
    Y = (rng.random((n, c)) < expit(X[:, :, 0] - 0.5)).astype(np.int8)
    Y[:2] = [[0], [1]]
    return X, Y


@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_equals_scikit_learn(penalty):
    X, Y = problem()
    fit = fit_logistic(X, Y, np.ones(Y.shape), penalty)
    for concept in range(Y.shape[1]):
        theirs = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000)
        theirs.fit(X[:, concept], Y[:, concept])
        np.testing.assert_allclose(fit.coefficients[concept], theirs.coef_[0], atol=1e-5)
        np.testing.assert_allclose(fit.intercepts[concept], theirs.intercept_[0], atol=1e-5)


def test_a_prior_is_a_shift_of_the_problem():
    # In b - prior the penalty is the plain one, and X . prior an offset: gradients must vanish.
    X, Y = problem(seed=1)
    prior = np.array([1.0, -1.0, 0.5, 0.0])
    fit = fit_logistic(X, Y, np.ones(Y.shape), 5.0, prior)
    f = np.einsum("ncp,cp->nc", X, fit.coefficients) + fit.intercepts
    residual = expit(f) - Y
    gradient = np.einsum("nc,ncp->cp", residual, X) + 5.0 * (fit.coefficients - prior)
    assert np.abs(gradient).max() < 1e-5
    assert np.abs(residual.sum(axis=0)).max() < 1e-5
    strong = fit_logistic(X, Y, np.ones(Y.shape), 1e9, prior)
    np.testing.assert_allclose(strong.coefficients, np.tile(prior, (3, 1)), atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), penalty=st.sampled_from([0.01, 1.0, 30.0]))
def test_nonnegative_coefficients_meet_the_conditions_of_optimality(seed, penalty):
    X, Y = problem(seed, n=40)
    fit = fit_logistic(X, Y, np.ones(Y.shape), penalty, nonnegative=True)
    f = np.einsum("ncp,cp->nc", X, fit.coefficients) + fit.intercepts
    gradient = np.einsum("nc,ncp->cp", expit(f) - Y, X) + penalty * fit.coefficients
    free = fit.coefficients > 0
    assert (fit.coefficients >= 0).all()
    assert np.abs(gradient[free]).max(initial=0) < 1e-4
    assert gradient[~free].min(initial=0) > -1e-4


def test_shared_coefficients_are_those_of_all_rows_with_an_intercept_a_concept():
    X, Y = problem(n=60)
    fit = fit_logistic(X, Y, np.ones(Y.shape), 2.0, shared=True)
    assert np.ptp(fit.coefficients, axis=0).max() == 0
    f = np.einsum("ncp,cp->nc", X, fit.coefficients) + fit.intercepts
    residual = expit(f) - Y
    gradient = np.einsum("nc,ncp->p", residual, X) + 2.0 * fit.coefficients[0]
    assert np.abs(gradient).max() < 1e-4
    assert np.abs(residual.sum(axis=0)).max() < 1e-4


def test_weights_leave_samples_out_and_blocks_do_not_matter(monkeypatch):
    X, Y = problem(n=60)
    kept = np.random.default_rng(2).random(Y.shape[0]) < 0.6
    weights = np.repeat(kept[:, None], Y.shape[1], axis=1)
    fit = fit_logistic(X, Y, weights, 1.0)
    alone = fit_logistic(X[kept], Y[kept], np.ones(Y[kept].shape), 1.0)
    np.testing.assert_allclose(fit.coefficients, alone.coefficients, atol=1e-6)
    monkeypatch.setattr(logistic_regression, "BLOCK", 1)
    again = fit_logistic(X, Y, weights, 1.0)
    np.testing.assert_allclose(again.coefficients, fit.coefficients, atol=1e-6)


def test_separable_concepts_and_scores_far_apart_stay_finite():
    X = np.linspace(-1e3, 1e3, 30)[:, None, None]
    Y = (X[:, :, 0] > 0).astype(np.int8)
    fit = fit_logistic(X, Y, np.ones(Y.shape), 1e-6)
    assert np.isfinite(fit.coefficients).all()
    assert fit.coefficients[0, 0] > 0


def test_log_loss_equals_scikit_learns_on_the_judged():
    X, Y = problem()
    fit = fit_logistic(X, Y, np.ones(Y.shape), 1.0)
    hidden = Y.copy()
    hidden[::3] = -1
    loss = log_loss(fit, X, hidden)
    assert (loss[::3] == 0).all()
    f = np.einsum("ncp,cp->nc", X, fit.coefficients) + fit.intercepts
    judged = hidden[:, 0] >= 0
    expected = sklearn_log_loss(Y[judged, 0], expit(f[judged, 0]), normalize=False)
    assert loss[:, 0].sum() == pytest.approx(expected)
