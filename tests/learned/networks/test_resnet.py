import pytest
import torch
from torchvision import models

from learned.networks import resnet
from learned.networks.size import network_size

DEPTHS = (18, 34, 50, 101, 152)


@pytest.mark.parametrize("depth", DEPTHS)
def test_size_is_as_published(depth):
    meta = getattr(models, f"ResNet{depth}_Weights").IMAGENET1K_V1.meta
    with torch.device("meta"):
        size = network_size(getattr(resnet, f"build_{depth}")(1000, 224), 224)
    assert size.parameters == meta["num_params"]
    assert size.multiply_adds / 1e9 == pytest.approx(meta["_ops"], abs=1e-3)
    assert sum("downsample" not in layer.name for layer in size.layers) == depth


@pytest.mark.parametrize("depth", [18, 50])
def test_from_112_pixels_on_it_is_torchvisions(depth):
    torch.manual_seed(0)
    ours = resnet.build(3, 112, depth).eval()
    torch.manual_seed(0)
    theirs = getattr(models, f"resnet{depth}")(num_classes=3).eval()
    x = torch.randn(2, 3, 112, 112)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize(
    ("size", "asked", "side"),
    [(32, None, 32), (48, None, 24), (64, None, 32), (112, None, 28), (64, 4, 16), (64, 1, 64)],
)
def test_the_stem_divides_less_at_small_sizes(size, asked, side):
    with torch.device("meta"):
        network = resnet.build_18(3, size, stem_stride=asked)
        maps = network.maxpool(network.conv1(torch.zeros(1, 3, size, size)))
    assert maps.shape[2:] == (side, side)


def test_published_weights_fit_unless_the_first_kernels_are_small():
    with torch.device("meta"):
        published = models.resnet18(num_classes=3).state_dict()
        for size, asked in ((64, None), (32, 2), (32, 4)):
            network = resnet.build_18(3, size, stem_stride=asked)
            network.load_state_dict(published, assign=True)
        with pytest.raises(RuntimeError, match="conv1"):
            resnet.build_18(3, 32).load_state_dict(published, assign=True)


def test_the_other_familys_depths_are_pointed_to():
    with pytest.raises(ValueError, match="not 20; for 20, 32, 44, 56 or 110 see resnet_cifar"):
        resnet.build(3, 64, 20)
