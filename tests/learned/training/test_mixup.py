import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from learned.training.mixup import Mixup, blend_targets


def test_images_blend_with_the_one_before_them():
    images = torch.arange(4.0).view(4, 1, 1, 1).expand(4, 3, 2, 2)
    shares = torch.tensor([1.0, 0.25, 0.0, 0.5])
    blended = Mixup(1.0).blend(images, images.roll(1, dims=0), shares)
    assert blended[:, 0, 0, 0].tolist() == [0, 0.25, 1, 2.5]


@given(arrays(np.int8, (5, 3), elements=st.integers(-1, 1)), st.floats(0, 1, width=32))
def test_a_blend_of_targets_is_unjudged_where_either_is(Y, share):
    targets = torch.from_numpy(Y).float()
    mixed = blend_targets(targets, torch.full((5,), share))
    for i in range(5):
        for k in range(3):
            a, b = targets[i, k].item(), targets[i - 1, k].item()
            if a < 0 or b < 0:
                assert mixed[i, k] == -1
            else:
                assert mixed[i, k].item() == pytest.approx(share * a + (1 - share) * b, abs=1e-6)


def test_classes_stay_distributions():
    targets = torch.eye(4)[[0, 1, 1, 3]]
    shares = Mixup(0.5).draw(4, torch.Generator().manual_seed(0))
    assert torch.allclose(blend_targets(targets, shares).sum(dim=1), torch.ones(4))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_have_the_moments_of_a_beta_distribution(alpha):
    shares = Mixup(alpha).draw(20_000, torch.Generator().manual_seed(0))
    assert shares.mean().item() == pytest.approx(0.5, abs=0.01)
    assert shares.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.05)


def test_shares_come_from_the_generator_alone():
    state = torch.random.get_rng_state()
    first, again, other = (
        Mixup(0.4).draw(8, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_one_image_blends_with_itself():
    targets = torch.tensor([[1.0, 0.0]])
    assert torch.equal(blend_targets(targets, torch.tensor([0.3])), targets)
