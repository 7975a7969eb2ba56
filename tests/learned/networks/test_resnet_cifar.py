import pytest
import torch
from torch import nn

from learned.networks import resnet_cifar
from learned.networks.resnet_cifar import PaddedShortcut
from learned.networks.size import network_size


@pytest.mark.parametrize(
    ("depth", "published"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_size_is_as_published(depth, published):
    with torch.device("meta"):
        size = network_size(getattr(resnet_cifar, f"build_{depth}")(10, 32), 32)
    assert round(size.parameters / 1e6, 1 if depth == 110 else 2) == published
    assert len(size.layers) == depth
    n = depth // 6
    kernels = 9 * (3 * 16 + 2 * n * 16**2 + (2 * n - 1) * (32**2 + 64**2) + 16 * 32 + 32 * 64)
    scales = 2 * (16 + 2 * n * (16 + 32 + 64))
    assert size.parameters == kernels + scales + 65 * 10


def test_maps_have_the_papers_sides():
    with torch.device("meta"):
        layers = network_size(resnet_cifar.build_20(10, 32), 32).layers
    assert [layer.output for layer in layers[:-1]] == (
        [(16, 32, 32)] * 7 + [(32, 16, 16)] * 6 + [(64, 8, 8)] * 6
    )


def test_shortcuts_have_no_parameters_and_keep_what_they_see():
    shortcut = PaddedShortcut(2)
    assert not list(shortcut.parameters())
    x = torch.arange(25.0).view(1, 1, 5, 5)
    y = shortcut(x)
    assert y.shape == (1, 3, 3, 3)
    assert torch.equal(y[0, 0], torch.tensor([[0.0, 2, 4], [10, 12, 14], [20, 22, 24]]))
    assert not y[0, 1:].any()


def test_without_its_residuals_it_passes_the_stem_on():
    network = resnet_cifar.build_20(2, 32).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and module is not network.stem.norm:
            nn.init.zeros_(module.weight)
    x = torch.randn(2, 3, 32, 32)
    stem = network.stem(x)
    maps = network[1:4](stem)
    assert torch.equal(maps[:, :16], stem[:, :, ::4, ::4])
    assert not maps[:, 16:].any()


@pytest.mark.parametrize("size", [32, 50, 112, 224])
def test_weights_do_not_depend_on_the_size(size):
    with torch.device("meta"):
        network = resnet_cifar.build_20(2, size)
        network.load_state_dict(resnet_cifar.build_20(2, 32).state_dict(), assign=True)


def test_other_depths_are_refused():
    for depth in (2, 18, 101):
        with pytest.raises(ValueError, match="6n \\+ 2 layers"):
            resnet_cifar.build(2, 32, depth)
