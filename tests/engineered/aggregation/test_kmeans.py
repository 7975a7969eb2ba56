import numpy as np
import pytest
import sklearn.cluster
from sklearn.base import clone
from sklearn.datasets import load_sample_image
from sklearn.exceptions import ConvergenceWarning

from engineered.aggregation.kmeans import KMeans
from engineered.descriptors.dense_sift import DenseSIFT


@pytest.fixture(scope="module")
def sift_vectors():
    vectors = [
        DenseSIFT().extract(load_sample_image(name))[0] for name in ("china.jpg", "flower.jpg")
    ]
    stacked = np.concatenate(vectors)
    stacked = stacked[stacked.any(axis=1)]
    return np.random.default_rng(0).permutation(stacked)[:10_000]


def test_inertia_is_that_of_scikit_learn_on_sift(sift_vectors):
    theirs = sklearn.cluster.KMeans(64, n_init=1, max_iter=30, random_state=0).fit(sift_vectors)
    ours = KMeans(64, random_state=0).fit(sift_vectors)
    assert ours.inertia_ < 1.02 * theirs.inertia_
    labels = ours.predict(sift_vectors)
    inertia = ((sift_vectors - ours.cluster_centers_[labels]) ** 2).sum(dtype=float)
    assert ours.inertia_ == pytest.approx(inertia, rel=1e-4)


def test_most_iterations_on_a_part_of_the_rows_cost_little_inertia(sift_vectors):
    full = KMeans(32, max_iter=20, rows_per_cluster=None, random_state=0).fit(sift_vectors)
    part = KMeans(32, max_iter=20, rows_per_cluster=80, random_state=0).fit(sift_vectors)
    assert part.inertia_ < 1.015 * full.inertia_
    assert part.n_iter_ <= 20
    assert not np.array_equal(part.cluster_centers_, full.cluster_centers_)


def test_few_rows_are_seen_in_full(sift_vectors):
    X = sift_vectors[:2000]
    full, part = (
        KMeans(20, rows_per_cluster=rows, random_state=0).fit(X).cluster_centers_
        for rows in (None, 100)
    )
    np.testing.assert_array_equal(full, part)


@pytest.mark.parametrize("passes", [0, 1, 5])
def test_parts_smaller_than_the_vocabulary_and_few_iterations(passes):
    X = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    kmeans = KMeans(40, max_iter=3, rows_per_cluster=1, full_passes=passes, random_state=0).fit(X)
    assert np.isfinite(kmeans.cluster_centers_).all()
    assert kmeans.n_iter_ <= 3


def test_lloyd_takes_the_steps_of_scikit_learn(sift_vectors):
    X = sift_vectors[:1500] - sift_vectors[:1500].mean(axis=0)
    start = X[:10].copy()
    theirs = sklearn.cluster.KMeans(10, init=start, n_init=1, max_iter=4, tol=0).fit(X)
    ours = KMeans(10, max_iter=4, tol=0)
    ours.n_iter_ = 0
    np.testing.assert_allclose(ours._lloyd(X, start, 4), theirs.cluster_centers_, atol=1e-4)


def test_centres_are_means_at_convergence(sift_vectors):
    X = sift_vectors[:2000]
    kmeans = KMeans(8, max_iter=500, tol=0, random_state=0).fit(X)
    labels = kmeans.predict(X)
    means = np.stack([X[labels == k].mean(axis=0) for k in range(8)])
    np.testing.assert_allclose(kmeans.cluster_centers_, means, atol=1e-4)


def test_one_seed_gives_one_vocabulary(sift_vectors):
    X = sift_vectors[:3000]
    first, second, other = (KMeans(20, random_state=seed).fit(X) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.cluster_centers_, second.cluster_centers_)
    assert not np.array_equal(first.cluster_centers_, other.cluster_centers_)


def test_separate_clusters_are_found_far_from_the_origin():
    random = np.random.default_rng(1)
    centres = 1000 + 20 * np.arange(12)[:, None] * np.ones(3)
    X = np.repeat(centres, 40, axis=0) + random.normal(size=(480, 3))
    found = KMeans(12, random_state=0).fit(X).cluster_centers_
    np.testing.assert_allclose(np.sort(found[:, 0]), centres[:, 0], atol=1)


def test_as_many_clusters_as_rows_leaves_no_error():
    X = np.random.default_rng(0).normal(size=(25, 4)).astype(np.float32)
    assert KMeans(25, random_state=0).fit(X).inertia_ == pytest.approx(0, abs=1e-4)


def test_no_cluster_stays_empty():
    # Seeding draws from a part of the rows; most of them lie on one point.
    X = np.zeros((4000, 2), np.float32)
    X[:40] = np.random.default_rng(0).normal(scale=100, size=(40, 2))
    kmeans = KMeans(20, random_state=0)
    with pytest.warns(ConvergenceWarning, match="distinct"):
        kmeans.fit(X)
    assert len(np.unique(kmeans.predict(X))) == 20


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((4, 2)), "5 clusters among 4"),
        (np.full((9, 2), np.nan), "finite"),
        (np.ones(9), "shape"),
    ],
)
def test_wrong_rows_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        clone(KMeans(5)).fit(X)


@pytest.mark.parametrize(
    "parameters", [{"rows_per_cluster": 0}, {"full_passes": -1}, {"n_clusters": 0}]
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        KMeans(2).set_params(**parameters).fit(np.ones((9, 2)))
