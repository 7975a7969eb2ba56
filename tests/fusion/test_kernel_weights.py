import numpy as np
import pytest
from sklearn.linear_model import Ridge

from fusion.average_precision import average_precision
from fusion.kernel_weights import RIDGE, leave_one_out, search_weights, weighted_sum

RANDOM = np.random.default_rng(0)


def kernel(F):
    K = (F @ F.T).astype(np.float32)
    return K / (np.trace(K) / len(K) - K.mean())


def planted(n=120, c=4, seed=0):
    """One kernel that knows the concepts, one that knows them less, one that is noise."""
    random = np.random.default_rng(seed)
    which = random.integers(0, c, n)
    Y = (which[:, None] == np.arange(c)).astype(np.int8)
    good = Y + 0.5 * random.normal(size=(n, c))
    weak = Y + 2.0 * random.normal(size=(n, c))
    noise = random.normal(size=(n, 30))
    return [kernel(F.astype(np.float32)) for F in (good, weak, noise)], Y


def test_left_out_scores_are_those_of_as_many_regressions():
    F = RANDOM.normal(size=(25, 6)).astype(np.float32)
    Y = (RANDOM.random((25, 3)) < 0.4).astype(np.int8)
    Y[[1, 5], 1] = -1
    scores = leave_one_out(F @ F.T, Y)
    rows = np.column_stack([F, np.ones(25)])  # the bias is a feature like others
    for concept in range(3):
        judged = np.flatnonzero(Y[:, concept] >= 0)
        for i in judged:
            others = judged[judged != i]
            model = Ridge(alpha=RIDGE, fit_intercept=False, solver="cholesky")
            model.fit(rows[others], Y[others, concept])
            assert scores[i, concept] == pytest.approx(model.predict(rows[i : i + 1])[0], abs=2e-3)
    assert (scores[[1, 5], 1] == 0).all()


def test_groups_are_left_out_whole():
    F = RANDOM.normal(size=(24, 6)).astype(np.float32)
    Y = (RANDOM.random((24, 2)) < 0.4).astype(np.int8)
    groups = np.array(list("aabbccddeeff"))[RANDOM.permutation(np.repeat(np.arange(12), 2))]
    scores = leave_one_out(F @ F.T, Y, groups)
    rows = np.column_stack([F, np.ones(24)])
    for name in "abcdef":
        mine = groups == name
        model = Ridge(alpha=RIDGE, fit_intercept=False, solver="cholesky")
        model.fit(rows[~mine], Y[~mine])
        np.testing.assert_allclose(scores[mine], model.predict(rows[mine]), atol=2e-3)


def test_an_unjudged_image_changes_nothing_for_its_concept():
    kernels, Y = planted()
    masked = Y.copy()
    masked[7, 2] = -1
    flipped = masked.copy()
    inside = leave_one_out(kernels[0], masked)
    assert inside[7, 2] == 0
    kept = np.delete(np.arange(len(Y)), 7)
    without = leave_one_out(kernels[0][np.ix_(kept, kept)], flipped[kept])
    np.testing.assert_allclose(inside[kept, 2], without[:, 2], atol=1e-3)


def test_search_finds_the_kernel_that_knows_and_leaves_noise():
    kernels, Y = planted()
    weights = search_weights(kernels, Y)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert weights[0] > weights[1]
    assert weights[0] > weights[2]

    def reached(w):
        scores = leave_one_out(weighted_sum(kernels, np.asarray(w)), Y)
        return average_precision(scores, Y).mean()

    assert reached(weights) > reached([1 / 3] * 3)
    assert reached(weights) >= reached([1, 0, 0]) - 1e-3


def test_equal_kernels_keep_equal_weights():
    kernels, Y = planted()
    np.testing.assert_allclose(search_weights([kernels[0]] * 3, Y), 1 / 3)
    np.testing.assert_array_equal(search_weights(kernels[:1], Y), [1])


def test_nothing_to_rank_leaves_equal_weights():
    kernels, Y = planted()
    np.testing.assert_allclose(search_weights(kernels, np.full_like(Y, -1)), 1 / 3)
