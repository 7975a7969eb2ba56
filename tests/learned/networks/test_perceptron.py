import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from learned.detector import NetworkDetector
from learned.networks import perceptron


def test_each_concept_is_one_neuron_on_all_pixels():
    network = perceptron.build(5, 16)
    assert sum(p.numel() for p in network.parameters()) == (3 * 16**2 + 1) * 5
    x = torch.randn(2, 3, 16, 16)
    sums = torch.einsum("bi,ci->bc", x.flatten(1), network.head.weight) + network.head.bias
    assert torch.allclose(network(x), sums, atol=1e-5)


def test_the_formal_perceptron_converges_to_logistic_regression():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (300, 2, 2, 3), dtype=np.uint8)
    rows = X.reshape(300, -1).astype(float)
    slope = rng.normal(size=(12, 2)) / 60
    p = 1 / (1 + np.exp(-(rows - 127) @ slope))
    Y = (rng.random((300, 2)) < p).astype(np.int8)
    Y[:30, 1] = -1

    still = dict.fromkeys(("shift", "scale", "rotation", "brightness", "contrast"), 0.0)
    detector = NetworkDetector(
        perceptron.build,
        image_size=2,
        epochs=600,
        batch_size=300,
        optimizer="sgd",
        learning_rate=1.0,
        weight_decay=0.0,
        device="cpu",
        random_state=0,
        **still,
    ).fit(list(X), Y)
    scores = detector.decision_function(list(X))
    for concept in range(2):
        judged = Y[:, concept] >= 0
        reference = LogisticRegression(C=1e8, tol=1e-8, max_iter=2000)
        reference.fit(rows[judged] / 100, Y[judged, concept])
        expected = reference.decision_function(rows / 100)
        assert np.abs(scores[:, concept] - expected).max() < 0.01 * np.abs(expected).max()
