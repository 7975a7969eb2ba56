import pytest
import torch
from torch import nn

from learned.training.precision import PRECISIONS, Precision

CPU = torch.device("cpu")


def test_fp16_needs_cuda_and_says_so():
    with pytest.raises(ValueError, match="precision 'fp16' needs CUDA, not cpu; use 'bf16'"):
        Precision("fp16", CPU)


def test_float32_is_plain_arithmetic_and_bf16_short():
    layer, x = nn.Linear(4, 3), torch.randn(2, 4)
    with Precision("float32", CPU).autocast():
        assert torch.equal(layer(x), nn.functional.linear(x, layer.weight, layer.bias))
    with Precision("bf16", CPU).autocast():
        assert layer(x).dtype == torch.bfloat16
    assert layer.weight.dtype == torch.float32


@pytest.mark.parametrize("name", ["float32", "bf16"])
def test_a_step_without_scaling_is_the_optimisers(name):
    layer, twin = nn.Linear(4, 3), nn.Linear(4, 3)
    twin.load_state_dict(layer.state_dict())
    x, precision = torch.randn(2, 4), Precision(name, CPU)
    precision.backward(layer(x).square().sum())
    precision.step(torch.optim.SGD(layer.parameters(), lr=0.1))
    twin(x).square().sum().backward()
    torch.optim.SGD(twin.parameters(), lr=0.1).step()
    assert torch.equal(layer.weight, twin.weight)
    precision.load_state_dict(precision.state_dict())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", PRECISIONS)
def test_gradients_on_cuda_are_those_of_float32(name):
    device = torch.device("cuda")
    layer, twin = nn.Linear(64, 32).to(device), nn.Linear(64, 32).to(device)
    twin.load_state_dict(layer.state_dict())
    x, precision = torch.randn(128, 64, device=device), Precision(name, device)
    # Gradients near 1e-8: fp16 has no such numbers, but for the scaling.
    (twin(x).square().mean() * 1e-5).backward()
    with precision.autocast():
        y = layer(x)
    precision.backward(y.float().square().mean() * 1e-5)
    precision.step(torch.optim.SGD(layer.parameters(), lr=1e6))
    step, expected = twin.weight - layer.weight, 1e6 * twin.weight.grad
    assert (step - expected).norm() < 0.02 * expected.norm()
