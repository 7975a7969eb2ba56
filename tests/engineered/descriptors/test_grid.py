import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from engineered.descriptors.cell_kernel import cell_positions
from engineered.descriptors.colour_sift import DenseColourSIFT
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.grid import CELLS, Grid
from engineered.descriptors.local_colour import LocalColourStatistics

DESCRIPTORS = (DenseSIFT, DenseColourSIFT, LocalColourStatistics)
PLACES = st.tuples(st.integers(1, 90), st.integers(1, 90), st.integers(1, 12), st.integers(1, 9))


@given(PLACES)
def test_a_grid_is_the_largest_that_fits_and_in_the_middle(place):
    height, width, size, step = place
    grid = Grid.centred(height, width, size, step)
    for length, lines in ((height, grid.rows), (width, grid.columns)):
        assert len(lines) == max(0, (length - 1 - 3 * size) // step + 1)
        if len(lines):
            before, after = lines[0], length - 1 - (lines[-1] + 3 * size)
            assert 0 <= before <= after <= before + 1
            assert (np.diff(lines) == step).all()
    assert len(grid) == len(grid.rows) * len(grid.columns)


# The first call loads the kernel.
@settings(deadline=None)
@given(PLACES)
def test_every_cell_is_found_at_its_position(place):
    height, _, size, step = place
    rows = Grid.centred(height, height, size, step).rows
    positions, where = cell_positions(rows, size, height)
    wanted = rows[:, None] + size * np.arange(CELLS)
    np.testing.assert_array_equal(positions[where], wanted)
    np.testing.assert_array_equal(positions, np.unique(wanted))


def test_descriptors_on_a_grid_describe_the_same_patches():
    image = np.random.default_rng(0).integers(0, 256, (120, 410, 3)).astype(np.uint8)
    parameters = {"step": 5, "sizes": (3, 8), "max_side": 200}
    _, frames = DenseSIFT(**parameters).extract(image)
    for descriptor in DESCRIPTORS[1:]:
        np.testing.assert_array_equal(descriptor(**parameters).extract(image)[1], frames)


@pytest.mark.parametrize("descriptor", DESCRIPTORS)
def test_warming_up_needs_room_for_one_patch_only(descriptor):
    descriptor(sizes=(200,)).warm_up()
    clone(descriptor(sizes=(1, 4))).warm_up()
    with pytest.raises(ValueError, match="sizes"):
        descriptor(sizes=()).warm_up()


@pytest.mark.parametrize("descriptor", DESCRIPTORS)
def test_whole_numbers_may_be_written_as_floats(descriptor):
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    vectors, _ = descriptor(step=4, sizes=(4,)).extract(image)
    same, _ = descriptor(step=4.0, sizes=(4.0,)).extract(image)
    np.testing.assert_array_equal(vectors, same)
