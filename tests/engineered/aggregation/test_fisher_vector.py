import pickle

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.feature import fisher_vector
from sklearn.base import clone
from sklearn.mixture import GaussianMixture

from engineered.aggregation.fisher_vector import FisherVector
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.sampling import places_of

RANDOM = np.random.default_rng(0)
VECTORS = (RANDOM.normal(size=(3000, 12)) * np.linspace(0.5, 2, 12) + 1).astype(np.float32)
SHAPE = (60, 80, 3)


def frames(m, seed=1):
    random = np.random.default_rng(seed)
    return random.uniform((0, 0, 4), (79, 59, 8), (m, 3)).astype(np.float32)


def reference(fitted):
    theirs = GaussianMixture(fitted.gaussians, covariance_type="diag")
    theirs.weights_, theirs.means_ = fitted.mixture_.weights_, fitted.mixture_.means_
    theirs.covariances_ = fitted.mixture_.variances_
    theirs.precisions_cholesky_ = 1 / np.sqrt(fitted.mixture_.variances_)
    return theirs


def test_gradients_are_those_of_scikit_image():
    fitted = FisherVector(8, pca=None, random_state=0).fit(VECTORS)
    ours = fitted.gradients(VECTORS[:900], frames(900), SHAPE)[0]
    theirs = fisher_vector(VECTORS[:900], reference(fitted), improved=False)[8:]
    # Its gradient by the deviations has the opposite sign.
    theirs[8 * 12 :] *= -1
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(theirs).max())


def test_gradients_are_those_of_the_formula_region_by_region():
    fitted = FisherVector(5, pca=6, grids=((1, 1), (2, 1)), random_state=0).fit(VECTORS)
    where = frames(400)
    ours = fitted.gradients(VECTORS[:400], where, SHAPE)
    z = fitted.pca_.transform(VECTORS[:400]).astype(np.float64)
    q = reference(fitted).predict_proba(z)
    upper = where[:, 1] + 0.5 < 30
    w, m, s = fitted.mixture_.weights_, fitted.mixture_.means_, np.sqrt(fitted.mixture_.variances_)
    for region, mine in enumerate([np.full(400, True), upper, ~upper]):
        x = (z[mine, None, :] - m) / s
        n = mine.sum()
        u = np.einsum("nk,nkd->kd", q[mine], x) / (n * np.sqrt(w)[:, None])
        v = np.einsum("nk,nkd->kd", q[mine], x**2 - 1) / (n * np.sqrt(2 * w)[:, None])
        expected = np.concatenate([u.ravel(), v.ravel()])
        np.testing.assert_allclose(ours[region], expected, atol=1e-4 * np.abs(expected).max())


def test_a_narrow_gaussian_far_from_the_origin_keeps_its_digits():
    random = np.random.default_rng(3)
    narrow = 0.16 + np.sqrt(9e-5) * random.normal(size=(2000, 4))
    X = np.concatenate([narrow, random.normal(size=(2000, 4))]).astype(np.float32)
    fitted = FisherVector(3, pca=None, random_state=0).fit(X)
    assert fitted.mixture_.variances_.min() < 1e-3
    ours = fitted.gradients(X, frames(len(X)), SHAPE)[0]
    q = reference(fitted).predict_proba(X.astype(np.float64))
    w, m, s = fitted.mixture_.weights_, fitted.mixture_.means_, np.sqrt(fitted.mixture_.variances_)
    x = (X[:, None, :].astype(np.float64) - m) / s
    u = np.einsum("nk,nkd->kd", q, x) / (len(X) * np.sqrt(w)[:, None])
    v = np.einsum("nk,nkd->kd", q, x**2 - 1) / (len(X) * np.sqrt(2 * w)[:, None])
    # Values are gradients in units of their own spread, whose scale is 1 / sqrt(n).
    np.testing.assert_allclose(ours, np.concatenate([u.ravel(), v.ravel()]), atol=1e-4)


def test_equal_to_vlfeat_where_it_is_installed():
    vlfeat = pytest.importorskip("cyvlfeat.fisher", reason="cyvlfeat is not installed")
    fitted = FisherVector(8, pca=None, random_state=0).fit(VECTORS)
    mixture = fitted.mixture_
    theirs = vlfeat.fisher(
        VECTORS[:500],
        mixture.means_.astype(np.float32),
        mixture.variances_.astype(np.float32),
        mixture.weights_.astype(np.float32),
    )
    ours = fitted.gradients(VECTORS[:500], frames(500), SHAPE)[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(ours).max())


def test_the_order_of_vectors_does_not_matter():
    fitted = FisherVector(8, pca=6, grids=((1, 1), (2, 2)), random_state=0).fit(VECTORS)
    where, order = frames(700), np.random.default_rng(2).permutation(700)
    straight = fitted.encode(VECTORS[:700], where, SHAPE)
    shuffled = fitted.encode(VECTORS[:700][order], where[order], SHAPE)
    np.testing.assert_allclose(shuffled, straight, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 300), st.sampled_from([1.0, 0.5, 0.3]), st.integers(0, 10**6))
