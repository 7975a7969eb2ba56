import math

import pytest
import torch

from learned.training.augmentation import Augmentation

NAMES = ("shift", "scale", "rotation", "contrast", "brightness")


def images(n=4, size=8, seed=0):
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(seed))


def draws(n=4, **values):
    columns = ("shift_x", "shift_y", "scale", "rotation", "mirror", "contrast", "brightness")
    table = torch.zeros(n, 7)
    table[:, 4] = 1.0
    for name, value in values.items():
        table[:, columns.index(name)] = value
    return table


def test_without_strengths_the_batch_comes_back_itself():
    batch = images()
    assert Augmentation()(batch, torch.Generator().manual_seed(0)) is batch


def test_draws_of_zero_leave_the_batch_as_it_is():
    strong = Augmentation(0.3, 0.5, 40.0, True, 0.5, 0.5)
    batch = images()
    assert torch.allclose(strong.apply(batch, draws()), batch, atol=1e-5)


def test_a_quarter_shift_moves_by_a_quarter_of_the_side():
    batch = images()
    view = Augmentation(shift=0.25).apply(batch, draws(shift_x=1.0, shift_y=-1.0))
    assert torch.allclose(view[..., 2:, :-2], batch[..., :-2, 2:], atol=1e-5)


def test_a_quarter_turn_is_rot90():
    batch = images()
    view = Augmentation(rotation=90.0).apply(batch, draws(rotation=1.0))
    assert torch.allclose(view, torch.rot90(batch, 1, (2, 3)), atol=1e-5)


def test_zooming_in_twice_shows_the_middle():
    # A ramp stays a ramp of half the slope.
    ramp = torch.arange(16.0).expand(1, 3, 16, 16)
    view = Augmentation(scale=math.log(2)).apply(ramp, draws(1, scale=-1.0))
    assert torch.allclose(view[0, 0, 8], 7.5 + (torch.arange(16.0) - 7.5) / 2, atol=1e-4)


def test_mirror_flips_left_to_right_only_when_drawn_and_only_when_on():
    batch = images()
    table = draws()
    table[0, 4] = table[2, 4] = -1.0
    view = Augmentation(mirror=True).apply(batch, table)
    assert torch.allclose(view[[0, 2]], batch[[0, 2]].flip(3), atol=1e-5)
    assert torch.allclose(view[[1, 3]], batch[[1, 3]], atol=1e-5)
    still = Augmentation(mirror=False, shift=1e-9).apply(batch, table)
    assert torch.allclose(still, batch, atol=1e-5)


def test_about_half_are_mirrored():
    ramp = torch.arange(8.0).expand(400, 3, 8, 8)
    view = Augmentation(mirror=True)(ramp, torch.Generator().manual_seed(0))
    assert 150 < (view[:, 0, 0, 0] > 3.5).sum() < 250


def test_without_mirror_no_image_is_ever_mirrored():
    ramp = torch.arange(16.0).expand(400, 3, 16, 16)
    view = Augmentation(0.1, 0.2, 20.0, False, 0.3, 0.3)(ramp, torch.Generator().manual_seed(0))
    assert (view[:, 0, 8, 12] > view[:, 0, 8, 4]).all()


def test_brightness_adds_and_contrast_stretches_about_the_mean():
    batch = images()
    brighter = Augmentation(brightness=0.4).apply(batch, draws(brightness=0.5))
    assert torch.allclose(brighter, batch + 0.2, atol=1e-6)
    stretched = Augmentation(contrast=0.3).apply(batch, draws(contrast=-1.0))
    mean = batch.mean(dim=(1, 2, 3), keepdim=True)
    assert torch.allclose(stretched, mean + (batch - mean) * math.exp(-0.3), atol=1e-5)


def test_views_stay_with_their_labels():
    # Image i is flat with value i: no warp and no contrast changes that.
    batch = torch.arange(6.0).view(6, 1, 1, 1).expand(6, 3, 8, 8)
    view = Augmentation(0.3, 0.5, 40.0, True, 0.0, 0.5)(batch, torch.Generator().manual_seed(0))
    assert torch.allclose(view, batch, atol=1e-4)


def test_views_are_drawn_from_the_generator_alone():
    augmentation = Augmentation(0.1, 0.1, 10.0, True, 0.1, 0.1)
    state = torch.random.get_rng_state()
    first, again, other = (
        augmentation(images(), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_images_of_a_batch_are_drawn_independently():
    batch = images(1).repeat(2, 1, 1, 1)
    view = Augmentation(shift=0.3)(batch, torch.Generator().manual_seed(0))
    assert not torch.allclose(view[0], view[1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_strengths_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        Augmentation(**{name: value})
