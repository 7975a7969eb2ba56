import pytest
import torch
import torchvision
from hypothesis import given
from hypothesis import strategies as st

from learned.networks import vgg
from learned.weights.names import rename

OWN = ["conv1.weight", "layer1.0.conv1.weight", "fc.weight", "fc.bias"]


def tensors(names):
    return {name: torch.tensor(float(i)) for i, name in enumerate(names)}


@pytest.mark.parametrize("before", ["", "module.", "_orig_mod.", "model.backbone."])
@pytest.mark.parametrize("after", ["", "body."])
def test_what_all_names_start_with_follows_the_network(before, after):
    state = tensors(before + name for name in OWN)
    own = [after + name for name in OWN]
    assert rename(state, own) == dict(zip(own, state.values()))


def test_a_part_of_a_network_keeps_its_names():
    # All start alike, but the network's own start so, too.
    state = tensors(["features.0.weight", "features.3.weight"])
    assert rename(state, ["features.0.weight", "features.3.weight", "classifier.0.bias"]) == state


@given(st.lists(st.sampled_from(["a.w", "b.w", "b.c.w", "d"]), min_size=1, unique=True))
def test_no_tensor_is_lost_and_right_names_stay(names):
    state = tensors(names)
    assert rename(state, names) == state
    assert list(rename(state, ["x.y.w"]).values()) == list(state.values())


@pytest.mark.parametrize("depth", [11, 16])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_vgg_has_the_names_and_shapes_of_torchvisions(depth, batch_norm):
    with torch.device("meta"):
        ours = vgg.build(1000, 224, depth=depth, batch_norm=batch_norm).state_dict()
        theirs = getattr(torchvision.models, f"vgg{depth}{'_bn' * batch_norm}")().state_dict()
    assert {name: tensor.shape for name, tensor in ours.items()} == {
        name: tensor.shape for name, tensor in theirs.items()
    }
