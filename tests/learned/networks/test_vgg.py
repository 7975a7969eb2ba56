import pytest
import torch
from torchvision import models

from learned.networks import vgg
from learned.networks.size import network_size

DEPTHS = (11, 13, 16, 19)


def shapes(network):
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("suffix", ["", "_bn"])
def test_at_224_pixels_every_tensor_is_torchvisions(depth, suffix):
    with torch.device("meta"):
        ours = vgg.build(1000, 224, depth, batch_norm=bool(suffix))
        theirs = getattr(models, f"vgg{depth}{suffix}")()
    assert shapes(ours) == shapes(theirs)


def test_outputs_are_torchvisions_with_the_same_weights():
    theirs = models.vgg11(num_classes=3, init_weights=False).eval()
    with torch.device("meta"):
        ours = vgg.build_11(3, 64, grid=7).eval()
    ours.load_state_dict(theirs.state_dict(), assign=True)
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("depth", DEPTHS)
def test_size_is_as_published(depth):
    meta = getattr(models, f"VGG{depth}_Weights").IMAGENET1K_V1.meta
    with torch.device("meta"):
        size = network_size(vgg.build(1000, 224, depth), 224)
    assert size.parameters == meta["num_params"]
    assert size.multiply_adds / 1e9 == pytest.approx(meta["_ops"], abs=1e-3)
    assert len(size.layers) == depth


def test_vgg_16_has_138_million_parameters():
    with torch.device("meta"):
        size = network_size(vgg.build_16(1000, 224), 224)
    assert round(size.parameters / 1e6) == 138


def test_eight_layers_are_one_convolution_at_each_size_of_map():
    with torch.device("meta"):
        size = network_size(vgg.build_8(1000, 224), 224)
    assert [layer.output for layer in size.layers] == [
        *((64, 224, 224), (128, 112, 112), (256, 56, 56), (512, 28, 28), (512, 14, 14)),
        *((4096,), (4096,), (1000,)),
    ]


@pytest.mark.parametrize(("size", "grid"), [(32, 1), (64, 2), (95, 2), (224, 7), (320, 7)])
def test_the_head_sees_the_last_maps(size, grid):
    with torch.device("meta"):
        network = vgg.build_8(2, size)
    assert network.classifier[0].in_features == 512 * grid**2


def test_initial_weights_are_torchvisions():
    torch.manual_seed(0)
    network = vgg.build_8(2, 32)
    convolution, linear = network.features[6], network.classifier[3]
    assert convolution.weight.std().item() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.01)
    assert linear.weight.std().item() == pytest.approx(0.01, rel=0.01)
    assert not any(p.any() for name, p in network.named_parameters() if name.endswith("bias"))


def test_wrong_options_are_refused():
    with pytest.raises(ValueError, match="11, 13, 16 or 19 layers, not 12"):
        vgg.build(2, 64, 12)
    with pytest.raises(ValueError, match="grid must be 1 or more"):
        vgg.build(2, 64, 11, grid=0)
