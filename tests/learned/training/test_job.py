from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from learned.stages import NoProgress
from learned.training import job as jobs
from learned.training import loop
from learned.training.job import Job, initialize, run
from learned.training.recipe import Recipe

SIZE = 4


class Network(nn.Sequential):
    shown: list[torch.Tensor] = []

    def initialize(self, pixels):
        type(self).shown.append(pixels)
        nn.init.constant_(self.head.weight, 0.5)


def build(n_concepts, image_size, width=6):
    network = Network()
    network.add_module("flatten", nn.Flatten())
    network.add_module("hidden", nn.Linear(3 * image_size**2, width))
    network.add_module("head", nn.Linear(width, n_concepts))
    return network


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    monkeypatch.setattr(Network, "shown", [])
    return Network.shown


def pixels(n=12):
    return torch.from_numpy(
        np.random.default_rng(0).integers(0, 256, (n, SIZE, SIZE, 3), dtype=np.uint8)
    )


def make(**changes):
    targets = np.random.default_rng(1).integers(0, 2, (12, 2)).astype(np.float32)
    return replace(
        Job(
            build,
            None,
            None,
            None,
            Recipe(epochs=2, batch_size=4, learning_rate=0.1),
            np.full(3, 100, np.float32),
            np.full(3, 50, np.float32),
            targets,
            np.arange(2, 12),
            None,
            torch.device("cpu"),
            0,
        ),
        **changes,
    )


def do(job, progress=None):
    return run(job, pixels(), progress or NoProgress(), lambda *_: None)


def test_what_remains_is_plain_weights_and_the_history():
    trained = do(make())
    assert set(trained.weights) == {"hidden.weight", "hidden.bias", "head.weight", "head.bias"}
    assert all(type(w) is torch.Tensor and w.device.type == "cpu" for w in trained.weights.values())
    assert len(trained.history.curve) == 2
    assert trained.mean.tolist() == [100] * 3


def test_the_seed_decides():
    first, again, other = (do(make(seed=seed)).weights["hidden.weight"] for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_network_is_shown_standardised_training_images_once(shown):
    do(make(recipe=Recipe(epochs=1, learning_rate=1e-9)))
    (seen,) = shown
    expected = (pixels()[2:].float() - 100) / 50
    assert torch.allclose(seen, expected.permute(0, 3, 1, 2), atol=1e-5)


def test_it_is_shown_no_more_than_the_sample(monkeypatch, shown):
    monkeypatch.setattr(jobs, "INITIAL_SAMPLE", 5)
    do(make())
    monkeypatch.setattr(jobs, "INITIAL_BYTES", 3 * 4 * 3 * SIZE**2)
    do(make())
    assert [len(seen) for seen in shown] == [5, 3]
    assert len(shown[0].unique(dim=0)) == 5


def test_what_it_sets_is_what_training_starts_from():
    trained = do(make(recipe=Recipe(epochs=1, learning_rate=1e-9)))
    assert torch.allclose(trained.weights["head.weight"], torch.tensor(0.5), atol=1e-6)


def test_other_networks_are_shown_nothing():
    initialize(nn.Linear(2, 2), pixels(), np.arange(3), lambda batch: 1 / 0)


class Pretrained:
    def load(self, network):
        nn.init.constant_(network.hidden.weight, 0.25)


def test_pretrained_weights_are_loaded_and_not_initialised_over(shown):
    trained = do(make(weights=Pretrained(), trainable_layers=1))
    assert (trained.weights["hidden.weight"] == 0.25).all()
    assert not shown


def test_only_the_last_layers_are_trained(shown):
    frozen, start = do(make(trainable_layers=1)), do(make(recipe=Recipe(learning_rate=1e-9)))
    for name, moves in (("hidden.weight", False), ("head.weight", True)):
        moved = not torch.allclose(frozen.weights[name], start.weights[name], atol=1e-6)
        assert moved == moves
    with pytest.raises(ValueError, match="trainable_layers must be from 1 to 2"):
        do(make(trainable_layers=3))


def test_a_resumed_training_is_not_initialised_again(monkeypatch, shown):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1.0)

    class Cut:
        state = None

        def load(self):
            return self.state

        def save(self, state):
            if self.state is None:
                self.state = state
                raise KeyboardInterrupt

    progress = Cut()
    with pytest.raises(KeyboardInterrupt):
        do(make(), progress)
    do(make(), progress)
    assert len(shown) == 1


def test_a_compiler_that_fails_is_an_error_with_advice(monkeypatch):
    def broken(network):
        raise torch._dynamo.exc.TorchDynamoException("no C++ compiler")

    monkeypatch.setattr(torch, "compile", broken)
    with pytest.raises(RuntimeError, match=r"no C\+\+ compiler.*compile = False"):
        do(make(recipe=Recipe(compile=True)))
