import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from learned.training.growth import shrink, view_sides
from learned.training.recipe import Recipe


def test_views_grow_in_a_line_until_their_share_of_the_epochs():
    recipe = Recipe(epochs=10, start_scale=0.5, growth_share=0.5)
    # 0.5, 0.6, ... 0.9 of 80 pixels, on multiples of four; then the whole.
    assert view_sides(recipe, 80) == [40, 48, 56, 64, 72, 80, 80, 80, 80, 80]


@given(
    epochs=st.integers(1, 40),
    size=st.integers(1, 224),
    start=st.floats(0.05, 1),
    growth=st.floats(0.05, 1),
)
def test_sides_never_shrink_nor_exceed_the_image(epochs, size, start, growth):
    sides = view_sides(Recipe(epochs=epochs, start_scale=start, growth_share=growth), size)
    assert len(sides) == epochs
    assert (np.diff(sides) >= 0).all()
    assert 1 <= sides[0] <= sides[-1] <= size


def test_shrinking_takes_means():
    # The finest checkerboard becomes flat, where dropping pixels would keep it; a ramp stays one.
    board = (torch.arange(16)[:, None] + torch.arange(16)).remainder(2).float()[None, None]
    half = shrink(board.expand(2, 3, 16, 16), 8)
    assert half.shape == (2, 3, 8, 8)
    torch.testing.assert_close(half[..., 1:-1, 1:-1], torch.full((2, 3, 6, 6), 0.5))
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    inner = shrink(ramp, 8)[0, 0, 0, 1:-1]
    torch.testing.assert_close(inner, torch.arange(8.0)[1:-1] * 2 + 0.5)


def test_images_of_that_side_are_left_alone():
    images = torch.zeros(1, 3, 8, 8)
    assert shrink(images, 8) is images


def test_the_default_grows_nothing():
    assert view_sides(Recipe(epochs=3), 31) == [31] * 3


@pytest.mark.parametrize("size", [5, 31, 32])
def test_the_last_views_are_the_images_whatever_their_size(size):
    assert view_sides(Recipe(epochs=4, start_scale=0.3), size)[-1] == size
