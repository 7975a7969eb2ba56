import math

import pytest
import torch

from learned.training.augmentation import Augmentation

NAMES = ("shift", "scale", "rotation", "contrast", "brightness", "aspect", "colour", "cutout")
EVERYTHING = Augmentation(0.1, 0.2, 20.0, True, 0.3, 0.3, 0.2, 0.1, 0.4)


def images(n=4, size=8, seed=0):
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(seed))


def draws(n=4, **values):
    columns = (
        *("shift_x", "shift_y", "scale", "rotation", "mirror", "contrast", "brightness", "aspect"),
        *(f"colour_{i}{j}" for i in range(3) for j in range(3)),
        *("cutout_row", "cutout_column"),
    )
    table = torch.zeros(n, 19)
    table[:, 4] = 1.0
    for name, value in values.items():
        table[:, columns.index(name)] = value
    return table


def test_without_strengths_the_batch_comes_back_itself():
    batch = images()
    assert Augmentation()(batch, torch.Generator().manual_seed(0)) is batch


def test_draws_of_zero_leave_the_batch_as_it_is():
    strong = Augmentation(0.3, 0.5, 40.0, True, 0.5, 0.5, 0.5, 0.5)
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


def test_an_aspect_of_four_halves_the_width_and_doubles_the_height():
    # Across, a ramp twice as steep; down, half as steep.
    ramp = torch.arange(16.0).expand(1, 3, 16, 16)
    wide = Augmentation(aspect=math.log(4)).apply(ramp, draws(1, aspect=1.0))
    assert torch.allclose(wide[0, 0, 8, 4:12], 7.5 + 2 * (torch.arange(4.0, 12) - 7.5), atol=1e-4)
    high = Augmentation(aspect=math.log(4)).apply(ramp.mT, draws(1, aspect=1.0))
    assert torch.allclose(high[0, 0, :, 8], 7.5 + (torch.arange(16.0) - 7.5) / 2, atol=1e-4)


def test_aspect_turns_with_the_image_and_mirrors_with_it():
    batch = images()
    both = Augmentation(rotation=90.0, aspect=0.4, mirror=True)
    view = both.apply(batch, draws(rotation=1.0, aspect=1.0, mirror=-1.0))
    stretched = Augmentation(aspect=0.4).apply(torch.rot90(batch, 1, (2, 3)), draws(aspect=1.0))
    assert torch.allclose(view, stretched.flip(3), atol=1e-4)


def test_colour_multiplies_the_channels_by_a_matrix():
    batch = images()
    view = Augmentation(colour=0.5).apply(batch, draws(colour_01=1.0, colour_22=-1.0))
    assert torch.allclose(view[:, 0], batch[:, 0] + 0.5 * batch[:, 1], atol=1e-6)
    assert torch.allclose(view[:, 1], batch[:, 1])
    assert torch.allclose(view[:, 2], 0.5 * batch[:, 2], atol=1e-6)


def test_colour_stays_on_average():
    batch = torch.tensor([1.0, -2.0, 0.5]).view(1, 3, 1, 1).expand(20_000, 3, 1, 1)
    view = Augmentation(colour=0.3)(batch, torch.Generator().manual_seed(0))[..., 0, 0]
    assert torch.allclose(view.mean(dim=0), batch[0, :, 0, 0], atol=0.02)
    # Each entry is uniform: its variance is 0.3**2 / 3.
    assert torch.allclose(view.var(dim=0), torch.full((3,), 0.03 * 5.25), rtol=0.05)


@pytest.mark.parametrize(("share", "side"), [(0.25, 2), (0.5, 4), (0.9, 7)])
def test_cutout_hides_a_square_of_its_size_somewhere_within(share, side):
    batch = images(2000).abs() + 1
    view = Augmentation(cutout=share)(batch, torch.Generator().manual_seed(0))
    hidden = view == 0
    assert (hidden.sum(dim=(2, 3)) == side**2).all()
    rows, columns = hidden[:, 0].any(dim=2), hidden[:, 0].any(dim=1)
    assert (rows.sum(dim=1) == side).all()
    assert (columns.sum(dim=1) == side).all()
    assert torch.equal(view[~hidden], batch[~hidden])
    # Every place is as likely.
    places = torch.bincount(rows.int().argmax(dim=1), minlength=9 - side).float() / 2000
    assert len(places) == 9 - side
    assert torch.allclose(places, torch.full((9 - side,), 1 / (9 - side)), atol=0.04)


def test_cutout_at_the_ends_of_the_draws_stays_within():
    batch = images().abs() + 1
    for end in (-1.0, 1.0):
        view = Augmentation(cutout=0.5).apply(batch, draws(cutout_row=end, cutout_column=-end))
        assert (view == 0).sum() == 4 * 3 * 16


def test_further_strengths_do_not_move_the_draws_of_the_others():
    few = Augmentation(0.1, 0.2, 20.0).draw(5, torch.Generator().manual_seed(3))
    more = EVERYTHING.draw(5, torch.Generator().manual_seed(3))
    assert few.shape == (5, 7)
    assert torch.equal(more[:, :7], few)
    assert (more.abs() <= 1).all()


def test_a_part_of_a_batch_gets_its_part_of_the_draws():
    batch = images(6)
    table = EVERYTHING.draw(6, torch.Generator().manual_seed(3))
    whole = EVERYTHING.apply(batch, table)
    assert torch.allclose(EVERYTHING.apply(batch[2:5], table[2:5]), whole[2:5], atol=1e-6)


def test_views_stay_with_their_labels():
    # Image i is flat with value i: no warp and no contrast changes that.
    batch = torch.arange(6.0).view(6, 1, 1, 1).expand(6, 3, 8, 8)
    view = Augmentation(0.3, 0.5, 40.0, True, 0.0, 0.5)(batch, torch.Generator().manual_seed(0))
    assert torch.allclose(view, batch, atol=1e-4)


def test_views_are_drawn_from_the_generator_alone():
    augmentation = EVERYTHING
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
