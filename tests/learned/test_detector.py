import pickle
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from learned.detector import NetworkDetector
from learned.device import find_device
from learned.networks import perceptron, small_cnn


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


@pytest.mark.parametrize("network", [small_cnn.build, perceptron.build])
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
    monkeypatch.setattr("learned.detector.CHUNK", 16)
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


class Clock:
    def __init__(self):
        self.log = []

    @contextmanager
    def timed(self, stage, images):
        self.log.append((stage, images))
        yield


def test_stages_are_timed_with_their_images(monkeypatch):
    monkeypatch.setattr("learned.detector.CHUNK", 20)
    X, Y = scenes()
    Y[3] = -1
    clock = Clock()
    quick(stages=clock).fit(X, Y).decision_function(X)
    assert clock.log == [
        ("decode", 24),
        ("train", 23),
        ("decode", 20),
        ("predict", 20),
        ("decode", 4),
        ("predict", 4),
    ]


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
    cold = NetworkDetector(perceptron.build, **options).fit(X, Y).decision_function(X)
    warm = NetworkDetector(perceptron.build, **options)
    warm.warm_up()
    assert not hasattr(warm, "network_")
    np.testing.assert_array_equal(warm.fit(X, Y).decision_function(X), cold)
