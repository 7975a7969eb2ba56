import torch
from torch import nn

from learned.networks import zfnet
from learned.networks.size import network_size


def test_maps_are_those_of_the_papers_figure_3():
    sides = []
    with torch.device("meta"):
        network = zfnet.build(1000, 224)
        x = torch.zeros(1, 3, 224, 224)
        for module in network:
            x = module(x)
            if isinstance(module, nn.Conv2d | nn.MaxPool2d):
                sides.append(x.shape[2])
    assert sides == [110, 55, 26, 13, 13, 13, 13, 6]


def test_parameters():
    with torch.device("meta"):
        size = network_size(zfnet.build(1000, 224), 224)
    convolutions = 7 * 7 * 3 * 96 + 5 * 5 * 96 * 256 + 9 * (256 * 384 + 384 * 384 + 384 * 256)
    biases = 96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000
    connected = 6 * 6 * 256 * 4096 + 4096 * 4096 + 4096 * 1000
    assert size.parameters == convolutions + biases + connected == 62_357_608
    assert len(size.layers) == 8
