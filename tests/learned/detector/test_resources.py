"""Threads, memory, stages, devices and kills: none of them changes a score."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from learned.device import find_device
from learned.stages import Stages
from tests.learned.detecting import Watched, linear_network, quick, scenes


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
from tests.learned.detecting import quick, scenes

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
        cwd=Path(__file__).parents[3],
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


def test_images_are_read_once_and_in_order():
    X, Y = scenes()

    class Stream:
        def __len__(self):
            return len(X)

        def __iter__(self):
            return iter(X)

    streamed = quick().fit(Stream(), Y).decision_function(Stream())
    assert np.array_equal(streamed, quick().fit(X, Y).decision_function(X))


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


def test_an_image_has_the_same_scores_in_any_company(monkeypatch):
    X, Y = scenes(70)
    detector = quick().fit(X, Y)
    scores = detector.decision_function(X)
    assert np.abs(detector.decision_function(X[60:67]) - scores[60:67]).max() < 1e-5
    assert np.abs(detector.decision_function([X[3]]) - scores[3]).max() < 1e-5
    monkeypatch.setattr("learned.scoring.CHUNK", 16)
    assert np.abs(detector.decision_function(X) - scores).max() < 1e-5
    assert detector.decision_function([]).shape == (0, 2)
