import pickle
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from torch import nn

from learned.explicit.activation import ACTIVATIONS
from learned.explicit.detector import ExplicitCNN, ExplicitMLP, ExplicitPerceptron
from learned.explicit.networks import dense
from learned.explicit.objective import log_odds
from learned.stages import Stages
from tests.learned.detecting import scenes

DETECTORS = (ExplicitPerceptron, ExplicitMLP, ExplicitCNN)


def quick(detector=ExplicitMLP, **options):
    options = {"image_size": 16, "epochs": 2, "random_state": 0} | options
    if detector is ExplicitCNN:
        options = {"maps": (3, 4), "hidden": (8,)} | options
    return detector(**options)


def digits():
    found = load_digits()
    X = [
        np.repeat((16 * image[:, :, None]).clip(0, 255).astype(np.uint8), 3, 2)
        for image in found.images
    ]
    return X, np.eye(10, dtype=np.int8)[found.target]


@pytest.mark.parametrize("second_order", [False, True])
@pytest.mark.parametrize("detector", DETECTORS)
def test_learns_concepts_from_images_of_mixed_sizes(detector, second_order):
    X, Y = scenes(120)
    options = {"maps": (8, 16), "hidden": (32,)} if detector is ExplicitCNN else {}
    fitted = quick(detector, epochs=20, second_order=second_order, **options)
    fitted.fit(X[:80], Y[:80])
    assert fitted.loss_ == "bce"
    assert fitted.loss_curve_[-1] < 0.5 * fitted.loss_curve_[0]
    scores = fitted.decision_function(X[80:])
    assert scores.shape == (40, 2)
    assert scores.dtype == np.float32
    assert ((scores > 0) == Y[80:]).mean() > 0.9


@pytest.mark.parametrize(
    "options",
    [{"learning_rate": 5e-3}, {"second_order": True}, {"loss": "squared", "learning_rate": 0.02}],
)
def test_digits_are_told_apart(options):
    X, Y = digits()
    made = ExplicitMLP(image_size=8, hidden=(64,), epochs=10, random_state=0, **options)
    scores = made.fit(X[:1200], Y[:1200]).decision_function(X[1200:])
    assert (scores.argmax(axis=1) == Y[1200:].argmax(axis=1)).mean() > 0.9


def test_rates_by_default_are_those_that_are_told():
    X, Y = scenes()
    for detector, rate in zip(DETECTORS, (1e-3, 1e-3, 1e-2)):
        assert quick(detector).fit(X, Y).learning_rate_ == rate
        assert quick(detector, second_order=True).fit(X, Y).learning_rate_ == 5e-4
        assert quick(detector, learning_rate=0.03).fit(X, Y).learning_rate_ == 0.03


