import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from engineered.aggregation.bag_of_words import BagOfWords

WORDS = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)


def frames_at(places):
    return np.array([(x, y, 4) for x, y in places], np.float32)


@pytest.fixture
def bag():
    bag = BagOfWords(words=3, grids=((1, 1), (1, 2)))
    bag.vocabulary_ = WORDS
    return bag


def test_counts_by_hand(bag):
    vectors = np.array([[2, 0], [0.1, 3], [-1, 0], [1, 0.1]], np.float32)
    frames = frames_at([(0, 0), (1, 0), (9, 5), (8, 2)])
    histogram = bag.encode(vectors, frames, (6, 10, 3))
    expected = [2, 1, 1, 1, 1, 0, 1, 0, 1]
    np.testing.assert_allclose(histogram, np.array(expected) / 4)
    assert histogram.dtype == np.float32
    assert len(histogram) == bag.dimension


def test_flat_ground_dilutes_but_is_no_word(bag):
    vectors = np.array([[1, 0], [0, 0], [0, 0], [0, 0]], np.float32)
    histogram = bag.encode(vectors, frames_at([(0, 0)] * 4), (6, 10))
    np.testing.assert_allclose(histogram, [0.25, 0, 0, 0.25, 0, 0, 0, 0, 0])


def test_no_vectors_and_only_flat_ground_give_zeros(bag):
    for count in (0, 5):
        vectors = np.zeros((count, 2), np.float32)
        histogram = bag.encode(vectors, frames_at([(1, 1)] * count).reshape(-1, 3), (6, 10))
        np.testing.assert_array_equal(histogram, np.zeros(9))


def test_the_order_of_the_vectors_does_not_matter(bag):
    random = np.random.default_rng(0)
    vectors = random.normal(size=(500, 2)).astype(np.float32)
    frames = random.uniform(0, 50, size=(500, 3)).astype(np.float32)
    order = random.permutation(500)
    np.testing.assert_allclose(
        bag.encode(vectors, frames, (50, 50)), bag.encode(vectors[order], frames[order], (50, 50))
    )


def test_the_vocabulary_leaves_flat_ground_out():
    random = np.random.default_rng(0)
    vectors = random.normal(5, 1, size=(300, 4)).astype(np.float32)
    with_flat = np.concatenate([vectors, np.zeros((300, 4), np.float32)])
    plain, mixed = (BagOfWords(10, random_state=0).fit(v) for v in (vectors, with_flat))
    np.testing.assert_array_equal(plain.vocabulary_, mixed.vocabulary_)


def test_the_sample_is_bounded_and_seeded():
    vectors = np.random.default_rng(0).normal(size=(1000, 4)).astype(np.float32)
    bounded = BagOfWords(50, max_vectors=50, random_state=1).fit(vectors)
    # As many vectors as words: every word is one of the vectors.
    distances = np.abs(bounded.vocabulary_[:, None] - vectors[None]).max(axis=2).min(axis=1)
    assert distances.max() < 1e-5
    again = BagOfWords(50, max_vectors=50, random_state=1).fit(vectors)
    np.testing.assert_array_equal(bounded.vocabulary_, again.vocabulary_)


def test_too_few_vectors_are_an_error_that_counts_them():
    vectors = np.zeros((20, 4), np.float32)
    vectors[:7] = np.eye(7, 4) + 1
    with pytest.raises(ValueError, match=r"8 words .* got 7 \(13 without contrast"):
        BagOfWords(8).fit(vectors)


def test_clone_pickle_and_use_before_fit():
    vectors = np.random.default_rng(0).normal(size=(100, 4)).astype(np.float32)
    bag = BagOfWords(5, grids=((2, 2),), random_state=0).fit(vectors)
    frames = np.ones((100, 3), np.float32)
    loaded = pickle.loads(pickle.dumps(bag))
    np.testing.assert_array_equal(
        loaded.encode(vectors, frames, (9, 9)), bag.encode(vectors, frames, (9, 9))
    )
    with pytest.raises(NotFittedError):
        clone(bag).encode(vectors, frames, (9, 9))
