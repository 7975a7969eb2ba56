import importlib.util
import pickle
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import torch

from learned.detector import NetworkDetector
from learned.stages import Stages
from learned.training import distributed
from learned.training.distributed import Mail, launch, outcome, write

PLUGIN = """
import os
import torch
from torch import nn

class Tiny(nn.Module):
    def __init__(self, n_concepts):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 5, stride=2)
        self.head = nn.Linear(6, n_concepts)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))

class Unwell(Tiny):
    def forward(self, x):
        if os.environ.get("RANK") == "1":
            raise ArithmeticError("process one is unwell")
        return super().forward(x)

def build(n_concepts, image_size):
    return Tiny(n_concepts)

def build_unwell(n_concepts, image_size):
    return Unwell(n_concepts)
"""


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    path = tmp_path_factory.mktemp("plugin") / "my_net.py"
    path.write_text(PLUGIN)
    spec = importlib.util.spec_from_file_location("plugin_my_net_4567", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where pixels and jobs lie; left empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert not list(tmp_path.glob("conceptbench-*"))


def scenes(n=22):
    rng = np.random.default_rng(0)
    Y = rng.integers(-1, 2, (n, 2)).astype(np.int8)
    Y[:2] = [[0, 1], [1, 0]]
    X = [rng.integers(0, 200, (12, 14, 3), dtype=np.uint8) for _ in range(n)]
    for image, (left, _) in zip(X, Y):
        image[:, :6] += np.uint8(50 * max(left, 0))
    return X, Y


class Reports(Stages):
    def __init__(self):
        self.lines = []

    def report(self, fraction, message):
        self.lines.append((fraction, message))


def fit(build, processes, **options):
    options = {"image_size": 11, "epochs": 3, "batch_size": 8, "device": "cpu"} | options
    return NetworkDetector(build, processes=processes, random_state=0, **options).fit(*scenes())


def test_two_processes_train_a_plugins_network_as_one_does(plugin):
    # Everything at once: order, views, blends, masks, averages and validation are shared.
    options = {
        "mixup": 0.4,
        "cutmix": 0.3,
        "cutout": 0.3,
        "average": "last",
        "validation": 0.2,
        "aspect": 0.2,
    }
    alone, together = Reports(), Reports()
    one = fit(plugin.build, 1, stages=alone, **options)
    two = fit(plugin.build, 2, stages=together, **options)
    X, _ = scenes()
    assert two.loss_curve_ == pytest.approx(one.loss_curve_, rel=1e-5)
    assert two.validation_curve_ == pytest.approx(one.validation_curve_, abs=0.01)
    assert np.abs(one.decision_function(X) - two.decision_function(X)).max() < 1e-4
    assert one.loss_curve_[-1] != one.loss_curve_[0]
    assert [line[0] for line in together.lines] == [line[0] for line in alone.lines]


def test_an_error_in_any_process_reaches_the_user(plugin):
    with pytest.raises(ArithmeticError, match="process one is unwell") as caught:
        fit(plugin.build_unwell, 2)
    assert "In process 1 of the training" in caught.value.__notes__[0]


def test_a_network_that_another_process_cannot_build_is_refused(plugin):
    def local(n_concepts, image_size):
        return plugin.build(n_concepts, image_size)

    with pytest.raises(ValueError, match=r"processes = 2 cannot train this network: .*top level"):
        fit(local, 2)


def test_inside_of_torchrun_no_more_processes_are_started(plugin, monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="torchrun started this process"):
        fit(plugin.build, 2)


class Ended:
    """Stands for torchrun: does what a test says, then has ended."""

    script = staticmethod(lambda folder: None)

    def __init__(self, command, **options):
        self.stdin = None
        assert command[1:4] == ["-m", "torch.distributed.run", "--standalone"]
        Ended.script(distributed.Path(command[-1]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def poll(self):
        return 0

    def wait(self, timeout):
        return 0

    def terminate(self):
        pass


def test_checkpoints_go_to_the_one_who_waits_and_come_back(plugin, monkeypatch):
    class Progress:
        states = [{"epoch": 3}]

        def load(self):
            return self.states[-1]

        def save(self, state):
            self.states.append(state)

    class Resumed(Stages):
        def resumable(self, stage, components, compute, fitted_on):
            return compute(Progress())

    def script(folder):
        content = pickle.loads((folder / "job").read_bytes())
        assert content[4] == {"epoch": 3}
        mail = Mail(folder)
        mail.save({"epoch": 4})
        mail.save({"epoch": 5})
        (folder / "log").write_text("first line\nlast line")

    monkeypatch.setattr(subprocess, "Popen", Ended)
    monkeypatch.setattr(Ended, "script", staticmethod(script))
    with pytest.raises(RuntimeError, match=r"without a result:\nfirst line\nlast line"):
        fit(plugin.build, 2, stages=Resumed())
    assert Progress.states == [{"epoch": 3}, {"epoch": 5}]


def test_the_first_error_is_raised_and_a_result_else(tmp_path):
    folder = tmp_path / "job"
    folder.mkdir()
    write(folder / "result", pickle.dumps("trained"))
    assert outcome(folder) == "trained"
    for rank, (when, error) in enumerate([(2.0, OSError("reset")), (1.0, ValueError("why"))]):
        write(folder / f"error-{rank}", pickle.dumps((when, rank, error, "trace")))
    with pytest.raises(ValueError, match="why"):
        outcome(folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    ("device", "message"), [("cuda:0", "need device = 'cuda'"), ("cuda", "torch finds 1 CUDA")]
)
def test_each_process_needs_a_device_of_its_own(device, message, monkeypatch):
    class Job:
        pass

    Job.device = torch.device(device)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ValueError, match=message):
        launch(Job, None, 2, None, None)
