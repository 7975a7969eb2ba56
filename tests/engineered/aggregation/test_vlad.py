import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from engineered.aggregation.local_pca import LocalPCA
from engineered.aggregation.spatial_pyramid import SpatialPyramid
from engineered.aggregation.vlad import VLAD

SHAPE = (30, 40, 3)


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    vectors = random.random((300, 8)).astype(np.float32)
    vectors[::7] = 0
    places = np.array([40, 30, 5]) * random.random((300, 3))
    return vectors, places.astype(np.float32)


def naive(vlad, vectors, frames):
    pyramid = SpatialPyramid(vlad.grids)
    regions = pyramid.assign(frames[:, 0], frames[:, 1], SHAPE)
    blocks = np.zeros((pyramid.regions, *vlad.centres_.shape))
    for i, x in enumerate(vectors.astype(float)):
        if x.any():
            ways = x - vlad.centres_
            nearest = (ways**2).sum(axis=1).argmin()
            way = ways[nearest]
            if vlad.residual_normalization:
                way = way / np.linalg.norm(way)
            for region in regions[:, i]:
                blocks[region, nearest] += way
    blocks = np.sign(blocks) * np.abs(blocks) ** vlad.power
    for region in blocks:
        if vlad.intra_normalization:
            for block in region:
                block /= np.linalg.norm(block) or 1
        region /= np.linalg.norm(region) or 1
    return blocks.ravel() / np.linalg.norm(blocks)


@pytest.mark.parametrize("grids", [((1, 1),), ((1, 1), (2, 2), (3, 1))])
@pytest.mark.parametrize("power", [1, 0.5, 0.3])
@pytest.mark.parametrize("intra", [True, False])
@pytest.mark.parametrize("residual", [True, False])
def test_equals_a_naive_loop(data, grids, power, intra, residual):
    vectors, frames = data
    vlad = VLAD(5, grids, None, residual, power, intra, random_state=0).fit(vectors[:60])
    row = vlad.encode(vectors, frames, SHAPE)
    np.testing.assert_allclose(row, naive(vlad, vectors, frames), atol=1e-5)
    assert row.dtype == np.float32
    assert len(row) == vlad.dimension
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("intra", [True, False])
def test_equals_vlfeat(data, intra):
    theirs = pytest.importorskip("cyvlfeat.vlad", reason="VLFeat is not installed")
    vectors, frames = data
    # Centres of other vectors: around their own, sums vanish, and only rounding is left.
    vlad = VLAD(5, intra_normalization=intra, random_state=0).fit(vectors[:60])
    described = vectors[vectors.any(axis=1)]
    distances = ((described[:, None] - vlad.centres_) ** 2).sum(axis=2)
    assignments = np.eye(5, dtype=np.float32)[distances.argmin(axis=1)]
    expected = theirs.vlad(described, vlad.centres_, assignments, normalize_components=intra)
    row = vlad.encode(vectors, frames, SHAPE)
    np.testing.assert_allclose(row, expected.ravel(), atol=1e-4)


def test_vectors_around_their_mean_cancel(data):
    vectors, frames = data
    described, frames = vectors[vectors.any(axis=1)], frames[vectors.any(axis=1)]
    vlad = VLAD(1, random_state=0).fit(described)
    sums = vlad.differences(described, frames, SHAPE)
    np.testing.assert_allclose(sums, 0, atol=1e-3)


def test_components_come_before_the_centres(data):
    vectors, frames = data
    vlad = VLAD(4, pca=3, random_state=0).fit(vectors)
    described = vectors[vectors.any(axis=1)]
    projected = LocalPCA(3).fit(described).transform(described)
    plain = VLAD(4, random_state=0).fit(projected)
    np.testing.assert_allclose(
        vlad.encode(vectors, frames, SHAPE),
        plain.encode(projected, frames[vectors.any(axis=1)], SHAPE),
        atol=1e-5,
    )
    assert vlad.dimension == 12


def test_the_order_of_the_vectors_does_not_matter(data):
    vectors, frames = data
    vlad = VLAD(5, grids=((2, 2),), random_state=0).fit(vectors[:60])
    order = np.random.default_rng(1).permutation(len(vectors))
    np.testing.assert_allclose(
        vlad.encode(vectors, frames, SHAPE),
        vlad.encode(vectors[order], frames[order], SHAPE),
        atol=1e-6,
    )


def test_centres_in_another_order_permute_the_blocks(data):
    vectors, frames = data
    vlad = VLAD(5, random_state=0).fit(vectors[:60])
    blocks = vlad.encode(vectors, frames, SHAPE).reshape(5, -1)
    order = np.array([3, 0, 4, 1, 2])
    vlad.centres_ = vlad.centres_[order]
    permuted = vlad.encode(vectors, frames, SHAPE).reshape(5, -1)
    np.testing.assert_allclose(permuted, blocks[order], atol=1e-6)


@pytest.mark.parametrize("residual", [True, False])
def test_nothing_to_tell_gives_zeros(data, residual):
    vlad = VLAD(5, residual_normalization=residual, pca=None, random_state=0).fit(data[0])
    on_centres = vlad.centres_.copy()
    for vectors in (np.zeros((0, 8), np.float32), np.zeros((4, 8), np.float32), on_centres):
        frames = np.zeros((len(vectors), 3), np.float32)
        np.testing.assert_array_equal(vlad.encode(vectors, frames, (1, 1)), np.zeros(40))


def test_clone_pickle_and_use_before_fit(data):
    vectors, frames = data
    vlad = VLAD(5, pca=4, random_state=0).fit(vectors)
    loaded = pickle.loads(pickle.dumps(vlad))
    np.testing.assert_array_equal(
        loaded.encode(vectors, frames, SHAPE), vlad.encode(vectors, frames, SHAPE)
    )
    with pytest.raises(NotFittedError):
        clone(vlad).encode(vectors, frames, SHAPE)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"centres": 0}, "centres"),
        ({"power": 0}, "power"),
        ({"grids": []}, "grids"),
        ({"centres": 999}, "999 centres .* got 257"),
        ({"pca": 9}, "8 dimensions"),
    ],
)
def test_wrong_parameters_are_refused(data, parameters, message):
    with pytest.raises(ValueError, match=message):
        VLAD(**parameters).fit(data[0])
