"""A network as a detector: it learns, its parameters are checked, it survives pickling."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from learned.detector import NetworkDetector
from learned.networks import mlp, small_cnn
from tests.learned.detecting import Pretrained, linear_network, quick, scenes


def test_learns_concepts_from_images_of_mixed_sizes():
    X, Y = scenes(120)
    detector = quick(epochs=20, learning_rate=5e-3).fit(X[:80], Y[:80])
    assert detector.loss_ == "bce"
    assert detector.loss_curve_[-1] < 0.5 * detector.loss_curve_[0]
    scores = detector.decision_function(X[80:])
    assert scores.shape == (40, 2)
    assert scores.dtype == np.float32
    assert ((scores > 0) == Y[80:]).mean() > 0.9


@pytest.mark.parametrize("network", [small_cnn.build, mlp.build])
def test_a_seed_fixes_the_scores_and_another_changes_them(network):
    X, Y = scenes()
    options = {"width": 4} if network is small_cnn.build else {"hidden": (8,), "dropout": 0.5}
    first, again, other = (
        quick(network, network_options=options, random_state=seed).fit(X, Y).decision_function(X)
        for seed in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_the_global_generator_neither_matters_nor_moves():
    X, Y = scenes()
    torch.manual_seed(1)
    state = torch.random.get_rng_state()
    first = quick().fit(X, Y)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(2)
    assert np.array_equal(first.decision_function(X), quick().fit(X, Y).decision_function(X))


@pytest.mark.parametrize(
    "wrong",
    [
        {"image_size": 0},
        {"epochs": 1.5},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"weight_decay": -1.0},
        {"label_smoothing": 1.0},
        {"optimizer": "adam"},
        {"loss": "hinge"},
        {"rotation": -1.0},
        {"cutout": 1.0},
        {"precision": "half"},
        {"schedule": "step"},
        {"processes": 0},
        {"trainable_layers": 0},
        {"validation": 1.0},
        {"patience": 3},
        {"average": "ema"},
        {"test_scales": [1.0, 0.0]},
        {"start_scale": 0.0},
    ],
)
def test_parameters_out_of_range_are_refused_by_name(wrong):
    X, Y = scenes()
    with pytest.raises(ValueError, match=next(iter(wrong))):
        quick(**wrong).fit(X, Y)


def test_any_callable_that_builds_a_module_is_a_network():
    X, Y = scenes()
    assert quick(linear_network).fit(X, Y).decision_function(X).shape == (24, 2)


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        (small_cnn.build, {"widht": 8}, r"small_cnn.py:build must accept \(n_.*, widht\): got an"),
        (
            lambda c: None,
            None,
            r"test_detector.py:<lambda> must accept \(n_concepts, image_size\):",
        ),
        (
            lambda c, s: nn.Flatten(),
            None,
            r"with n_concepts = 2, .* to \(2, 2\), and gave \(2, 768\)",
        ),
        (lambda c, s: nn.Sequential(nn.Conv2d(1, 2, 3)), None, r"of 16 pixels a side \(RuntimeE"),
        (lambda c, s: None, None, "must return a torch.nn.Module, got NoneType"),
        ("small-cnn", None, "must be a callable"),
    ],
)
def test_a_wrong_network_is_explained(network, options, message):
    X, Y = scenes()
    with pytest.raises(ValueError, match=message):
        quick(network, network_options=options).fit(X, Y)


def test_weights_that_diverged_in_the_last_step_are_told_with_what_to_do():
    X, Y = scenes()
    detector = quick(linear_network).fit(X, Y)
    with torch.no_grad():
        next(detector.network_.parameters()).fill_(float("nan"))
    with pytest.raises(FloatingPointError, match=r"infinite scores: .* lower learning_rate"):
        detector.decision_function(X)


def test_a_fitted_detector_survives_pickling_without_its_modules_class():
    X, Y = scenes()
    detector = quick().fit(X, Y)
    content = pickle.dumps(detector)
    assert b"ConvBlock" not in content
    state = torch.random.get_rng_state()
    again = pickle.loads(content)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.array_equal(again.decision_function(X), detector.decision_function(X))
    assert again.get_params() == detector.get_params()
    # Pickling must not have touched the original.
    assert isinstance(detector.network_, nn.Module)


def test_clone_is_unfitted_and_equal():
    X, Y = scenes()
    detector = quick(mirror=True).fit(X, Y)
    copy = clone(detector)
    assert copy.get_params() == detector.get_params()
    assert not hasattr(copy, "network_")
    assert np.array_equal(copy.fit(X, Y).decision_function(X), detector.decision_function(X))


def test_mirroring_is_off_unless_asked_for():
    assert quick().mirror is False
    X, Y = scenes()
    plain, mirrored = (quick(mirror=m).fit(X, Y).decision_function(X) for m in (False, True))
    assert not np.allclose(plain, mirrored)


def test_warming_up_changes_nothing():
    rng = np.random.default_rng(0)
    X = [rng.integers(0, 255, (20, 20, 3), dtype=np.uint8) for _ in range(12)]
    Y = np.arange(12)[:, None] % 2
    options = {"image_size": 16, "epochs": 2, "random_state": 3}
    cold = NetworkDetector(mlp.build, **options).fit(X, Y).decision_function(X)
    warm = NetworkDetector(mlp.build, **options)
    warm.warm_up()
    assert not hasattr(warm, "network_")
    np.testing.assert_array_equal(warm.fit(X, Y).decision_function(X), cold)


def test_the_whole_recipe_trains_and_survives_pickling():
    X, Y = scenes(60)
    Y[::5, 0] = -1
    detector = quick(
        epochs=4, aspect=0.1, colour=0.1, cutout=0.3, mixup=0.3, class_balance=0.5,
        schedule="linear", average="exponential", validation=0.2, patience=3, precision="bf16",
    ).fit(X, Y)  # fmt: skip
    again = pickle.loads(pickle.dumps(detector))
    assert np.array_equal(again.decision_function(X), detector.decision_function(X))
    assert len(detector.validation_curve_) == len(detector.loss_curve_)
    assert detector.validation_curve_[detector.best_epoch_ - 1] == max(detector.validation_curve_)
    assert detector.accumulation_ == 1


@pytest.mark.parametrize("loss", ["squared", "bce"])
@pytest.mark.parametrize("single", [True, False])
def test_every_loss_learns(loss, single):
    X, Y = scenes(100)
    if single:
        Y = np.stack([Y[:, 0], 1 - Y[:, 0]], axis=1)
    detector = quick(loss=loss, epochs=20, learning_rate=5e-3, class_balance=0.5).fit(X, Y)
    assert ((detector.decision_function(X) > 0) == Y).mean() > 0.9
    kinds = {(True, "squared"): "softmax-squared", (False, "squared"): "sigmoid-squared"}
    assert detector.loss_ == kinds.get((single, loss), "bce")


def test_further_views_are_averaged_over_without_another_training():
    X, Y = scenes()
    plain, viewed = (
        quick(**options).fit(X, Y)
        for options in ({}, {"test_mirror": True, "test_scales": [1.0, 1.5]})
    )
    for name, tensor in plain.network_.state_dict().items():
        assert torch.equal(tensor, viewed.network_.state_dict()[name])
    assert not np.allclose(plain.decision_function(X), viewed.decision_function(X))
    mirrored = [image[:, ::-1] for image in X]
    np.testing.assert_allclose(
        viewed.decision_function(X), viewed.decision_function(mirrored), atol=1e-2
    )
    with pytest.raises(ValueError, match="test_scales needs images of 24 pixels, which the"):
        quick(linear_network, test_scales=[1.0, 1.5]).fit(X, Y)


def test_views_grow_to_the_images_size():
    class Watched(nn.Module):
        def __init__(self, n_concepts):
            super().__init__()
            self.head, self.sides = nn.Linear(3, n_concepts), []

        def forward(self, x):
            if self.training:
                self.sides.append(x.shape[-1])
            return self.head(x.mean((2, 3)))

    X, Y = scenes()
    built = []

    def build(n_concepts, image_size):
        built.append(Watched(n_concepts))
        return built[-1]

    options = {"epochs": 4, "batch_size": 24, "start_scale": 0.5, "growth_share": 0.5}
    quick(build, **options).fit(X, Y)
    assert [8, 12, 16, 16] in [network.sides for network in built]
    with pytest.raises(ValueError, match="start_scale needs images of 8 pixels, which the"):
        quick(linear_network, **options).fit(X, Y)


def test_pretrained_weights_give_the_start_and_the_standardisation():
    X, Y = scenes()
    detector = quick(mlp.build, weights=Pretrained(), trainable_layers=1).fit(X, Y)
    assert detector.mean_.tolist() == [100] * 3
    assert (detector.network_.hidden1.weight == 0.25).all()
    assert not (detector.network_.head.bias == 0).all()
