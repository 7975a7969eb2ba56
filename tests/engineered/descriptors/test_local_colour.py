import pickle
import warnings

import numpy as np
import pytest
import skimage.data
from sklearn.base import clone

from engineered.descriptors.local_colour import LocalColourStatistics


def cell_of(image, row, column, size):
    """Weighted mean and deviation of a box around a pixel, by its definition."""
    weights = []
    for centre, length in ((row, image.shape[0]), (column, image.shape[1])):
        away = np.abs(np.arange(length) - centre)
        weights.append(np.where(away < size / 2, 1, np.where(away == size / 2, 0.5, 0)))
    weight = weights[0][:, None] * weights[1]
    pixels = image / 255
    mean = np.einsum("yx,yxc->c", weight, pixels) / weight.sum()
    square = np.einsum("yx,yxc->c", weight, (pixels - mean) ** 2) / weight.sum()
    return np.concatenate([mean, np.sqrt(square)])


@pytest.mark.parametrize("size", [1, 2, 3, 6, 9])
def test_cells_are_those_of_the_definition(size):
    image = skimage.data.astronaut()[100:140, 180:232]
    descriptor = LocalColourStatistics(step=5, sizes=(size,), max_side=None)
    vectors, frames = descriptor.extract(np.ascontiguousarray(image))
    assert len(vectors) > 10
    assert vectors.shape[1] == descriptor.dimension == 96
    for number in (0, len(vectors) // 2, len(vectors) - 1):
        x, y, scale = frames[number]
        assert scale == size
        reference = [
            cell_of(image, y + (r - 1.5) * size, x + (c - 1.5) * size, size)
            for r in range(4)
            for c in range(4)
        ]
        np.testing.assert_allclose(vectors[number], np.concatenate(reference), atol=1e-6)


def test_one_colour_has_no_deviation_at_all():
    image = np.full((90, 70, 3), (10, 128, 251), np.uint8)
    vectors, _ = LocalColourStatistics().extract(image)
    cells = vectors.reshape(len(vectors), 16, 6)
    expected = np.broadcast_to(image[0, 0] / 255, cells[:, :, :3].shape)
    np.testing.assert_allclose(cells[:, :, :3], expected, rtol=1e-6)
    assert not cells[:, :, 3:].any()


def test_only_black_is_all_zeros():
    image = np.zeros((60, 160, 3), np.uint8)
    image[:, 100:] = (0, 0, 1)
    vectors, frames = LocalColourStatistics(sizes=(4,)).extract(image)
    np.testing.assert_array_equal(vectors.any(axis=1), frames[:, 0] + 1.5 * 4 + 2 >= 100)


def test_half_black_half_white_has_the_largest_deviation():
    image = np.zeros((64, 64, 3), np.uint8)
    image[:, ::2] = 255
    vectors, frames = LocalColourStatistics(sizes=(6,), step=2).extract(image)
    # Cells that the edge cuts need not hold equally much of both.
    inside = np.abs(frames[:, 0] - 31.5) < 18
    assert inside.sum() > 100
    np.testing.assert_allclose(vectors[inside], 0.5, atol=1e-6)


def test_moving_the_image_by_the_step_permutes_the_vectors():
    image = skimage.data.coffee()[:220, :320]
    descriptor = LocalColourStatistics(step=4, sizes=(4, 7), max_side=None)
    here, frames = descriptor.extract(np.ascontiguousarray(image[:200, :300]))
    there, moved = descriptor.extract(np.ascontiguousarray(image[4:204, 8:308]))
    place = {tuple(frame): i for i, frame in enumerate(frames)}
    pairs = np.array(
        [
            (place[x + 8, y + 4, scale], j)
            for j, (x, y, scale) in enumerate(moved)
            if 30 < x < 260 and 30 < y < 160
        ]
    )
    assert len(pairs) > 1000
    # Sums are exact, so this holds to the last bit.
    np.testing.assert_array_equal(here[pairs[:, 0]], there[pairs[:, 1]])


@pytest.mark.parametrize("max_side", [None, 300])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3), (12, 12), (13, 13), (40, 13)])
def test_every_image_has_defined_vectors(shape, max_side):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors, frames = LocalColourStatistics(max_side=max_side).extract(image)
    assert vectors.shape == (len(frames), 96)
    assert (len(vectors) > 0) == (min(shape) > 12)
    assert vectors.dtype == frames.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert not len(vectors) or (vectors.min() >= 0 and vectors.max() <= 1)


def test_clones_and_pickles_are_the_same():
    image = np.ascontiguousarray(skimage.data.astronaut()[:60, :80])
    descriptor = LocalColourStatistics(step=6, sizes=(5,), max_side=70)
    expected, _ = descriptor.extract(image)
    for same in (clone(descriptor), pickle.loads(pickle.dumps(descriptor))):
        np.testing.assert_array_equal(same.extract(image)[0], expected)


@pytest.mark.parametrize("parameters", [{"step": 0}, {"sizes": (4, 0.5)}, {"max_side": 0}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        LocalColourStatistics(**parameters).extract(np.zeros((50, 50, 3), np.uint8))
