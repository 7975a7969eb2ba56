import torch
from hypothesis import given
from hypothesis import strategies as st

from learned.training.squares import place_square, square_mask


@given(st.data(), st.integers(1, 9))
def test_a_mask_is_its_square(data, size):
    sides = data.draw(st.lists(st.integers(0, size), min_size=1, max_size=4))
    first = [[data.draw(st.integers(0, size - side)) for _ in range(2)] for side in sides]
    mask = square_mask(torch.tensor(first), torch.tensor(sides), size)
    assert mask.shape == (len(sides), 1, size, size)
    for (row, column), side, found in zip(first, sides, mask[:, 0], strict=True):
        expected = torch.zeros(size, size, dtype=torch.bool)
        expected[row : row + side, column : column + side] = True
        assert torch.equal(found, expected)
        assert torch.equal(found, square_mask(torch.tensor([[row, column]]), side, size)[0, 0])


@given(st.integers(1, 9), st.data())
def test_each_place_is_as_likely(size, data):
    side = data.draw(st.integers(0, size))
    places = size - side + 1
    # The middle of each place's share of the draws, and both ends.
    draws = torch.cat([(torch.arange(places) + 0.5) / places, torch.tensor([0.0, 1.0])])
    found = place_square(draws[:, None].expand(-1, 2), side, size)
    expected = torch.tensor([*range(places), 0, places - 1]).float()
    assert torch.equal(found, expected[:, None].expand(-1, 2))
    sides = torch.full((len(draws), 1), float(side))
    assert torch.equal(found, place_square(draws[:, None].expand(-1, 2), sides, size))
