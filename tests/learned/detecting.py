"""Detectors and images that several tests are about."""

from contextlib import contextmanager

import numpy as np
from torch import nn

from learned.detector import NetworkDetector
from learned.networks import small_cnn
from learned.stages import Stages


def scenes(n=24, seed=0, sides=(9, 30)):
    """Images of mixed sizes whose left (concept 0) or upper (concept 1) part may be bright."""
    rng = np.random.default_rng(seed)
    X, Y = [], rng.integers(0, 2, (n, 2)).astype(np.int8)
    Y[:2] = [[0, 1], [1, 0]]
    for left, upper in Y:
        image = rng.integers(0, 80, (*rng.integers(*sides, 2), 3), dtype=np.uint8)
        image[:, : image.shape[1] // 3] += np.uint8(80 * left)
        image[: image.shape[0] // 3] += np.uint8(80 * upper)
        X.append(image)
    return X, Y


def quick(network=small_cnn.build, **options):
    options = {"image_size": 16, "epochs": 2, "random_state": 0, "device": "cpu"} | options
    if network is small_cnn.build:
        options = {"network_options": {"width": 4}} | options
    return NetworkDetector(network, **options)


def linear_network(n_concepts, image_size):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * image_size**2, n_concepts))


class Watched(Stages):
    """Notes what the harness would see."""

    def __init__(self):
        self.log, self.keys, self.reports = [], [], []

    @contextmanager
    def timed(self, stage, images):
        self.log.append((stage, images))
        yield

    def resumable(self, stage, components, compute, fitted_on):
        self.log.append((stage, len(fitted_on)))
        self.keys.append(components)
        return super().resumable(stage, components, compute, fitted_on)

    def report(self, fraction, message):
        self.reports.append((fraction, message))


class Pretrained:
    mean, deviation = np.full(3, 100, np.float32), np.full(3, 50, np.float32)

    def __init__(self, value=0.25):
        self.value = value

    def get_params(self, deep=True):
        return {"value": self.value}

    def load(self, network):
        for name, parameter in network.named_parameters():
            if not name.startswith("head"):
                nn.init.constant_(parameter, self.value)
