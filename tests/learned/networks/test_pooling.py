import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from learned.networks.pooling import GridPooling, check_pooling, pool

MAPS = st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(4, 9)] * 2).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(-9, 9, width=16))
)


@settings(deadline=None)
@given(maps=MAPS, rows=st.integers(1, 4), columns=st.integers(1, 4))
def test_cells_are_pooled_as_by_hand(maps, rows, columns):
    n, channels, height, width = maps.shape
    vectors = pool(torch.from_numpy(maps), "average+max", [(rows, columns)]).numpy()
    averages, maxima = np.split(vectors.reshape(n, 2 * channels, rows, columns), 2, axis=1)
    for r in range(rows):
        for c in range(columns):
            # A cell reaches from the floor of its beginning to the ceiling of its end.
            top, bottom = r * height // rows, -(-(r + 1) * height // rows)
            left, right = c * width // columns, -(-(c + 1) * width // columns)
            cell = maps[:, :, top:bottom, left:right]
            assert np.allclose(averages[:, :, r, c], cell.mean(axis=(2, 3)), atol=1e-4)
            assert np.array_equal(maxima[:, :, r, c], cell.max(axis=(2, 3)))


def test_grids_follow_each_other():
    maps = torch.randn(2, 5, 6, 6)
    pyramid = pool(maps, "max", [(1, 1), (2, 3)])
    assert pyramid.shape == (2, 5 * 7)
    assert torch.equal(pyramid[:, :5], pool(maps, "max"))
    assert torch.equal(pyramid[:, 5:], pool(maps, "max", [(2, 3)]))


def test_vectors_are_taken_as_they_are_in_float32():
    flat = torch.randn(3, 4).bfloat16()
    assert torch.equal(pool(flat, "max", [(2, 2)]), flat.float())


def test_what_cannot_be_pooled_is_an_error():
    with pytest.raises(
        ValueError, match="maps have 2x5 places here, too few for a grid of 3x3: give coarser"
    ):
        pool(torch.zeros(1, 4, 2, 5), grids=[(3, 3)])
    with pytest.raises(ValueError, match=r"shape \(1, 4, 2\); it must be"):
        pool(torch.zeros(1, 4, 2))


@pytest.mark.parametrize(
    ("pooling", "grids", "message"),
    [
        ("mean", ((1, 1),), "pooling must be one of average, max, average\\+max, got 'mean'"),
        ("max", (), "grids must be pairs"),
        ("max", ((1, 0),), "grids must be pairs"),
        ("max", ((1, 1, 1),), "grids must be pairs"),
        ("max", (3,), "grids must be pairs"),
        ("max", 3, "grids must be pairs"),
    ],
)
def test_wrong_options_are_refused(pooling, grids, message):
    with pytest.raises(ValueError, match=message):
        check_pooling(pooling, grids)


@pytest.mark.parametrize("pooling", ["average", "max", "average+max"])
def test_the_layer_says_how_many_values_it_makes(pooling):
    layer = GridPooling(pooling, [[1, 1], [2, 3]])
    maps = torch.randn(2, 5, 6, 7)
    values = layer(maps)
    assert torch.equal(values, pool(maps, pooling, ((1, 1), (2, 3))))
    assert values.shape == (2, 5 * layer.values_a_map)
    assert str(layer) == f"GridPooling({pooling!r}, grids=[(1, 1), (2, 3)])"
    with pytest.raises(ValueError, match="grids must be pairs"):
        GridPooling(pooling, [])
