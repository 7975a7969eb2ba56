import pickle
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from learned.detector import NetworkDetector
from learned.device import find_device
from learned.networks import mlp, small_cnn
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


def test_samples_without_judgments_change_nothing():
    X, Y = scenes()
    more, _ = scenes(10, seed=1)
    unjudged = np.full((10, 2), -1, np.int8)
    plain = quick().fit(X, Y).decision_function(X)
    padded = quick().fit(more + X, np.vstack([unjudged, Y])).decision_function(X)
    assert np.array_equal(plain, padded)


def test_an_unjudged_annotation_is_neither_positive_nor_negative():
    X, Y = scenes()
    scores = []
    for value in (-1, 0, 1):
        marked = Y.copy()
        marked[5:9, 1] = value
        scores.append(quick().fit(X, marked).decision_function(X))
    assert not np.allclose(scores[0], scores[1])
    assert not np.allclose(scores[0], scores[2])


def test_an_image_has_the_same_scores_in_any_company(monkeypatch):
    X, Y = scenes(70)
    detector = quick().fit(X, Y)
    scores = detector.decision_function(X)
    assert np.abs(detector.decision_function(X[60:67]) - scores[60:67]).max() < 1e-5
    assert np.abs(detector.decision_function([X[3]]) - scores[3]).max() < 1e-5
    monkeypatch.setattr("learned.scoring.CHUNK", 16)
    assert np.abs(detector.decision_function(X) - scores).max() < 1e-5
    assert detector.decision_function([]).shape == (0, 2)


def test_one_concept_and_a_single_positive():
    X, _ = scenes(33)
    Y = np.zeros((33, 1), np.int8)
    Y[7] = 1
    # Batches of 33 = 32 + 1 would leave one image without variance.
    scores = quick(loss="auto").fit(X, Y).decision_function(X)
    assert scores.shape == (33, 1)
    assert np.isfinite(scores).all()


def test_single_label_annotations_train_a_softmax():
    X, Y = scenes()
    Y = np.stack([Y[:, 0], 1 - Y[:, 0]], axis=1)
    detector = quick().fit(X, Y)
    assert detector.loss_ == "softmax"
    odds = detector.decision_function(X)
    # Of two exclusive concepts, the odds are reciprocal.
    assert odds[:, 0] == pytest.approx(-odds[:, 1], abs=1e-5)
    assert quick(loss="bce").fit(X, Y).loss_ == "bce"


def test_a_concept_without_positives_or_negatives_is_named():
    X, Y = scenes()
    Y = np.hstack([Y, np.zeros((24, 2), np.int8)])
    Y[0, 3] = -1
    with pytest.raises(ValueError, match=r"concept 2 has no positive .*\[3\]"):
        quick().fit(X, Y)
    with pytest.raises(ValueError, match="concept 1 has no negative"):
        quick().fit(X, np.stack([Y[:, 0], np.ones(24)], axis=1))


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        (np.zeros((3, 2)), r"\(24 samples, concepts\), got shape \(3, 2\)"),
        (np.zeros(24), r"got shape \(24,\)"),
        (np.full((24, 2), 2), "1 .positive., 0 .negative. or -1"),
        (np.full((24, 2), np.nan), "1 .positive., 0 .negative. or -1"),
    ],
)
def test_wrong_annotations_are_refused(Y, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(scenes()[0], Y)


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


def linear_network(n_concepts, image_size):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * image_size**2, n_concepts))


def test_any_callable_that_builds_a_module_is_a_network():
    X, Y = scenes()
    assert quick(linear_network).fit(X, Y).decision_function(X).shape == (24, 2)


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        (small_cnn.build, {"widht": 8}, "small_cnn.build does not take .*widht"),
        (lambda c, s: nn.Flatten(), None, r"\(batch, 2\): two images gave \(2, 768\)"),
        (lambda c, s: nn.Sequential(nn.Conv2d(1, 2, 3)), None, "fails on images of 16 pixels"),
        (lambda c, s: None, None, "must return a torch.nn.Module, got NoneType"),
        ("small-cnn", None, "must be a callable"),
    ],
)
def test_a_wrong_network_is_explained(network, options, message):
    X, Y = scenes()
    with pytest.raises(ValueError, match=message):
        quick(network, network_options=options).fit(X, Y)


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


