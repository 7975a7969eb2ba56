import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from learned.detector import NetworkDetector
from learned.networks import small_cnn


@pytest.mark.parametrize("size", [16, 31, 32, 48, 72, 96, 224])
def test_runs_at_any_size_forward_and_back(size):
    network = small_cnn.build(3, size, width=4)
    logits = network(torch.randn(2, 3, size, size))
    assert logits.shape == (2, 3)
    logits.sum().backward()
    assert all(p.grad.isfinite().all() for p in network.parameters())


def test_smaller_images_are_refused():
    with pytest.raises(ValueError, match="15 pixels are under 16"):
        small_cnn.build(3, 15)


@pytest.mark.parametrize("blocks", [1, 2])
def test_layers_and_parameters(blocks):
    network = small_cnn.build(5, 32, width=8, blocks=blocks)
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) == 4 + 3 * blocks
    weights = 27 * 8 + 9 * (8 * 16 + 16 * 32 + 32 * 64) + 9 * blocks * (16**2 + 32**2 + 64**2)
    scales = 2 * (8 + (1 + blocks) * (16 + 32 + 64))
    head = 5 * (64 + 1)
    assert sum(p.numel() for p in network.parameters()) == weights + scales + head


def test_the_features_are_the_maxima_of_the_last_maps():
    network = small_cnn.build(1, 48, width=4).eval()
    x = torch.randn(2, 3, 48, 48)
    maps = network[:-3](x)
    assert maps.shape == (2, 32, 3, 3)
    assert torch.equal(network[:-1](x), maps.amax(dim=(2, 3)))


def test_learns_handwritten_digits():
    digits = load_digits()
    X = np.repeat((digits.images * 15.9).astype(np.uint8)[..., None], 3, axis=3)
    Y = np.eye(10, dtype=np.int8)[digits.target]
    train, test = train_test_split(
        np.arange(len(X)), test_size=400, random_state=0, stratify=digits.target
    )
    detector = NetworkDetector(
        small_cnn.build,
        network_options={"width": 8},
        image_size=32,
        epochs=6,
        learning_rate=5e-3,
        device="cpu",
        random_state=0,
    ).fit(X[train], Y[train])
    right = detector.decision_function(X[test]).argmax(axis=1) == digits.target[test]
    assert right.mean() > 0.95
