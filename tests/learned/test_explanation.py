import numpy as np
import pytest
import torch
from torch import nn

from engineered.classifiers.linear_svm import LinearSVM
from engineered.optimization import DescriptorOptimization
from engineered.pipeline import EngineeredDetector
from learned.detector import NetworkDetector
from learned.explanation import (
    explain_score,
    grad_cam,
    gradient_times_input,
    integrated_gradients,
)
from learned.networks import mlp, resnet_cifar, small_cnn
from learned.trained_activations import TrainedActivations

SIDE = 32


def shown(seed, n=24):
    """Dark images with a bright square at the left (concept 0) or at the right (concept 1)."""
    random = np.random.default_rng(seed)
    images = random.integers(60, 90, (n, SIDE, SIDE, 3)).astype(np.uint8)
    Y = np.zeros((n, 2), np.int8)
    for i, image in enumerate(images):
        y, left = random.integers(4, 20), i % 2 == 0
        x = random.integers(1, 5) if left else random.integers(18, 23)
        image[y : y + 8, x : x + 8] = (240, 240, 240)
        Y[i] = (left, not left)
    return list(images), Y


def test_of_a_linear_score_every_map_by_input_is_its_terms():
    weights = torch.randn(1, 3, 6, 6, generator=torch.manual_seed(0))
    image = torch.randn(1, 3, 6, 6, generator=torch.manual_seed(1))

    def score(images):
        return (images * weights).sum(dim=(1, 2, 3)) + 5

    expected = (image * weights)[0].sum(dim=0).numpy()
    for found in (gradient_times_input(score, image), integrated_gradients(score, image, 4)):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_square_is_integrated_exactly_and_its_gradient_at_the_end_is_twice_too_much():
    image = torch.randn(1, 3, 4, 4, generator=torch.manual_seed(1))

    def score(images):
        return images.square().sum(dim=(1, 2, 3))

    expected = image.square()[0].sum(dim=0).numpy()
    np.testing.assert_allclose(integrated_gradients(score, image, 8), expected, rtol=1e-5)
    np.testing.assert_allclose(gradient_times_input(score, image), 2 * expected, rtol=1e-5)


@pytest.mark.parametrize("build", [small_cnn.build, mlp.build, resnet_cifar.build_20])
def test_integrated_gradients_are_complete(build):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = build(4, SIDE).eval()
    image = torch.randn(1, 3, SIDE, SIDE, generator=torch.manual_seed(1))
    found = explain_score(lambda images: network(images)[:, 2], image, 1)
    with torch.no_grad():
        score, start = (float(network(x)[0, 2]) for x in (image, torch.zeros_like(image)))
    assert found.score == pytest.approx(score, abs=1e-5)
    assert found.rest == pytest.approx(start, abs=1e-5)
    near = 0.02 * np.abs(found.map).sum()
    assert found.map.sum() + found.rest == pytest.approx(found.score, abs=near)


def test_dear_networks_are_integrated_in_few_steps():
    calls = []

    def score(images):
        calls.append(len(images))
        return images.sum(dim=(1, 2, 3)).sin()

    explain_score(score, torch.full((1, 3, 4, 4), 1.0), 10**10)
    assert sum(calls) == 2 + 16


def test_grad_cam_is_the_published_formula_on_the_last_convolution():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 5, 3, stride=2, padding=1),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 2),
        ).eval()  # fmt: skip
    image = torch.randn(1, 3, 8, 8, generator=torch.manual_seed(1))
    maps = network[2](network[1](network[0](image)))[0].detach()
    # After a mean over 16 places, the gradient on a map is its weight over 16 everywhere.
    weights = network[5].weight[1].detach() / 16
    expected = torch.einsum("k,kij->ij", weights, maps).relu().numpy()
    found = grad_cam(network, lambda images: network(images)[:, 1], image)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    frozen = network.requires_grad_(False)
    np.testing.assert_array_equal(grad_cam(frozen, lambda x: frozen(x)[:, 1], image), found)


def test_grad_cam_needs_maps_with_places():
    network = mlp.build(2, 8).eval()
    with pytest.raises(ValueError, match="needs a convolution"):
        grad_cam(network, lambda x: network(x)[:, 0], torch.zeros(1, 3, 8, 8))


TRAIN, Y_TRAIN = shown(0)
PLAIN = {
    **dict.fromkeys(("shift", "scale", "rotation", "brightness", "contrast"), 0.0),
    "device": "cpu",
    "random_state": 0,
}


@pytest.mark.parametrize(
    "options", [{}, {"test_mirror": True, "one_network_a_concept": True}, {"loss": "softmax"}]
)
def test_a_detector_tells_what_adds_up_to_its_score_of_the_image(options):
    detector = NetworkDetector(
        small_cnn.build, {"width": 8}, SIDE, epochs=3, **PLAIN, **options
    ).fit(TRAIN, Y_TRAIN)
    image = np.repeat(np.repeat(shown(1)[0][0], 2, axis=0), 3, axis=1)  # is resized
    before = detector.decision_function([image])
    told = detector.explain(image, 1)
    assert told.map.shape == (SIDE, SIDE)
    assert told.score == pytest.approx(float(before[0, 1]), abs=1e-4)
    near = 0.02 * np.abs(told.map).sum()
    assert told.map.sum() + told.rest == pytest.approx(told.score, abs=near)
    np.testing.assert_array_equal(detector.decision_function([image]), before)


def test_evidence_lies_where_the_concept_is():
    detector = NetworkDetector(mlp.build, None, SIDE, epochs=30, **PLAIN).fit(TRAIN, Y_TRAIN)
    for image, labels in zip(*shown(2, 4)):
        concept = int(labels[1])
        halves = detector.explain(image, concept).map.reshape(SIDE, 2, -1).sum(axis=(0, 2))
        assert halves.argmax() == concept


def test_a_linear_classifier_on_activations_is_explained_through_the_network():
    network = NetworkDetector(small_cnn.build, {"width": 8}, SIDE, epochs=3, **PLAIN)
    detector = EngineeredDetector(
        TrainedActivations(network), LinearSVM(), None, DescriptorOptimization(0.5), random_state=0
    ).fit(TRAIN, Y_TRAIN)
    image = shown(1)[0][0]
    told = detector.explain(image, 0)
    assert told.score == pytest.approx(float(detector.decision_function([image])[0, 0]), abs=1e-4)
    near = 0.02 * np.abs(told.map).sum()
    assert told.map.sum() + told.rest == pytest.approx(told.score, abs=near)
