import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from engineered.aggregation.bag_of_words import BagOfWords
from engineered.aggregation.spatial_pyramid import SpatialPyramid

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


CODERS = [
    {"assignment": assignment, "pooling": pooling}
    for assignment in ("hard", "soft", "llc")
    for pooling in ("average", "max")
]


@pytest.fixture
def image():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 6)).astype(np.float32)
    vectors[::9] = 0
    frames = random.uniform(0, 30, size=(200, 3)).astype(np.float32)
    return vectors, frames, (30, 30, 3)


def coder(parameters, **more):
    bag = BagOfWords(12, neighbours=4, random_state=0, **parameters, **more)
    return bag.fit(np.random.default_rng(1).normal(size=(400, 6)).astype(np.float32))


def naive(bag, vectors, frames, shape):
    """Return what the definitions say, vector by vector and word by word, in double precision."""
    pyramid = SpatialPyramid(bag.grids)
    regions = pyramid.assign(frames[:, 0], frames[:, 1], shape)
    codes = np.zeros((len(vectors), bag.words))
    words = bag.vocabulary_.astype(float)
    for x, code in zip(vectors.astype(float), codes, strict=True):
        if not x.any():
            continue
        squares = ((x - words) ** 2).sum(axis=1)
        near = np.argsort(squares)[: 1 if bag.assignment == "hard" else bag.neighbours]
        if bag.assignment == "llc":
            towards = words[near] - x
            C = towards @ towards.T
            weights = np.linalg.solve(
                C + 1e-4 * np.trace(C) * np.eye(len(near)), np.ones(len(near))
            )
        else:
            weights = np.exp(-squares[near] / (2 * (bag.width * bag.spread_) ** 2))
        code[near] = weights / weights.sum()
    pooled = np.zeros((pyramid.regions, bag.words))
    for region in range(pyramid.regions):
        inside = codes[(regions == region).any(axis=0)]
        if bag.pooling == "max":
            pooled[region] = inside.max(axis=0, initial=0)
        else:
            pooled[region] = inside.sum(axis=0) / len(vectors)
    return pooled.ravel()


@pytest.mark.parametrize("parameters", CODERS)
def test_codes_equal_a_naive_loop(parameters, image):
    bag = coder(parameters, grids=((1, 1), (2, 3)))
    row = bag.encode(*image)
    np.testing.assert_allclose(row, naive(bag, *image), atol=2e-5)
    assert row.dtype == np.float32
    assert len(row) == bag.dimension


@pytest.mark.parametrize("parameters", CODERS)
def test_order_of_vectors_and_of_words(parameters, image):
    bag = coder(parameters, grids=((1, 1),))
    vectors, frames, shape = image
    row = bag.encode(vectors, frames, shape)
    random = np.random.default_rng(2)
    order = random.permutation(len(vectors))
    np.testing.assert_allclose(bag.encode(vectors[order], frames[order], shape), row, atol=1e-6)
    words = random.permutation(bag.words)
    bag.vocabulary_ = bag.vocabulary_[words]
    np.testing.assert_allclose(bag.encode(vectors, frames, shape), row[words], atol=1e-5)


@pytest.mark.parametrize("parameters", CODERS)
def test_flat_ground_and_no_ground_have_no_code(parameters, image):
    bag = coder(parameters)
    vectors, frames, shape = image
    described = vectors.any(axis=1)
    with_flat, without = (
        bag.encode(vectors, frames, shape),
        bag.encode(vectors[described], frames[described], shape),
    )
    share = described.mean() if bag.pooling == "average" else 1
    np.testing.assert_allclose(with_flat, share * without, atol=1e-6)
    for count in (0, 3):
        row = bag.encode(np.zeros((count, 6), np.float32), frames[:count], (1, 1))
        np.testing.assert_array_equal(row, np.zeros(bag.dimension))


@pytest.mark.parametrize("assignment", ["soft", "llc"])
def test_one_neighbour_is_hard(assignment, image):
    hard = coder({})
    bag = coder({"assignment": assignment}).set_params(neighbours=1)
    np.testing.assert_allclose(bag.encode(*image), hard.encode(*image), atol=1e-6)


def test_soft_votes_are_shares_of_the_vectors(image):
    bag = coder({"assignment": "soft"}, grids=((1, 1), (2, 2)))
    described = image[0].any(axis=1).mean()
    row = bag.encode(*image).reshape(5, -1)
    assert row[0].sum() == pytest.approx(described, abs=1e-5)
    np.testing.assert_allclose(row[1:].sum(axis=0), row[0], atol=1e-6)


def test_warming_up_needs_no_vocabulary():
    BagOfWords(assignment="llc").warm_up()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"assignment": "firm"}, "assignment must be .* got 'firm'"),
        ({"pooling": "min"}, "pooling must be"),
        ({"assignment": "llc", "neighbours": 9}, "neighbours must be 1 to .* 8; got 9"),
        ({"assignment": "soft", "width": 0}, "width"),
    ],
)
def test_wrong_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        BagOfWords(8, **parameters).fit(np.ones((20, 4), np.float32))


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