@pytest.mark.parametrize("hidden", [(), (64,)])
def test_the_same_network_in_torch_gives_the_same_scores(hidden):
    X, Y = digits()
    train, test = slice(1200), slice(1200, None)
    made = ExplicitMLP(hidden=hidden) if hidden else ExplicitPerceptron()
    made.set_params(image_size=8, epochs=5, batch_size=40, learning_rate=5e-3, random_state=3)
    ours = made.set_params(schedule="constant").fit(X[train], Y[train]).decision_function(X[test])

    # The seed gives the same initial weights, and after them the same batches.
    generator = np.random.default_rng(np.random.RandomState(3).randint(2**31 - 1))
    layers = [nn.Flatten()]
    for module in dense(192, hidden, 10, ACTIVATIONS["relu"], generator, np.float32):
        if "weights" in module.parameters:
            weights = torch.from_numpy(module.parameters["weights"]).double()
            layers.append(nn.Linear(*weights.shape[::-1]).double())
            layers[-1].weight.data = weights
            nn.init.zeros_(layers[-1].bias)
        else:
            layers.append(nn.ReLU())
    network = nn.Sequential(*layers[:-1])
    pixels = np.stack(X).astype(np.float64).transpose(0, 3, 1, 2)
    inputs = torch.from_numpy((pixels - pixels[train].mean()) / pixels[train].std())
    classes = torch.from_numpy(Y.argmax(axis=1))
    steps = [torch.zeros_like(p) for p in network.parameters()]
    for _ in range(5):
        for rows in np.array_split(generator.permutation(1200), 30):
            error = nn.functional.cross_entropy(network(inputs[rows]), classes[rows])
            gradients = torch.autograd.grad(error, list(network.parameters()))
            for p, last, gradient in zip(network.parameters(), steps, gradients):
                p.data.add_(last.mul_(0.9).sub_(5e-3 * gradient))
    theirs = network(inputs[test]).detach().numpy()
    # Ours go by float32, theirs by float64.
    assert np.abs(ours - log_odds(theirs)).max() < 2e-3
    assert (ours.argmax(axis=1) == Y[test].argmax(axis=1)).mean() > 0.85


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_seed_fixes_the_scores_to_the_bit_and_another_changes_them(detector):
    X, Y = scenes()
    state = np.random.get_state()[1].copy()
    first, again, other = (
        quick(detector, random_state=seed).fit(X, Y).decision_function(X) for seed in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert np.array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_pickled_detector_and_a_clone_give_the_same_scores(detector):
    X, Y = scenes()
    fitted = quick(detector, hidden=(5,)) if detector is not ExplicitPerceptron else quick(detector)
    scores = fitted.fit(X, Y).decision_function(X)
    content = pickle.dumps(fitted)
    # Weights in float32, and little else.
    assert len(content) < 4 * fitted.n_parameters_ + 8000
    assert np.array_equal(pickle.loads(content).decision_function(X), scores)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "module_")
    assert np.array_equal(copy.fit(X, Y).decision_function(X), scores)


def test_samples_without_judgments_change_nothing():
    X, Y = scenes()
    more, _ = scenes(10, seed=1)
    padded = np.vstack([np.full((10, 2), -1, np.int8), Y])
    plain = quick().fit(X, Y).decision_function(X)
    assert np.array_equal(plain, quick().fit(more + X, padded).decision_function(X))


def test_an_unjudged_annotation_is_neither_positive_nor_negative():
    X, Y = scenes()
    scores = []
    for value in (-1, 0, 1):
        marked = Y.copy()
        marked[5:9, 1] = value
        scores.append(quick().fit(X, marked).decision_function(X))
    assert not np.allclose(scores[0], scores[1])
    assert not np.allclose(scores[0], scores[2])


@pytest.mark.parametrize("second_order", [False, True])
def test_batches_in_which_nothing_is_judged_for_a_concept_train(second_order):
    X, Y = scenes()
    Y[2:, 1] = -1
    scores = quick(batch_size=1, second_order=second_order).fit(X, Y).decision_function(X)
    assert np.isfinite(scores).all()


def test_one_concept_and_a_single_positive():
    X, _ = scenes(33)
    Y = np.zeros((33, 1), np.int8)
    Y[7] = 1
    for loss in ("auto", "squared"):
        fitted = quick(loss=loss).fit(X, Y)
        assert fitted.decision_function(X).shape == (33, 1)
        assert not fitted.single_label_


@pytest.mark.parametrize("loss", ["auto", "squared"])
def test_single_label_scores_are_log_odds(loss):
    X, Y = scenes()
    Y = np.stack([Y[:, 0], 1 - Y[:, 0]], axis=1)
    fitted = quick(loss=loss).fit(X, Y)
    assert fitted.loss_ == ("softmax" if loss == "auto" else "squared")
    odds = fitted.decision_function(X)
    # Of two exclusive concepts, the odds are reciprocal.
    assert odds[:, 0] == pytest.approx(-odds[:, 1], abs=1e-5)


def test_an_image_has_the_same_scores_in_any_company(monkeypatch):
    X, Y = scenes(70)
    fitted = quick(ExplicitCNN).fit(X, Y)
    scores = fitted.decision_function(X)
    assert np.abs(fitted.decision_function(X[60:67]) - scores[60:67]).max() < 1e-5
    monkeypatch.setattr("learned.explicit.estimator.CHUNK", 16)
    assert np.abs(fitted.decision_function(X) - scores).max() < 1e-5
    assert fitted.decision_function([]).shape == (0, 2)