def test_stages_are_told_with_their_images(monkeypatch):
    monkeypatch.setattr("learned.scoring.CHUNK", 20)
    X, Y = scenes()
    Y[3] = -1
    stages = Watched()
    quick(stages=stages).fit(X, Y).decision_function(X)
    assert stages.log == [
        ("train", 24),
        ("decode", 20),
        ("predict", 20),
        ("decode", 4),
        ("predict", 4),
    ]
    assert [fraction for fraction, _ in stages.reports] == [0.5, 1.0]


class Keys(Stages):
    """Takes the key of a training and leaves the training out."""

    class Taken(Exception):
        pass

    def resumable(self, stage, components, compute, fitted_on):
        assert stage == "train"
        raise self.Taken(pickle.dumps([describe(part) for part in components]))


def describe(value):
    """Stand for a harness: plain data of what components may be."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return sorted((name, describe(entry)) for name, entry in value.items())
    if hasattr(value, "get_params"):
        return value.get_params()
    if callable(value):
        return value.__qualname__, value.__module__
    assert value is None or isinstance(value, bool | int | float | str | tuple), value
    return value


def key(X, Y, **options):
    with pytest.raises(Keys.Taken) as taken:
        quick(stages=Keys(), **options).fit(X, Y)
    return taken.value.args[0]


class Videos(list):
    video = np.repeat(np.array(["a", "b", "c", "d", "e", "f"]), 4)


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


MATTERING = {
    "network": mlp.build, "network_options": {"width": 5}, "image_size": 17, "epochs": 3,
    "batch_size": 31, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.1,
    "loss": "squared", "label_smoothing": 0.1, "shift": 0.2, "scale": 0.2, "rotation": 5.0,
    "mirror": True, "brightness": 0.1, "contrast": 0.1, "aspect": 0.1, "colour": 0.1,
    "cutout": 0.1, "mixup": 0.1, "start_scale": 0.9, "class_balance": 0.1, "schedule": "cosine",
    "warm_up_share": 0.1, "average": "last", "validation": 0.2, "precision": "bf16",
    "compile": True, "weights": Pretrained(), "trainable_layers": 1,
    "one_network_a_concept": True, "processes": 2, "random_state": 1,
}  # fmt: skip


# Which matter only beside another one.
DEPENDENT = {"average_share": 0.3, "validation_metric": "loss", "growth_share": 0.3}


@pytest.mark.parametrize("name", MATTERING)
def test_what_matters_changes_a_trainings_key(name):
    X, Y = scenes()
    assert key(X, Y, **{name: MATTERING[name]}) != key(X, Y)


def test_what_matters_only_with_another_parameter_does_so():
    X, Y = scenes()
    for name, value in {"patience": 3, "validation_metric": "loss"}.items():
        assert key(X, Y, validation=0.2, **{name: value}) != key(X, Y, validation=0.2)
    for name, value in DEPENDENT.items():
        assert key(X, Y, **{name: value}) == key(X, Y)
    assert key(X, Y, start_scale=0.9, growth_share=0.3) != key(X, Y, start_scale=0.9)
    assert key(X, Y, average="last", average_share=0.3) != key(X, Y, average="last")
    assert key(Videos(X), Y) == key(X, Y)
    assert key(Videos(X), Y, validation=0.2) != key(X, Y, validation=0.2)


def test_what_does_not_matter_leaves_the_key_and_every_parameter_is_one_or_the_other():
    X, Y = scenes()
    same = {"device": "auto" if not torch.cuda.is_available() else "cpu", "random_state": 0}
    assert key(X, Y, **same) == key(X, Y)
    assert key(X, Y, random_state=np.random.RandomState(0)) == key(X, Y)
    assert key(X, Y, loss="bce") == key(X, Y)  # what "auto" comes to
    other = Y.copy()
    other[5, 0] = -1
    assert key(X, other) != key(X, Y)
    views = {"test_mirror": True, "test_scales": [1.0, 1.5]}  # of scoring alone
    assert key(X, Y, **views) == key(X, Y)
    told = {*MATTERING, *views, *DEPENDENT, "patience", "device", "stages"}
    assert told == set(quick().get_params())


def test_images_are_read_once_and_in_order():
    X, Y = scenes()

    class Stream:
        def __len__(self):
            return len(X)

        def __iter__(self):
            return iter(X)

    streamed = quick().fit(Stream(), Y).decision_function(Stream())
    assert np.array_equal(streamed, quick().fit(X, Y).decision_function(X))


def test_softmax_does_not_apply_to_tasks_of_several_labels():
    single, several = SimpleNamespace(single_label=True), SimpleNamespace(single_label=False)
    assert "softmax" in quick(loss="softmax").unsupported(several)
    assert quick(loss="softmax").unsupported(single) is None
    assert quick().unsupported(several) is None


def test_threads_are_left_as_they_are():
    X, Y = scenes()
    before = torch.get_num_threads()
    quick().fit(X, Y).decision_function(X)
    assert torch.get_num_threads() == before


def test_auto_takes_cuda_only_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert find_device("auto").type == "cpu"
    with pytest.raises(ValueError, match="'cuda' was asked for"):
        find_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert find_device("auto").type == "cuda"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_trains_on_the_same_views_to_similar_scores():
    X, Y = scenes(60)
    on_cpu, on_cuda = (
        quick(device=device, epochs=1).fit(X, Y).decision_function(X) for device in ("cpu", "cuda")
    )
    assert np.abs(on_cpu - on_cuda).max() < 0.05


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


def test_a_whole_batch_without_judgments_of_a_concept():
    X, Y = scenes(40)
    Y[4:, 1] = -1
    scores = quick(batch_size=2).fit(X, Y).decision_function(X)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("several", [False, True])
def test_a_single_positive_stays_in_training_though_samples_are_held_out(several):
    X, Y = scenes(30)
    Y[:, 1] = 0
    Y[7, 1] = 1
    detector = quick(validation=0.3, one_network_a_concept=several, validation_metric="loss")
    scores = detector.fit(X, Y).decision_function(X)
    assert np.isfinite(scores).all()


def test_networks_of_one_concept_each_are_those_trained_alone():
    X, Y = scenes(30)
    Y[:6, 1] = -1
    stages = Watched()
    both = quick(one_network_a_concept=True, random_state=7, stages=stages).fit(X, Y)
    scores = both.decision_function(X)
    seeds = [components[0]["seed"] for components in stages.keys]
    assert len(set(seeds)) == 2
    # All images are judged for the first concept, so that it has the same pixels alone.
    alone = quick(random_state=FixedSeed(seeds[0])).fit(X, Y[:, :1])
    assert np.array_equal(alone.decision_function(X)[:, 0], scores[:, 0])
    assert both.loss_curve_[0] == alone.loss_curve_
    assert len(both.loss_curve_) == len(both.best_epoch_) == 2
    assert [fraction for fraction, _ in stages.reports] == [0.25, 0.5, 0.75, 1]
    again = pickle.loads(pickle.dumps(both))
    assert np.array_equal(again.decision_function(X), scores)
    with pytest.raises(ValueError, match="'softmax' needs one network for all"):
        quick(one_network_a_concept=True, loss="softmax").fit(X, Y)


class FixedSeed(np.random.RandomState):
    """Draws the one number that it is given."""

    def __init__(self, value):
        super().__init__(0)
        self.value = value

    def randint(self, *args):
        return self.value


def test_a_concepts_own_network_does_not_see_samples_unjudged_for_it():
    X, Y = scenes(30)
    Y[:8, 1] = -1
    other = [image if i >= 8 else np.zeros_like(image) for i, image in enumerate(X)]
    weights = Pretrained()  # which fix the statistics of pixels
    first, second = (
        quick(mlp.build, one_network_a_concept=True, weights=weights).fit(images, Y)
        for images in (X, other)
    )
    a, b = first.decision_function(X), second.decision_function(X)
    assert np.array_equal(a[:, 1], b[:, 1])
    assert not np.array_equal(a[:, 0], b[:, 0])


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


def test_images_are_decoded_on_threads_to_the_same_scores():
    class Threads(Stages):
        threads = 3

    X, Y = scenes()
    many = quick(stages=Threads()).fit(X, Y).decision_function(X)
    assert np.array_equal(many, quick().fit(X, Y).decision_function(X))


def test_a_store_on_disk_gives_the_same_scores(monkeypatch):
    X, Y = scenes()
    expected = quick(validation=0.2, average="last").fit(X, Y).decision_function(X)
    monkeypatch.setattr("learned.pixel_store.IN_MEMORY", 0)
    found = quick(validation=0.2, average="last").fit(X, Y).decision_function(X)
    assert np.array_equal(found, expected)


def limited(n_concepts, image_size):
    class Limited(nn.Sequential):
        def forward(self, x):
            if self.training and len(x) > 9:
                raise torch.cuda.OutOfMemoryError("too much")
            return super().forward(x)

    return Limited(nn.Flatten(), nn.Linear(3 * image_size**2, n_concepts))


def test_batches_that_do_not_fit_are_cut_to_nearly_the_same_scores():
    X, Y = scenes()
    with pytest.warns(RuntimeWarning, match="out of GPU memory"):
        cut = quick(limited, batch_size=24).fit(X, Y)
    assert cut.accumulation_ == 4
    whole = quick(linear_network, batch_size=24).fit(X, Y)
    difference = cut.decision_function(X) - whole.decision_function(X)
    assert np.abs(difference).max() < 1e-4


KILLED = """
import os, pathlib, pickle, sys
import torch
from learned.stages import Stages
from learned.training import loop
from tests.learned.test_detector import quick, scenes

