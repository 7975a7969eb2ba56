import numpy as np
import pytest
from sklearn.decomposition import PCA

from engineered.aggregation.local_pca import LocalPCA

RANDOM = np.random.default_rng(0)
VECTORS = (RANDOM.normal(size=(500, 10)) @ RANDOM.normal(size=(10, 10)) + 3).astype(np.float32)


@pytest.mark.parametrize("whiten", [False, True])
def test_equal_to_scikit_learn_up_to_sign(whiten):
    ours = LocalPCA(4, whiten=whiten).fit(VECTORS).transform(VECTORS[:50])
    # Its variance divides by m - 1.
    theirs = PCA(4, whiten=whiten, svd_solver="full").fit(VECTORS).transform(VECTORS[:50])
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=2e-3, rtol=2e-3)


def test_signs_do_not_depend_on_the_sample():
    first = LocalPCA(3).fit(VECTORS[:250]).projection_
    second = LocalPCA(3).fit(VECTORS[250:]).projection_
    assert (np.sum(first * second, axis=0) > 0).all()


def test_whitening_a_constant_direction_stays_finite():
    vectors = VECTORS.copy()
    vectors[:, 3] = 1
    z = LocalPCA(10, whiten=True).fit(vectors).transform(vectors)
    assert np.isfinite(z).all()
    assert np.abs(z[:, -1]).max() < 1


def test_no_vectors_and_wrong_sizes():
    fitted = LocalPCA(3).fit(VECTORS)
    assert fitted.transform(VECTORS[:0]).shape == (0, 3)
    with pytest.raises(ValueError, match="keeps 1 to 10, not 11"):
        LocalPCA(11).fit(VECTORS)
    with pytest.raises(ValueError, match="two at least"):
        LocalPCA(2).fit(VECTORS[:1])
