import pytest
import torch
import torchvision
from torch import nn

from learned.activations import find_layer, layer_output
from learned.networks.layers import layers


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return torchvision.models.resnet18(num_classes=7).eval()


def forward(network, x):
    """Do ResNet's forward pass by hand, layer by layer."""
    found = {}
    x = found["conv1"] = network.conv1(x)
    x = found["bn1"] = network.bn1(x)
    x = found["maxpool"] = network.maxpool(torch.relu(x))
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        for i, block in enumerate(getattr(network, stage)):
            inner = found[f"{stage}.{i}.conv1"] = block.conv1(x)
            inner = found[f"{stage}.{i}.bn1"] = block.bn1(inner)
            inner = found[f"{stage}.{i}.conv2"] = block.conv2(torch.relu(inner))
            inner = found[f"{stage}.{i}.bn2"] = block.bn2(inner)
            if block.downsample is not None:
                x = found[f"{stage}.{i}.downsample"] = block.downsample(x)
            x = found[f"{stage}.{i}"] = torch.relu(inner + x)
        found[stage] = x
    x = found["avgpool"] = network.avgpool(x)
    found[None] = x.flatten(1)
    found["fc"] = network.fc(x.flatten(1))
    return found


def test_every_layer_gives_what_a_forward_pass_by_hand_gives(network):
    x = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        expected = forward(network, x)
        for name in layers(network):
            if "downsample." not in name:
                assert torch.equal(layer_output(network, name, x), expected[name]), name
        assert torch.equal(layer_output(network, None, x), expected[None])


def test_nothing_runs_after_the_layer_and_no_hook_stays(network):
    ran = []
    hook = network.layer3.register_forward_hook(lambda *_: ran.append("layer3"))
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        layer_output(network, "layer2", x)
        assert ran == []
        layer_output(network, "layer4", x)
        assert ran == ["layer3"]
        assert network(x).shape == (1, 7)
    hook.remove()
    assert not network.layer2._forward_hooks
    assert not network.layer4._forward_hooks


def test_an_error_within_the_network_passes_and_leaves_no_hook(network):
    with pytest.raises(RuntimeError):
        layer_output(network, "layer4", torch.zeros(1, 4, 64, 64))
    assert not network.layer4._forward_hooks


def test_a_wrong_name_is_answered_by_the_nearest_and_by_all_in_order(network):
    with pytest.raises(ValueError, match=r"no layer 'layr3'; did you mean .*'layer3'") as error:
        find_layer(network, "layr3")
    assert "maxpool, layer1, layer2, layer3, layer4, avgpool, fc" in str(error.value)
    assert "and their parts, such as layer1.0.conv1" in str(error.value)
    small = nn.Sequential(nn.Flatten(), nn.Linear(3, 2))
    with pytest.raises(ValueError, match=r"no layer 'zzz'\. In order, there are: 0, 1$"):
        find_layer(small, "zzz")


def test_a_layer_that_is_not_run_is_an_error():
    class Auxiliary(nn.Module):
        def __init__(self):
            super().__init__()
            self.aside = nn.Linear(2, 2)
            self.head = nn.Linear(2, 2)

        def forward(self, x):
            return self.head(x)

    with pytest.raises(ValueError, match="layer 'aside' is not run in evaluation mode"):
        layer_output(Auxiliary().eval(), "aside", torch.zeros(1, 2))


def test_a_layer_that_returns_no_tensor_is_an_error():
    network = nn.Sequential(nn.LSTM(2, 2))
    with pytest.raises(ValueError, match="returns a tuple, not a tensor"):
        layer_output(network, "0", torch.zeros(1, 2))
