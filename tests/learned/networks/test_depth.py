import inspect
import pickle

import pytest
import torch

from learned.networks import resnet_cifar
from learned.networks.depth import at_depth


def test_the_depth_is_fixed_and_the_other_options_stay():
    network = resnet_cifar.build_20(3, 32, width=4)
    assert len(network.stage1) == 3
    assert network.head.in_features == 16
    assert list(inspect.signature(resnet_cifar.build_20).parameters) == [
        "n_concepts",
        "image_size",
        "width",
        "stem_stride",
    ]


def test_documentation_is_the_familys_behind_a_line_of_its_own():
    text = inspect.getdoc(resnet_cifar.build_56)
    assert text.startswith("Build ResNet-56, ")
    family = inspect.getdoc(resnet_cifar.build)
    assert text.partition("\n\n")[2] == family.partition("\n\n")[2]


def test_is_pickled_by_name():
    assert pickle.loads(pickle.dumps(resnet_cifar.build_110)) is resnet_cifar.build_110


def test_the_depth_cannot_be_given_again():
    def build(n_concepts, image_size, depth):
        return torch.nn.Linear(depth, n_concepts)

    assert at_depth(build, 7, "Seven.")(2, 32).in_features == 7
    with pytest.raises(TypeError, match="depth"):
        at_depth(build, 7, "Seven.")(2, 32, depth=8)
