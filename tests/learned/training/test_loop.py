import numpy as np
import pytest
import torch
from torch import nn

from learned.pixels import Normalization
from learned.training.augmentation import Augmentation
from learned.training.loop import reproducible, train
from learned.training.loss import LOSSES

CPU = torch.device("cpu")


def run(network, Y, seed=0, **options):
    n = len(Y)
    pixels = np.random.default_rng(0).integers(0, 256, (n, 4, 4, 3), dtype=np.uint8)
    settings = {
        "augmentation": Augmentation(),
        "loss": LOSSES["bce"],
        "label_smoothing": 0.0,
        "epochs": 3,
        "batch_size": 4,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "weight_decay": 0.0,
    } | options
    normalization = Normalization(np.full(3, 127, np.float32), np.full(3, 60, np.float32), CPU)
    return train(
        network,
        torch.from_numpy(pixels),
        torch.as_tensor(Y, dtype=torch.float32),
        normalization=normalization,
        generator=torch.Generator().manual_seed(seed),
        **settings,
    )


def linear(n_concepts=2):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Flatten(), nn.Linear(48, n_concepts))


def labels(n=10, c=2):
    return np.random.default_rng(1).integers(0, 2, (n, c))


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_the_loss_falls(optimizer):
    curve = run(linear(), labels(), epochs=30, optimizer=optimizer, learning_rate=0.03)
    assert len(curve) == 30
    assert curve[-1] < 0.3 * curve[0]


def test_one_sgd_step_by_hand():
    network = linear(1)
    weight = network[1].weight.detach().clone()
    Y = np.array([[1], [0], [-1]])
    inputs = []
    network.register_forward_pre_hook(lambda module, args: inputs.append(args[0].clone()))
    order = torch.randperm(3, generator=torch.Generator().manual_seed(0))
    run(network, Y, epochs=1, batch_size=3, learning_rate=0.1)
    x = inputs[0].flatten(1)
    y = torch.as_tensor(Y, dtype=torch.float32)[order, 0]
    p = (x @ weight[0] + network[1].bias.new_tensor(0) + linear(1)[1].bias).sigmoid().detach()
    gradient = ((p - y) * (y >= 0) / 2) @ x
    # Half-way through a schedule of one step; Nesterov's first step is 1 + momentum.
    rate = 0.1 * 0.5 * (1 + np.cos(np.pi * 0.3 / 0.8))
    assert torch.allclose(network[1].weight[0], weight[0] - rate * 1.9 * gradient, atol=1e-6)


def test_a_batch_without_judgments_changes_nothing():
    network = linear()
    before = [p.detach().clone() for p in network.parameters()]
    curve = run(network, np.full((4, 2), -1))
    assert curve == [0, 0, 0]
    assert all(torch.equal(p, q) for p, q in zip(before, network.parameters()))


def test_weight_decay_spares_biases():
    network = linear()
    nn.init.ones_(network[1].bias)
    run(network, np.full((4, 2), -1), weight_decay=1.0)
    assert (network[1].bias == 1).all()
    assert network[1].weight.norm() < linear()[1].weight.norm()


@pytest.mark.parametrize(("n", "batch_size", "sizes"), [(9, 4, [3, 3, 3]), (10, 4, [4, 3, 3])])
def test_batches_are_of_equal_size(n, batch_size, sizes):
    network, seen = linear(), []
    network.register_forward_pre_hook(lambda module, args: seen.append(len(args[0])))
    run(network, labels(n), epochs=1, batch_size=batch_size)
    assert seen == sizes


def test_frozen_parameters_stay():
    network = linear()
    network[1].weight.requires_grad_(False)
    run(network, labels())
    assert torch.equal(network[1].weight, linear()[1].weight)
    assert not torch.equal(network[1].bias, linear()[1].bias)


def test_a_loss_that_is_not_finite_names_epoch_step_and_rate():
    network = linear()
    calls = []

    def poison(module, args, output):
        calls.append(1)
        return output * torch.nan if len(calls) == 5 else output

    network.register_forward_hook(poison)
    with pytest.raises(
        FloatingPointError, match=r"nan in epoch 2 of 3, step 2 of 3, at learning rate 0\.0\d+"
    ):
        run(network, labels())


def test_ctrl_c_passes_through_and_leaves_torch_as_it_was():
    state = torch.random.get_rng_state()
    network = linear()

    def interrupt(module, args):
        raise KeyboardInterrupt

    network.register_forward_pre_hook(interrupt)
    with pytest.raises(KeyboardInterrupt), reproducible(0, CPU):
        run(network, labels())
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.random.get_rng_state(), state)


def test_reproducible_seeds_and_restores():
    torch.utils.deterministic.fill_uninitialized_memory = True
    state = torch.random.get_rng_state()
    draws = []
    for seed in (3, 3, 4):
        with reproducible(seed, CPU) as generator:
            assert torch.are_deterministic_algorithms_enabled()
            draws.append((torch.rand(3).tolist(), torch.rand(3, generator=generator).tolist()))
    assert draws[0] == draws[1] != draws[2]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory
