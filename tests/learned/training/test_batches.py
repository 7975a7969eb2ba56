import threading

import numpy as np
import pytest
import torch

from learned.pixels import Normalization
from learned.training.augmentation import Augmentation
from learned.training.batches import Batches, feed
from learned.training.loss import Loss
from learned.training.ranks import Ranks
from learned.training.recipe import Recipe

CPU = torch.device("cpu")
EVERYTHING = Augmentation(0.1, 0.2, 20.0, True, 0.3, 0.3, 0.2, 0.1, 0.4)


def make(n=11, batch_size=4, seed=0, ranks=None, **recipe):
    pixels = np.random.default_rng(0).integers(0, 256, (n, 6, 6, 3), dtype=np.uint8)
    targets = np.random.default_rng(1).integers(-1, 2, (n, 2)).astype(np.float32)
    generator = torch.Generator().manual_seed(seed)
    batches = Batches(
        torch.from_numpy(pixels),
        targets,
        n,
        Recipe(batch_size=batch_size, **recipe),
        Normalization(np.zeros(3, np.float32), np.ones(3, np.float32), CPU),
        Loss("bce"),
        generator,
        ranks or Ranks(),
    )
    return batches, pixels, targets, generator


def test_plain_batches_are_the_images_in_order_with_their_targets():
    batches, pixels, targets, _ = make()
    order = torch.randperm(11, generator=torch.Generator().manual_seed(5))
    found = list(batches.epoch(order))
    assert [len(batch.views) for batch in found] == [4, 4, 3]
    views = torch.cat([batch.views for batch in found])
    assert np.array_equal(views.permute(0, 2, 3, 1), pixels[order])
    assert np.array_equal(torch.cat([batch.targets for batch in found]), targets[order])
    assert sum(batch.judged for batch in found) == (targets >= 0).sum()


MIXTURES = [{}, {"mixup": 0.4}, {"cutmix": 0.6}, {"mixup": 0.4, "cutmix": 0.6}]


@pytest.mark.parametrize("mixture", MIXTURES)
def test_an_epoch_goes_on_from_any_batch(mixture):
    order = torch.arange(11)
    batches, _, _, generator = make(augmentation=EVERYTHING, **mixture)
    whole = []
    states = []
    for batch in batches.epoch(order):
        whole.append(batch)
        states.append(generator.get_state())
    again, _, _, generator = make(augmentation=EVERYTHING, seed=9, **mixture)
    generator.set_state(states[0])
    for expected, batch in zip(whole[1:], again.epoch(order, first=1), strict=True):
        assert torch.equal(batch.views, expected.views)
        assert torch.equal(batch.targets, expected.targets)


@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.parametrize("count", [2, 3])
def test_processes_see_together_what_one_sees_alone(mixture, count):
    order = torch.arange(11)
    options = {"augmentation": EVERYTHING, **mixture}
    alone = list(make(**options)[0].epoch(order))
    shared = [list(make(ranks=Ranks(r, count), **options)[0].epoch(order)) for r in range(count)]
    for i, batch in enumerate(alone):
        parts = [process[i] for process in shared]
        assert torch.allclose(torch.cat([p.views for p in parts]), batch.views, atol=1e-4)
        assert torch.equal(torch.cat([p.targets for p in parts]), batch.targets)
        assert all(part.judged == batch.judged for part in parts)


def test_mixup_blends_neighbours_in_the_order_and_masks_their_targets():
    batches, pixels, targets, _ = make(mixup=1.0)
    order = torch.arange(11)
    first = next(batches.epoch(order))
    # Each view is on the line between its two images: find where.
    a = torch.from_numpy(pixels[:4]).permute(0, 3, 1, 2).float().flatten(1)
    b = a.roll(1, dims=0)
    share = ((first.views.flatten(1) - b) * (a - b)).sum(1) / ((a - b) ** 2).sum(1)
    assert torch.allclose(b + share[:, None] * (a - b), first.views.flatten(1), atol=1e-3)
    y, z = torch.from_numpy(targets[:4]), torch.from_numpy(targets[:4]).roll(1, dims=0)
    mixed = torch.where((y < 0) | (z < 0), -1.0, z + share[:, None] * (y - z))
    assert torch.allclose(first.targets, mixed, atol=1e-4)
    assert first.judged == (mixed >= 0).sum()


