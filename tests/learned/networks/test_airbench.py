import pytest
import torch
from torch.nn import functional

from learned.networks import airbench
from learned.networks.size import network_size


def photographs(n=64, size=32):
    """Smooth colour fields with some noise: patches far from white, as in photographs."""
    generator = torch.Generator().manual_seed(0)
    fields = torch.randn(n, 3, size // 4, size // 4, generator=generator)
    fields = functional.interpolate(fields, size=size, mode="bilinear")
    mixing = torch.tensor([[1.0, 0.6, 0.3], [0.6, 1.0, 0.6], [0.3, 0.6, 1.0]])
    noise = 0.2 * torch.randn(n, 3, size, size, generator=generator)
    pixels = torch.einsum("ij,njhw->nihw", mixing, fields) + noise + 0.1
    return (pixels - pixels.mean()) / pixels.std()


def covariance(outputs):
    return torch.cov(outputs.transpose(0, 1).flatten(1).double())


def test_initialize_whitens():
    pixels = photographs()
    network = airbench.build(3, 32)
    before = covariance(network.whiten(pixels)[:, :12])
    assert (before - torch.eye(12)).abs().max() > 0.5
    network.initialize(pixels)
    outputs = network.whiten(pixels)
    assert (covariance(outputs[:, :12]) - torch.eye(12)).abs().max() < 0.05
    assert outputs.mean(dim=(0, 2, 3)).abs().max() < 1e-4
    assert torch.allclose(outputs[:, :12], -outputs[:, 12:], atol=1e-5)


def test_whitening_has_its_closed_form():
    pixels = photographs(16)
    network = airbench.build(3, 32)
    network.initialize(pixels)
    patches = functional.unfold(pixels, 2).transpose(0, 1).flatten(1).double()
    variances = torch.linalg.eigvalsh(torch.cov(patches, correction=0)).flip(0)
    outputs = network.whiten(pixels)[:, :12].transpose(0, 1).flatten(1).double()
    expected = torch.diag(variances / (variances + 5e-4))
    assert torch.allclose(torch.cov(outputs, correction=0), expected, atol=1e-4)


def test_directions_without_variance_stay_bounded():
    grey = photographs()[:, :1].expand(-1, 3, -1, -1)
    network = airbench.build(3, 32)
    network.initialize(grey)
    assert network.whiten(grey).abs().max() < 10
    assert network.whiten.weight.abs().max() <= 5e-4**-0.5


def test_images_are_looked_at_in_parts(monkeypatch):
    pixels = photographs(10)
    whole, parts = airbench.build(3, 32), airbench.build(3, 32)
    whole.initialize(pixels)
    monkeypatch.setattr(airbench, "CHUNK", 3 * 32 * 32)
    parts.initialize(pixels)
    x = pixels[:2]
    assert torch.allclose(whole.whiten(x).abs(), parts.whiten(x).abs(), atol=1e-3)


def test_without_initialize_white_pixels_stay_white():
    pixels = torch.randn(64, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    outputs = airbench.build(3, 32).whiten(pixels)
    assert (covariance(outputs[:, :12]) - torch.eye(12)).abs().max() < 0.05


def test_what_is_trained():
    network = airbench.build(3, 32)
    frozen = {name for name, p in network.named_parameters() if not p.requires_grad}
    norms = {f"block{i}.norm{j}.weight" for i in (1, 2, 3) for j in (1, 2)}
    assert frozen == norms | {"whiten.weight"}


def test_convolutions_start_as_the_identity():
    block = airbench.build(3, 32).block1
    x = torch.randn(2, 24, 6, 6)
    assert torch.allclose(block.conv1(x)[:, :24], x, atol=1e-6)
    x = torch.randn(2, 64, 6, 6)
    assert torch.allclose(block.conv2(x), x, atol=1e-6)


def test_size_is_as_published():
    with torch.device("meta"):
        size = network_size(airbench.build(10, 32), 32)
    kernels = 9 * (24 * 64 + 64 * 64 + 64 * 256 + 3 * 256 * 256)
    assert size.parameters == 24 * 13 + kernels + 2 * 2 * (64 + 256 + 256) + 257 * 10
    assert round(size.parameters / 1e6, 1) == 2.0
    assert [layer.output[1:] for layer in size.layers[:-1]] == [
        *((31, 31), (31, 31), (15, 15), (15, 15), (7, 7), (7, 7), (3, 3)),
    ]


def test_at_32_pixels_the_last_maximum_is_the_published_one():
    network = airbench.build(3, 32, widths=(8, 8, 8)).eval()
    maps = network[:-3](torch.randn(2, 3, 32, 32))
    assert torch.equal(network.pool(maps), functional.max_pool2d(maps, 3))


def test_logits_are_scaled():
    head = airbench.build(3, 32).head
    x = torch.randn(2, 256)
    assert torch.allclose(head(x), functional.linear(x, head.weight, head.bias) / 9)


def test_widths():
    with pytest.raises(ValueError, match="widths is empty"):
        airbench.build(2, 32, widths=())
    with pytest.raises(ValueError, match="5 blocks takes images of 33 pixels a side or more, not"):
        airbench.build(2, 32, widths=(4,) * 5)
    network = airbench.build(2, 33, widths=(4,) * 5).eval()
    assert network(torch.zeros(1, 3, 33, 33)).shape == (1, 2)