def test_unit_length_or_zero(m, power, seed):
    random = np.random.default_rng(seed)
    fitted = FisherVector(4, pca=5, grids=((1, 1), (3, 1)), power=power, random_state=0)
    fitted.fit(VECTORS[:200])
    vectors = random.normal(size=(m, 12)).astype(np.float32)
    vectors[random.random(m) < 0.3] = 0
    row = fitted.encode(vectors, frames(m, seed), SHAPE)
    assert row.shape == (fitted.dimension,) == (4 * 5 * 2 * 4,)
    assert row.dtype == np.float32
    expected = 1.0 if vectors.any() else 0.0
    assert np.linalg.norm(row) == pytest.approx(expected, abs=1e-4)


def test_intra_normalization_gives_every_gaussian_the_same_say():
    fitted = FisherVector(
        6, pca=5, grids=((1, 1), (2, 1)), intra_normalization=True, random_state=0
    ).fit(VECTORS)
    blocks = fitted.encode(VECTORS[:400], frames(400), SHAPE).reshape(3, 2, 6, 5)
    lengths = np.sqrt((blocks**2).sum(axis=(1, 3)))
    np.testing.assert_allclose(lengths, 1 / np.sqrt(3 * 6), rtol=1e-4)
    plain = clone(fitted).set_params(intra_normalization=False).fit(VECTORS)
    other = plain.encode(VECTORS[:400], frames(400), SHAPE).reshape(3, 2, 6, 5)
    # Within a block, nothing but the scale changes.
    ratio = blocks / np.where(other == 0, 1, other)
    spread = ratio.std(axis=(1, 3)) / ratio.mean(axis=(1, 3))
    assert spread.max() < 1e-3


def test_vectors_without_contrast_take_no_part():
    fitted = FisherVector(4, pca=5, random_state=0).fit(VECTORS)
    flat = np.concatenate([VECTORS[:50], np.zeros((30, 12), np.float32)])
    with_flat = fitted.encode(flat, frames(80), SHAPE)
    np.testing.assert_array_equal(with_flat, fitted.encode(VECTORS[:50], frames(80)[:50], SHAPE))
    again = FisherVector(4, pca=5, random_state=0).fit(
        np.concatenate([VECTORS, np.zeros((99, 12), np.float32)])
    )
    np.testing.assert_allclose(again.mixture_.means_, fitted.mixture_.means_)


def test_a_vector_at_a_mean_pulls_nowhere():
    fitted = FisherVector(1, pca=None, random_state=0).fit(VECTORS)
    m, s = fitted.mixture_.means_[0], np.sqrt(fitted.mixture_.variances_[0])
    pair = np.stack([m + s, m - s]).astype(np.float32)
    np.testing.assert_allclose(fitted.gradients(pair, frames(2), SHAPE), 0, atol=1e-5)


def test_coordinates_tell_left_from_right():
    where = frames(3000)
    plain = FisherVector(8, pca=4, random_state=0).fit(VECTORS)
    placed = FisherVector(8, pca=4, coordinates=1.0, random_state=0)
    placed.fit(VECTORS, places_of(where, SHAPE))
    left, right = frames(200), frames(200)
    left[:, 0] /= 2
    right[:, 0] = 79 - left[:, 0]
    a, b = (placed.encode(VECTORS[:200], f, SHAPE) for f in (left, right))
    assert a @ b < 0.8
    a, b = (plain.encode(VECTORS[:200], f, SHAPE) for f in (left, right))
    np.testing.assert_array_equal(a, b)
    assert placed.dimension == 2 * 8 * 6
    with pytest.raises(ValueError, match="coordinates need the places"):
        clone(placed).fit(VECTORS)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 5000, 3), (10, 10, 3), (80, 80, 3)])
def test_images_too_small_or_blank_have_the_zero_vector(shape):
    descriptor = DenseSIFT(step=8)
    vectors, _ = descriptor.extract(skimage.data.astronaut())
    fitted = FisherVector(4, pca=10, random_state=0).fit(vectors)
    image = np.full(shape, 128, np.uint8)
    row = fitted.encode(*descriptor.extract(image), image.shape)
    np.testing.assert_array_equal(row, np.zeros(fitted.dimension, np.float32))


def test_clone_pickle_and_seed():
    fitted = FisherVector(4, pca=5, random_state=1).fit(VECTORS)
    again = clone(fitted).fit(VECTORS)
    row = fitted.encode(VECTORS[:40], frames(40), SHAPE)
    np.testing.assert_array_equal(again.encode(VECTORS[:40], frames(40), SHAPE), row)
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.encode(VECTORS[:40], frames(40), SHAPE), row)


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="4 Gaussians needs at least as many local vectors, got 3"):
        FisherVector(4, pca=2).fit(VECTORS[:3])
    with pytest.raises(ValueError, match="power must be"):
        FisherVector(2, power=0).fit(VECTORS)
    with pytest.raises(ValueError, match="coordinates must be"):
        FisherVector(2, coordinates=-1.0).fit(VECTORS)
    with pytest.raises(ValueError, match="12 dimensions"):
        FisherVector(2, pca=13).fit(VECTORS)