def test_cut_images_are_made_of_two_with_targets_by_area():
    batches, pixels, targets, _ = make(cutmix=1.0, batch_size=11)
    first = next(batches.epoch(torch.arange(11)))
    a = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    kept = (first.views == a).all(dim=1)
    assert torch.equal(first.views, torch.where(kept[:, None], a, a.roll(1, dims=0)))
    share = kept.float().mean(dim=(1, 2))[:, None]
    assert 0 < share.mean() < 1
    y, z = torch.from_numpy(targets), torch.from_numpy(targets).roll(1, dims=0)
    mixed = torch.where((y < 0) | (z < 0), -1.0, z + share * (y - z))
    assert torch.allclose(first.targets, mixed, atol=1e-6)
    assert first.judged == (mixed >= 0).sum()


@pytest.mark.parametrize("mixup", [0.0, 1.0])
def test_only_a_share_of_the_batches_is_cut(mixup):
    batches, pixels, targets, _ = make(n=800, batch_size=2, cutmix=0.25, mixup=mixup)
    a = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    cut = 0
    parts = zip(a.split(2), torch.from_numpy(targets).split(2), strict=True)
    for batch, (images, given) in zip(batches.epoch(torch.arange(800)), parts, strict=True):
        mine = (batch.views == images).all(dim=1)
        other = (batch.views == images.flip(0)).all(dim=1)
        if bool(mine.all()) and mixup == 0:
            assert torch.equal(batch.targets, given)
        elif bool((mine | other).all()):
            cut += 1
        else:
            # Neither: on the line between the two.
            assert mixup
            both = torch.stack([images, images.flip(0)])
            assert (batch.views >= both.amin(dim=0) - 1e-3).all()
            assert (batch.views <= both.amax(dim=0) + 1e-3).all()
            assert bool((~(mine | other)).float().mean() > 0.5)
    # Of 400: 100 but for chance, and but for squares of no pixel.
    assert 70 < cut < 125


def test_batches_too_small_to_share_are_refused():
    with pytest.raises(ValueError, match="4 processes cannot share batches of 3 images"):
        make(ranks=Ranks(0, 4))


def test_a_thread_feeds_the_same_batches_and_ends_with_the_reader():
    pixels = torch.arange(20, dtype=torch.uint8).view(20, 1, 1, 1).expand(20, 2, 2, 3)
    rows = list(torch.arange(20).flip(0).split(3))
    plain, threaded = (list(feed(pixels, rows, CPU, from_disk=disk)) for disk in (False, True))
    assert all(torch.equal(a, b) for a, b in zip(plain, threaded, strict=True))
    half = feed(pixels, rows, CPU, from_disk=True)
    next(half)
    half.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("feed")]


def test_an_error_in_the_feeding_thread_reaches_the_reader():
    pixels = torch.zeros(4, 2, 2, 3, dtype=torch.uint8)
    with pytest.raises(IndexError):
        list(feed(pixels, [torch.tensor([7])], CPU, from_disk=True))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("resident", [True, False])
@pytest.mark.parametrize("mixture", MIXTURES)
def test_cuda_sees_the_same_views(resident, mixture, monkeypatch):
    if not resident:
        monkeypatch.setattr("learned.training.batches.place", lambda pixels, device: pixels)
    alone = list(make(augmentation=EVERYTHING, **mixture)[0].epoch(torch.arange(11)))
    monkeypatch.setitem(globals(), "CPU", torch.device("cuda"))
    batches = make(augmentation=EVERYTHING, **mixture)[0]
    assert batches.pixels.is_cuda == resident
    for mine, expected in zip(batches.epoch(torch.arange(11)), alone, strict=True):
        assert torch.allclose(mine.views.cpu(), expected.views, atol=1e-2)
        assert torch.allclose(mine.targets.cpu(), expected.targets)
