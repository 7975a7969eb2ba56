import numpy as np
import pytest
import torch

from learned.explicit.standardization import Standardization
from learned.pixels import channel_statistics


def test_derivatives_are_those_of_torch(agrees, values):
    mean, deviation = np.array([0.1, -0.4, 2.0]), np.array([1.0, 0.5, 3.0])

    def reference(x):
        return ((x - torch.from_numpy(mean)) / torch.from_numpy(deviation)).permute(0, 3, 1, 2)

    agrees(Standardization(mean, deviation), values(2, 4, 5, 3), reference)


def test_bytes_become_standard_floats_channels_first():
    pixels = np.random.default_rng(0).integers(0, 200, (20, 6, 6, 3), dtype=np.uint8)
    y = Standardization(*channel_statistics(pixels)).forward(pixels)
    assert y.shape == (20, 3, 6, 6)
    assert y.dtype == np.float32
    assert y.mean(axis=(0, 2, 3)) == pytest.approx(0, abs=1e-5)
    assert y.std(axis=(0, 2, 3)) == pytest.approx(1, rel=1e-5)


def test_inputs_of_a_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"takes \(n, h, w, 3\), got \(2, 3, 8, 8\)"):
        Standardization(np.zeros(3), np.ones(3)).forward(np.zeros((2, 3, 8, 8)))
