import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from learned.training.cutmix import CutMix


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@given(st.integers(1, 40), st.integers(0, 99))
def test_squares_lie_within_the_image(size, seed):
    side, *first = CutMix(1.0).draw(50, size, seeded(seed)).T
    for start in first:
        assert (start >= 0).all()
        assert (start + side <= size).all()


def test_areas_are_uniform_and_each_place_as_likely():
    squares = CutMix(1.0).draw(20_000, 100, seeded())
    kept = CutMix(1.0).kept(squares, 100)
    assert kept.mean().item() == pytest.approx(0.5, abs=0.01)
    assert kept.var().item() == pytest.approx(1 / 12, rel=0.05)
    side, row, column = squares.double().T
    free = side < 90
    for start in (row, column):
        place = (start / (100 - side))[free]
        assert place.mean().item() == pytest.approx(0.5, abs=0.02)
        assert place.var().item() == pytest.approx(1 / 12, rel=0.1)


def test_what_is_pasted_is_the_share_that_is_lost():
    images, before = torch.zeros(30, 3, 7, 7), torch.ones(30, 3, 7, 7)
    squares = CutMix(1.0).draw(30, 7, seeded())
    pasted = CutMix(1.0).paste(images, before, squares)
    lost = pasted.mean(dim=(1, 2, 3))
    assert torch.allclose(lost, 1 - CutMix(1.0).kept(squares, 7), atol=1e-6)
    assert len(lost.unique()) > 4


def test_memory_order_is_kept():
    images = torch.zeros(4, 3, 8, 8).to(memory_format=torch.channels_last)
    pasted = CutMix(1.0).paste(images, images + 1, CutMix(1.0).draw(4, 8, seeded()))
    assert pasted.is_contiguous(memory_format=torch.channels_last)


def test_batches_are_chosen_by_their_share():
    generator = seeded()
    assert all(CutMix(1.0).chosen(generator) for _ in range(100))
    chosen = sum(CutMix(0.3).chosen(generator) for _ in range(5000))
    assert chosen / 5000 == pytest.approx(0.3, abs=0.03)


def test_squares_come_from_the_generator_alone():
    state = torch.random.get_rng_state()
    first, again, other = (CutMix(1.0).draw(8, 30, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.random.get_rng_state(), state)
