import torch
from hypothesis import given
from hypothesis import strategies as st

from learned.training.squares import square_mask


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
