import warnings

import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.models.googlenet import Inception

from learned.networks import googlenet
from learned.networks.size import network_size


def test_size_is_as_published():
    meta = models.GoogLeNet_Weights.IMAGENET1K_V1.meta
    with torch.device("meta"):
        network = googlenet.build(1000, 224)
    size = network_size(network, 224)
    assert size.parameters == meta["num_params"] == 6_624_904
    assert size.multiply_adds / 1e9 == pytest.approx(meta["_ops"], abs=1e-3)
    # 22 layers deep: three convolutions, two of each inception module, one linear layer.
    inceptions = [m for m in network.modules() if isinstance(m, Inception)]
    assert 3 + 2 * len(inceptions) + 1 == 22


def test_logits_alone_come_out_in_training_too():
    network = googlenet.build(3, 32)
    assert network.train()(torch.randn(2, 3, 32, 32)).shape == (2, 3)


def test_from_112_pixels_on_it_is_torchvisions():
    torch.manual_seed(0)
    ours = googlenet.build(3, 112).eval()
    torch.manual_seed(0)
    theirs = models.googlenet(num_classes=3, aux_logits=False, init_weights=True).eval()
    x = torch.randn(2, 3, 112, 112)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize(
    ("size", "asked", "side"), [(32, None, 32), (64, None, 32), (112, None, 28), (64, 4, 16)]
)
def test_the_stem_divides_less_at_small_sizes(size, asked, side):
    with torch.device("meta"):
        network = googlenet.build(3, size, stem_stride=asked)
        maps = network.maxpool1(network.conv1(torch.zeros(1, 3, size, size)))
    assert maps.shape[2:] == (side, side)


def test_published_weights_fit_unless_the_first_kernels_are_small():
    with torch.device("meta"):
        published = googlenet.build(3, 224).state_dict()
        for size, asked in ((96, None), (32, 2), (32, 4)):
            network = googlenet.build(3, size, stem_stride=asked)
            network.load_state_dict(published, assign=True)
        with pytest.raises(RuntimeError, match="conv1"):
            googlenet.build(3, 32).load_state_dict(published, assign=True)


def test_options_and_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network = googlenet.build(3, 64, dropout=0.4)
    assert [m.p for m in network.modules() if isinstance(m, nn.Dropout)] == [0.4]
