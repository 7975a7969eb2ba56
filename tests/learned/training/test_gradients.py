from contextlib import nullcontext

import pytest
import torch
from torch import nn

from learned.training.batches import Batch
from learned.training.gradients import Gradients
from learned.training.loss import LOSSES, Loss
from learned.training.precision import Precision

CPU = torch.device("cpu")


class Limited(nn.Module):
    """Runs out of memory above so many images at a time."""

    def __init__(self, most, c=3):
        super().__init__()
        self.most = most
        self.seen = []
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.head = nn.Linear(12, c)

    def forward(self, x):
        self.seen.append(len(x))
        if len(x) > self.most:
            raise torch.cuda.OutOfMemoryError(f"tried to allocate for {len(x)} images")
        return self.head(x.flatten(1))


def batch(n=13, c=3, loss=None):
    generator = torch.Generator().manual_seed(0)
    targets = torch.randint(-1, 2, (n, c), generator=generator).float()
    views = torch.randn(n, 3, 2, 2, generator=generator)
    return Batch(views, targets, (loss or Loss("bce")).judged(targets))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("most", "parts"), [(13, 1), (12, 2), (6, 4), (4, 4)])
def test_parts_that_fit_give_the_gradient_of_the_whole(name, most, parts):
    loss = Loss(name, 0.1)
    whole, limited = Limited(99), Limited(most)
    expected = Gradients(whole, loss, Precision("float32", CPU))(batch(loss=loss))
    gradients = Gradients(limited, loss, Precision("float32", CPU))
    said = pytest.warns(RuntimeWarning, match="out of GPU memory: batches of 13 images")
    with said if parts > 1 else nullcontext():
        value = gradients(batch(loss=loss))
    assert gradients.accumulation == parts
    assert value.item() == pytest.approx(expected.item(), rel=1e-6)
    assert torch.allclose(limited.head.weight.grad, whole.head.weight.grad, atol=1e-7)


def test_once_found_the_number_of_parts_is_kept():
    network = Limited(4)
    gradients = Gradients(network, Loss("bce"), Precision("float32", CPU))
    with pytest.warns(RuntimeWarning) as warned:
        gradients(batch(12))
    assert len(warned) == 2
    network.seen.clear()
    gradients(batch(12))
    assert network.seen == [3, 3, 3, 3]


def test_where_two_images_do_not_fit_the_error_advises():
    gradients = Gradients(Limited(1), Loss("bce"), Precision("float32", CPU))
    with (
        pytest.warns(RuntimeWarning),
        pytest.raises(
            torch.cuda.OutOfMemoryError,
            match=r"2 images at a time .* smaller batch_size.*\(tried to allocate",
        ),
    ):
        gradients(batch(8))


def test_processes_that_share_batches_do_not_go_on_alone():
    gradients = Gradients(Limited(4), Loss("bce"), Precision("float32", CPU), processes=2)
    with pytest.raises(torch.cuda.OutOfMemoryError, match="8 images at a time"):
        gradients(batch(8))


def test_an_error_that_is_not_of_memory_passes_through():
    def broken(module, args):
        raise RuntimeError("shapes differ")

    network = Limited(99)
    network.register_forward_pre_hook(broken)
    with pytest.raises(RuntimeError, match="shapes differ"):
        Gradients(network, Loss("bce"), Precision("float32", CPU))(batch())


def test_bf16_gradients_are_near_those_of_float32():
    grads = []
    for name in ("float32", "bf16"):
        network = Limited(99)
        Gradients(network, Loss("bce"), Precision(name, CPU))(batch())
        grads.append(network.head.weight.grad)
    assert not torch.equal(*grads)
    assert (grads[0] - grads[1]).norm() < 0.02 * grads[0].norm()
