from pathlib import Path

import pytest
import torch
from torch import nn

from learned.networks import efficientnet_lite, googlenet, lenet, resnet, vgg
from learned.weights import find_weights, finding


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(finding, "imagenet", lambda *arguments: calls.append(arguments))
    return calls


@pytest.mark.parametrize(
    ("network", "name"),
    [
        (efficientnet_lite.build, "efficientnet-lite0"),
        ("learned.networks.efficientnet_lite:build", "efficientnet-lite0"),
        ("efficientnet-lite0", "efficientnet-lite0"),
        (googlenet.build, "googlenet"),
        (resnet.build_50, "resnet-50"),
        ("resnet-152", "resnet-152"),
        (vgg.build_16, "vgg-16"),
    ],
)
def test_imagenet_is_resolved_by_name_and_by_builder(asked, network, name):
    find_weights("imagenet", network, Path())
    assert asked == [(name, False)]


def test_options_tell_vggs_with_batch_normalization_apart(asked):
    find_weights("imagenet", vgg.build_16, Path(), {"batch_norm": True, "grid": 7})
    assert asked == [("vgg-16", True)]


@pytest.mark.parametrize("network", ["lenet-5", lenet.build, "mine.py:build", lambda n, s: None])
def test_networks_without_published_weights_say_which_have_some(network):
    with pytest.raises(ValueError, match=r"no ImageNet weights .* for efficientnet-lite0, resnet"):
        find_weights("imagenet", network, Path())


def test_a_path_starts_from_the_base(tmp_path):
    torch.save(nn.Linear(2, 2).state_dict(), tmp_path / "mine.pt")
    relative = find_weights("mine.pt", "lenet-5", tmp_path)
    absolute = find_weights(str(tmp_path / "mine.pt"), lenet.build, Path("/elsewhere"))
    assert relative.get_params() == absolute.get_params()
    assert relative.mean == pytest.approx([123.675, 116.28, 103.53])


def test_a_file_is_taken_to_expect_the_pixels_of_the_published_ones(tmp_path):
    torch.save(nn.Linear(2, 2).state_dict(), tmp_path / "mine.pt")
    found = find_weights("mine.pt", efficientnet_lite.build, tmp_path)
    assert found.mean.tolist() == [127] * 3
    given = {"file": "mine.pt", "mean": [1, 2, 3], "deviation": [4, 5, 6]}
    found = find_weights(given, efficientnet_lite.build, tmp_path)
    assert found.mean.tolist() == [1, 2, 3]
    assert found.deviation.tolist() == [4, 5, 6]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("weihgts.pt", r"there is no file of weights .*weihgts\.pt; did you mean weights\.pt"),
        ("ImageNet", 'did you mean "imagenet"'),
        ({"file": "weights.pt", "std": [1, 1, 1]}, "no entry 'std'; there are file, mean"),
        ({"mean": [1, 2, 3]}, "weights must be"),
        (True, "weights must be"),
        ({"file": "weights.pt", "mean": [1, 2]}, "mean must be three numbers"),
    ],
)
def test_wrong_sources_are_explained(tmp_path, source, message):
    torch.save(nn.Linear(2, 2).state_dict(), tmp_path / "weights.pt")
    with pytest.raises(ValueError, match=message):
        find_weights(source, "resnet-18", tmp_path)
