import hashlib
import pickle
from collections import OrderedDict

import numpy as np
import pytest
import torch
import torchvision
from sklearn.base import clone
from torch import nn

from learned.networks import resnet
from learned.weights import Weights


def network(concepts=4, width=3):
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(3, width, 3, bias=False),
            norm=nn.BatchNorm2d(width),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            hidden=nn.Linear(width, 5),
            head=nn.Linear(5, concepts),
        )
    )


@pytest.fixture
def file(tmp_path):
    torch.manual_seed(1)
    source = network()
    source.train()(torch.randn(8, 3, 6, 6))  # statistics of its own
    torch.save(source.state_dict(), tmp_path / "weights.pt")
    return tmp_path / "weights.pt", source


def test_fills_every_tensor_where_all_shapes_agree(file):
    path, source = file
    target = network()
    assert Weights(path).load(target) == []
    for name, tensor in source.state_dict().items():
        assert torch.equal(target.state_dict()[name], tensor)


def test_leaves_a_head_for_other_concepts_as_it_was(file):
    path, source = file
    target = network(concepts=7)
    weight, bias = target.head.weight.clone(), target.head.bias.clone()
    assert Weights(path).load(target) == ["head.weight", "head.bias"]
    assert torch.equal(target.head.weight, weight)
    assert torch.equal(target.head.bias, bias)
    assert torch.equal(target.hidden.weight, source.hidden.weight)
    assert torch.equal(target.norm.running_var, source.norm.running_var)


def test_a_file_without_the_last_layer_leaves_it(file):
    path, source = file
    state = {n: t for n, t in source.state_dict().items() if n != "head.bias"}
    torch.save(state, path)
    target = network()
    weight = target.head.weight.clone()
    # Half of a layer would be worse than none of it.
    assert Weights(path).load(target) == ["head.weight", "head.bias"]
    assert torch.equal(target.head.weight, weight)


def test_names_the_tensors_that_do_not_fit(file):
    path, _ = file
    with pytest.raises(ValueError, match=r"conv\.weight is \(9, 3, 3, 3\) in the network and") as e:
        Weights(path).load(network(width=9))
    assert "(3, 3, 3, 3) in the file" in str(e.value)
    assert "6 cannot be filled" in str(e.value)
    assert "and 1 more" in str(e.value)


def test_names_the_tensors_that_are_missing_and_those_too_many(file):
    path, source = file
    state = {n.replace("hidden", "inner"): t for n, t in source.state_dict().items()}
    torch.save(state, path)
    target = network()
    before = target.state_dict()
    with pytest.raises(ValueError, match=r"not in the file: hidden\.weight, hidden\.bias; only"):
        Weights(path).load(target)
    assert all(torch.equal(before[n], t) for n, t in target.state_dict().items())


def test_counters_that_old_files_lack_are_no_matter(file):
    path, source = file
    state = {n: t for n, t in source.state_dict().items() if not n.endswith("tracked")}
    torch.save(state, path)
    assert Weights(path).load(network()) == []


def test_torchvisions_state_fills_our_residual_network(tmp_path):
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18(num_classes=10).eval()
    torch.save(theirs.state_dict(), tmp_path / "resnet18.pth")
    ours = resnet.build_18(10, 112).eval()
    assert Weights(tmp_path / "resnet18.pth").load(ours) == []
    x = torch.randn(2, 3, 112, 112)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))
    # At 32 pixels, the first kernels are others.
    with pytest.raises(ValueError, match=r"conv1\.weight is \(64, 3, 3, 3\) in the network"):
        Weights(tmp_path / "resnet18.pth").load(resnet.build_18(10, 32))


def test_the_number_of_outputs_is_the_files(file):
    path, _ = file
    assert Weights(path).outputs(network(concepts=1)) == 4
    assert Weights(path).outputs(nn.Sequential(nn.Linear(9, 1))) is None


def test_the_checksum_is_the_contents_and_changes_the_key(file, tmp_path):
    path, source = file
    first = Weights(path)
    assert first.checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    copy = tmp_path / "elsewhere.pt"
    copy.write_bytes(path.read_bytes())
    assert Weights(copy).get_params() == first.get_params()
    source.head.bias.data[0] += 1
    torch.save(source.state_dict(), path)
    assert Weights(path).get_params() != first.get_params()
    assert Weights(copy, mean=(0, 0, 0)).get_params() != first.get_params()


def test_a_file_that_changes_underneath_is_noticed(file):
    path, source = file
    weights = Weights(path)
    torch.save(network().state_dict(), path)
    with pytest.raises(ValueError, match="has changed since"):
        weights.load(source)
    path.unlink()
    with pytest.raises(ValueError, match=r"cannot read the weights .*No such file"):
        weights.load(source)


def test_clones_and_pickles_without_the_file(file):
    path, _ = file
    weights = Weights(path, mean=(1, 2, 3), deviation=(4, 5, 6))
    path.unlink()
    for again in (clone(weights), pickle.loads(pickle.dumps(weights))):
        assert again.get_params() == weights.get_params()
        assert again.mean.dtype == np.float32
        assert again.deviation.tolist() == [4, 5, 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mean": 0.5}, "mean must be three numbers"),
        ({"mean": ["a", "b", "c"]}, "mean must be three numbers"),
        ({"deviation": (1, np.nan, 1)}, "deviation must be three numbers"),
        ({"deviation": (1, 0, 1)}, "deviation must be above 0"),
    ],
)
def test_wrong_statistics_are_refused(file, options, message):
    with pytest.raises(ValueError, match=message):
        Weights(file[0], **options)


def test_a_missing_file_and_a_folder_are_errors_at_once(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.pt: No such file"):
        Weights(tmp_path / "nowhere.pt")
    with pytest.raises(ValueError, match="Is a directory"):
        Weights(tmp_path)
