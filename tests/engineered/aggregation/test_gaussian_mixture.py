import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from engineered.aggregation.gaussian_mixture import DiagonalGaussianMixture, moments


def blobs(n=3000, k=4, d=6, seed=0):
    random = np.random.default_rng(seed)
    means = random.normal(size=(k, d)) * 4
    scales = random.uniform(0.3, 1.5, size=(k, d))
    which = random.choice(k, n, p=[0.4, 0.3, 0.2, 0.1])
    X = means[which] + scales[which] * random.normal(size=(n, d))
    return X.astype(np.float32), means, scales, which


def reference(ours):
    theirs = GaussianMixture(len(ours.weights_), covariance_type="diag")
    theirs.weights_, theirs.means_ = ours.weights_, ours.means_
    theirs.covariances_ = ours.variances_
    theirs.precisions_cholesky_ = 1 / np.sqrt(ours.variances_)
    return theirs


def test_planted_gaussians_are_found():
    X, means, scales, which = blobs()
    found = DiagonalGaussianMixture(4, max_iter=50, random_state=0).fit(X)
    order = [int(np.linalg.norm(found.means_ - m, axis=1).argmin()) for m in means]
    assert sorted(order) == [0, 1, 2, 3]
    np.testing.assert_allclose(found.means_[order], means, atol=0.25)
    np.testing.assert_allclose(np.sqrt(found.variances_[order]), scales, rtol=0.15)
    np.testing.assert_allclose(found.weights_[order], np.bincount(which) / len(which), atol=0.03)


def test_likelihood_is_that_of_scikit_learn_and_rises():
    X, *_ = blobs()
    short = DiagonalGaussianMixture(4, max_iter=2, tol=-1, random_state=0).fit(X)
    long = DiagonalGaussianMixture(4, max_iter=20, tol=-1, random_state=0).fit(X)
    assert long.log_likelihood_ >= short.log_likelihood_
    # The last likelihood is that of the parameters before the last step.
    assert reference(long).score(X) == pytest.approx(long.log_likelihood_, abs=2e-3)


def test_as_good_as_scikit_learn_from_its_own_start():
    X, *_ = blobs(k=4)
    ours = reference(DiagonalGaussianMixture(4, max_iter=100, random_state=0).fit(X)).score(X)
    theirs = GaussianMixture(4, covariance_type="diag", random_state=0, n_init=3).fit(X).score(X)
    assert ours > theirs - 0.02


def test_moments_are_sums_over_posteriors():
    X, *_ = blobs(n=1300)
    fitted = DiagonalGaussianMixture(4, random_state=0).fit(X)
    cells = np.arange(len(X)) % 3
    counts, sums, total = moments(fitted, X, cells, 3)
    q = reference(fitted).predict_proba(X)
    centred = X[:, None].astype(np.float64) - fitted.means_
    for cell in range(3):
        mine = cells == cell
        np.testing.assert_allclose(counts[cell], q[mine].sum(axis=0), rtol=1e-4, atol=1e-3)
        expected = np.stack([np.einsum("nk,nkd->kd", q[mine], centred[mine] ** p) for p in (1, 2)])
        np.testing.assert_allclose(
            sums[cell], expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max()
        )
    assert total == pytest.approx(reference(fitted).score_samples(X).sum(), rel=1e-4)


def test_repeated_vectors_do_not_collapse_a_gaussian():
    X, *_ = blobs(n=400)
    X[:200] = X[0]
    fitted = DiagonalGaussianMixture(8, random_state=0).fit(X)
    floor = 1e-3 * X.var(axis=0)
    assert (fitted.variances_ >= floor * 0.999).all()
    assert np.isfinite(fitted.log_likelihood_)
    assert fitted.weights_.sum() == pytest.approx(1)


def test_one_seed_one_mixture():
    X, *_ = blobs(n=800)
    first, again = (DiagonalGaussianMixture(4, random_state=3).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.means_, again.means_)
    np.testing.assert_array_equal(first.variances_, again.variances_)


def test_too_few_vectors_is_said():
    with pytest.raises(ValueError, match=r"mixture of 9 Gaussians needs .* got 8"):
        DiagonalGaussianMixture(9).fit(np.eye(8, dtype=np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_never_dropped_in_silence(value):
    X, *_ = blobs(n=300)
    fitted = DiagonalGaussianMixture(4, random_state=0).fit(X)
    X[17, 2] = value
    with pytest.raises(ValueError, match="NaN or infinite"), np.errstate(invalid="ignore"):
        moments(fitted, X)
