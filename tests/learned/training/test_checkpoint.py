import pickle

import pytest
import torch
from torch import nn

from learned.training.checkpoint import Checkpoint, History, Position, on_cpu
from learned.training.ranks import Ranks

CPU = torch.device("cpu")


def test_a_state_restores_parts_generators_and_position():
    network = nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(1)
    checkpoint = Checkpoint({"network": network, "optimizer": optimizer}, generator, CPU, Ranks())
    position = Position(2, 1, torch.tensor([3, 1, 2]), torch.tensor([0.5, 0.0]))
    with torch.random.fork_rng():
        state = pickle.dumps(checkpoint.capture(position, History([0.7], [0.1], None, 2)))
        weight = network.weight.detach().clone()
        draws = torch.rand(4, generator=generator), torch.rand(4)
        network(torch.ones(1, 3)).sum().backward()
        optimizer.step()
        found, history = checkpoint.restore(pickle.loads(state))
        assert torch.equal(torch.rand(4, generator=generator), draws[0])
        assert torch.equal(torch.rand(4), draws[1])
    assert torch.equal(network.weight, weight)
    assert optimizer.state_dict()["state"] == {}
    assert (found.epoch, found.batch, found.order.tolist()) == (2, 1, [3, 1, 2])
    assert found.losses.tolist() == [0.5, 0.0]
    assert history == History([0.7], [0.1], None, 2)


def test_nested_tensors_come_to_the_cpu_without_their_graph():
    tree = {"a": [torch.ones(2, requires_grad=True), 3], "b": (torch.zeros(1), "x"), "c": None}
    found = on_cpu(tree)
    assert not found["a"][0].requires_grad
    assert found["a"][1] == 3
    assert found["b"][1] == "x"
    assert found["c"] is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_devices_own_generator_is_restored():
    device = torch.device("cuda", 0)
    checkpoint = Checkpoint({}, torch.Generator(), device, Ranks())
    state = checkpoint.capture(Position(losses=torch.ones(2, device=device)), History())
    draw = torch.rand(4, device=device)
    position, _ = checkpoint.restore(pickle.loads(pickle.dumps(state)))
    assert torch.equal(torch.rand(4, device=device), draw)
    assert position.losses.is_cuda
