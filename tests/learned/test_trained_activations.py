import pickle
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from learned.activations import layer_output
from learned.detector import NetworkDetector
from learned.networks import small_cnn
from learned.networks.layers import last_linear, layers
from learned.networks.pooling import pool
from learned.pixels import resize
from learned.stages import Stages
from learned.trained_activations import TrainedActivations


def scenes(n=20, seed=0):
    """Images whose left half may be bright."""
    rng = np.random.default_rng(seed)
    Y = np.arange(n)[:, None] % 2
    X = []
    for (bright,) in Y:
        image = rng.integers(0, 80, (20, 24, 3), dtype=np.uint8)
        image[:, :12] += np.uint8(90 * bright)
        X.append(image)
    return X, np.hstack([Y, 1 - Y]).astype(np.int8)


def detector(**options):
    options = {"image_size": 16, "epochs": 2, "random_state": 3, "device": "cpu"} | options
    return NetworkDetector(small_cnn.build, network_options={"width": 4}, **options)


class Recording(Stages):
    """Keeps trainings by what they depend on, as a harness does."""

    def __init__(self):
        self.kept = {}
        self.computed = 0

    def resumable(self, stage, components, compute, fitted_on):
        key = repr(components)
        if key not in self.kept:
            self.computed += 1
            self.kept[key] = super().resumable(stage, components, compute, fitted_on)
        return self.kept[key]

    @contextmanager
    def timed(self, stage, images):
        yield


@pytest.fixture(scope="module")
def fitted():
    X, Y = scenes()
    return TrainedActivations(detector()).fit(X, Y)


def test_the_last_layers_input_and_its_weights_make_the_scores():
    X, _ = scenes(7, seed=1)
    system = detector(loss="bce").fit(*scenes())
    probe = TrainedActivations(detector(loss="bce")).fit(*scenes())
    head = system.network_.get_submodule(last_linear(system.network_))
    rows = probe.transform(X)
    assert rows.shape == (7, probe.dimension) == (7, 32)
    scores = rows @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    assert np.allclose(scores, system.decision_function(X), atol=1e-4)


def test_a_layer_is_that_of_the_trained_network():
    X, _ = scenes(4, seed=1)
    system = detector().fit(*scenes())
    names = list(layers(system.network_))
    probe = TrainedActivations(detector(), names[2], pooling="max", grids=[[2, 2]])
    rows = probe.fit(*scenes()).transform(X)
    pixels = np.stack([resize(image, 16) for image in X]).astype(np.float32)
    batch = torch.from_numpy((pixels - system.mean_) / system.deviation_).permute(0, 3, 1, 2)
    with torch.no_grad():
        expected = pool(layer_output(system.network_, names[2], batch), "max", [(2, 2)])
    assert rows.shape == expected.shape
    assert np.allclose(rows, expected, rtol=1e-3, atol=1e-4)


def test_it_shares_its_training_with_an_equal_system():
    X, Y = scenes()
    stages = Recording()
    system = detector(stages=stages).fit(X, Y)
    probe = TrainedActivations(clone(detector()), pooling="max", stages=stages).fit(X, Y)
    for name, tensor in probe.detector_.network_.state_dict().items():
        assert torch.equal(tensor, system.network_.state_dict()[name])
    assert stages.computed == 1
    TrainedActivations(detector(epochs=1), stages=stages).fit(X, Y)
    assert stages.computed == 2


def test_the_seed_is_the_detectors_where_it_has_none():
    X, Y = scenes()
    given = TrainedActivations(detector(random_state=None), random_state=3).fit(X, Y)
    own = TrainedActivations(detector(), random_state=8).fit(X, Y)
    assert np.array_equal(given.transform(X), own.transform(X))


def test_the_detector_given_is_left_alone(fitted):
    assert not hasattr(fitted.detector, "network_")
    assert fitted.detector.stages is None


def test_pickles_and_clones(fitted):
    X, _ = scenes(3, seed=2)
    rows = fitted.transform(X)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.transform(X), rows)
    fresh = clone(fitted)
    assert not hasattr(fresh, "detector_")
    with pytest.raises(NotFittedError):
        fresh.transform(X)


def test_a_new_fit_is_a_new_network(fitted):
    X, Y = scenes()
    probe = TrainedActivations(detector()).fit(X, Y)
    first = probe.transform(X)
    probe.set_params(detector=detector(random_state=9)).fit(X, Y)
    assert not np.allclose(probe.transform(X), first)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "stage99"}, "no layer 'stage99'"),
        ({"pooling": "sum"}, "pooling must be"),
        ({"grids": ()}, "grids must be"),
    ],
)
def test_what_cannot_be_read_is_an_error_before_training(options, message):
    X, Y = scenes()
    stages = Recording()
    with pytest.raises(ValueError, match=message):
        TrainedActivations(detector(), stages=stages, **options).fit(X, Y)
    assert stages.computed == 0


def test_networks_apart_have_no_layer_in_common():
    with pytest.raises(ValueError, match="one network a concept"):
        TrainedActivations(detector(one_network_a_concept=True)).fit(*scenes())
    with pytest.raises(ValueError, match="an ensemble has several of each layer"):
        TrainedActivations(detector(ensemble=2)).fit(*scenes())
