"""Evidence comes as maps of any shape or as places, and keeps its sum on the one grid."""

import numpy as np
import pytest

from benchmarks.harness.evidence_map import CELLS, from_map, from_places


@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (64, 64), (48, 100), (224, 224)])
def test_a_map_of_any_shape_keeps_its_sum_and_its_places(shape):
    values = np.random.default_rng(0).normal(size=shape)
    found = from_map(values)
    assert found.shape == (CELLS, CELLS)
    assert found.sum() == pytest.approx(values.sum())
    half = CELLS // 2
    if shape[0] % 2 == 0:
        assert found[:half].sum() == pytest.approx(values[: shape[0] // 2].sum())


def test_a_map_of_the_grid_s_own_shape_is_left_as_it_is():
    values = np.random.default_rng(0).normal(size=(CELLS, CELLS))
    np.testing.assert_allclose(from_map(values), values, atol=1e-12)


def test_a_patch_is_four_scales_wide_around_its_centre():
    # An image of 128 x 64: a cell is 2 rows by 1 column of pixels.
    frames = np.array([[19.5, 63.5, 4.0]])
    found = from_places(np.array([2.0]), frames, (128, 64, 3))
    rows, columns = np.nonzero(found)
    assert (rows.min(), rows.max() + 1) == (28, 36)
    assert (columns.min(), columns.max() + 1) == (12, 28)
    assert found.sum() == pytest.approx(2)
    assert np.ptp(found[28:36, 12:28]) < 1e-12


def test_nothing_is_lost_over_the_edge():
    frames = np.array([[0, 0, 20], [95, 95, 30], [-40, 40, 1], [300, 300, 2]], float)
    values = np.array([1.0, -3.0, 5.0, 0.25])
    found = from_places(values, frames, (96, 96))
    assert found.sum() == pytest.approx(values.sum())
    assert from_places(np.zeros(0), np.zeros((0, 3)), (96, 96)).sum() == 0


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="rows, columns"):
        from_map(np.zeros(5))
    with pytest.raises(ValueError, match="of shape"):
        from_places(np.zeros(3), np.zeros((2, 3)), (9, 9))