def test_a_concept_without_positives_is_named():
    X, Y = scenes()
    Y = np.hstack([Y, np.zeros((24, 1), np.int8)])
    with pytest.raises(ValueError, match="concept 2 has no positive"):
        quick().fit(X, Y)


@pytest.mark.parametrize(
    ("detector", "wrong"),
    [
        (ExplicitPerceptron, {"image_size": 0}),
        (ExplicitMLP, {"epochs": 1.5}),
        (ExplicitMLP, {"batch_size": 0}),
        (ExplicitMLP, {"hidden": (8, 0)}),
        (ExplicitMLP, {"hidden": 64}),
        (ExplicitMLP, {"activation": "step"}),
        (ExplicitMLP, {"learning_rate": 0.0}),
        (ExplicitMLP, {"momentum": 1.0}),
        (ExplicitMLP, {"schedule": "cosine"}),
        (ExplicitMLP, {"loss": "hinge"}),
        (ExplicitCNN, {"maps": (0,)}),
        (ExplicitCNN, {"hidden": (0,)}),
        (ExplicitCNN, {"activation": "step"}),
        (ExplicitCNN, {"pooling": "median"}),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(detector, wrong):
    X, Y = scenes()
    with pytest.raises(ValueError, match=next(iter(wrong))):
        quick(detector, **wrong).fit(X, Y)


def test_images_too_small_for_the_convolutions_are_told():
    X, Y = scenes()
    with pytest.raises(ValueError, match="do not fit in images of 12 pixels"):
        quick(ExplicitCNN, image_size=12).fit(X, Y)


def test_a_rate_that_diverges_is_told():
    X, Y = scenes()
    with pytest.raises(FloatingPointError, match=r"epoch \d of 2, step 1 of 1, at learning rate"):
        quick(learning_rate=1e30).fit(X, Y)


@pytest.mark.parametrize("detector", [ExplicitMLP, ExplicitCNN])
def test_every_option_of_the_layers_matters(detector):
    X, Y = scenes()
    changes = [{"activation": "tanh"}, {"hidden": (9,)}, {"momentum": 0.0}, {"schedule": "steps"}]
    changes += [{"loss": "squared"}, {"second_order": True}, {"batch_size": 8}]
    if detector is ExplicitCNN:
        changes += [{"maps": (5,)}, {"pooling": "average"}]
    plain = quick(detector).fit(X, Y).decision_function(X)
    for change in changes:
        changed = quick(detector, **change).fit(X, Y).decision_function(X)
        assert not np.allclose(changed, plain), change


class Clock(Stages):
    threads = 2

    def __init__(self):
        self.log = []

    @contextmanager
    def timed(self, stage, images):
        self.log.append((stage, images))
        yield


def test_stages_are_timed_with_their_images_and_give_the_threads(monkeypatch):
    monkeypatch.setattr("learned.explicit.estimator.CHUNK", 20)
    X, Y = scenes()
    Y[3] = -1
    clock = Clock()
    scores = quick(stages=clock).fit(X, Y).decision_function(X)
    assert clock.log == [
        ("decode", 24),
        ("train", 23),
        ("decode", 20),
        ("predict", 20),
        ("decode", 4),
        ("predict", 4),
    ]
    assert np.array_equal(scores, quick().fit(X, Y).decision_function(X))


def test_softmax_does_not_apply_to_tasks_of_several_labels():
    single, several = SimpleNamespace(single_label=True), SimpleNamespace(single_label=False)
    assert "softmax" in quick(loss="softmax").unsupported(several)
    assert quick(loss="softmax").unsupported(single) is None
    assert quick().unsupported(several) is None


def test_the_number_of_parameters_is_that_of_the_neurons():
    X, Y = scenes()
    assert quick(ExplicitPerceptron).fit(X, Y).n_parameters_ == 2 * (3 * 16**2 + 1)
    assert quick(hidden=(7,)).fit(X, Y).n_parameters_ == 7 * (3 * 16**2 + 1) + 2 * 8