torch.set_num_threads(int(sys.argv[2]))
loop.CHECKPOINT_SECONDS = -1.0

class Kept(Stages):
    def resumable(self, stage, components, compute, fitted_on):
        return compute(self)
    def load(self):
        return None
    def save(self, state):
        path = pathlib.Path(sys.argv[1])
        path.with_suffix(".part").write_bytes(pickle.dumps(state))
        path.with_suffix(".part").replace(path)
        if state["position"]["epoch"] == 1 and state["position"]["batch"] == 1:
            os.kill(os.getpid(), 9)

quick(stages=Kept(), batch_size=8, network_options={"width": 4, "dropout": 0.2}).fit(*scenes())
"""


def test_a_killed_training_goes_on_to_the_very_same_scores(tmp_path):
    path = tmp_path / "state"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(torch.get_num_threads())],
        cwd=Path(__file__).parents[2],
        timeout=600,
    )
    assert killed.returncode == -9

    class Resumed(Stages):
        def resumable(self, stage, components, compute, fitted_on):
            return compute(self)

        def load(self):
            return pickle.loads(path.read_bytes())

        def save(self, state):
            raise AssertionError("a minute has not passed")

    X, Y = scenes()
    options = {"batch_size": 8, "network_options": {"width": 4, "dropout": 0.2}}
    resumed = quick(stages=Resumed(), **options).fit(X, Y)
    whole = quick(**options).fit(X, Y)
    assert resumed.loss_curve_ == whole.loss_curve_
    assert np.array_equal(resumed.decision_function(X), whole.decision_function(X))
