import numpy as np
import pytest
from sklearn.metrics.pairwise import chi2_kernel, rbf_kernel

from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.linear_svm import LinearSVM
from fusion.member_kernel import MemberKernel

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.dirichlet(np.ones(8), 30).astype(np.float32)
OTHERS = RANDOM.dirichlet(np.ones(8), 7).astype(np.float32)


def unit_variance(K, train):
    return K / (np.trace(train) / len(train) - train.mean())


def test_linear_is_the_inner_product_at_unit_variance():
    member = MemberKernel(LinearSVM())
    K = member.fit(ROWS)
    np.testing.assert_allclose(K, unit_variance(ROWS @ ROWS.T, ROWS @ ROWS.T), rtol=1e-4)
    centred = K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean()
    assert np.trace(centred) / len(K) == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(member.between(ROWS), K, rtol=1e-5)
    np.testing.assert_allclose(member.itself(ROWS), np.diag(K), rtol=1e-5)


@pytest.mark.parametrize(("name", "reference"), [("chi2", chi2_kernel), ("rbf", rbf_kernel)])
def test_kernels_are_those_of_scikit_learn(name, reference):
    member = MemberKernel(KernelSVM(kernel=name))
    K = member.fit(ROWS)
    expected = reference(ROWS, gamma=member.gamma_)
    np.testing.assert_allclose(K, unit_variance(expected, expected), rtol=1e-3)
    between = reference(OTHERS, ROWS, gamma=member.gamma_)
    np.testing.assert_allclose(member.between(OTHERS), unit_variance(between, expected), rtol=1e-3)
    np.testing.assert_allclose(member.itself(ROWS), np.diag(K), rtol=1e-5)
    # The width is one over the mean distance, the logarithm of the kernel.
    off = ~np.eye(30, dtype=bool)
    assert -np.log(expected[off]).mean() == pytest.approx(1, rel=1e-3)


def test_the_intersection_with_itself_is_the_sum():
    member = MemberKernel(KernelSVM(kernel="intersection"))
    np.testing.assert_allclose(np.diag(member.fit(ROWS)), member.itself(ROWS), rtol=1e-5)


def test_a_member_that_tells_nothing_apart_counts_nothing():
    K = MemberKernel(LinearSVM()).fit(np.ones((5, 3), np.float32))
    np.testing.assert_array_equal(K, 0)
