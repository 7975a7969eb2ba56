"""The check on a GPU, tried out on the CPU."""

import json

import pytest
import torch

from benchmarks import gpu_check


@pytest.mark.slow
def test_all_steps_run_and_are_written(tmp_path):
    out = tmp_path / "gpu.json"
    assert gpu_check.main(["--device", "cpu", "--quick", "--out", str(out)]) == 0
    found = json.loads(out.read_text())
    assert found["device"]["name"] == "cpu"
    assert found["tests"]["tests"] >= 1
    assert found["tests"]["failures"] == 0
    assert {"conceptbench, 1 threads", "bare torch loop, 1 threads"} <= set(
        found["training_loop"]["images_per_second"]
    )
    assert set(found["precision"]["images_per_second"]) == {"float32", "bf16"}
    assert 0 < found["depth"]["systems"]["perceptron"]["ap"] < 1
    assert found["depth"]["systems"]["perceptron"]["train_s"] > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_it_says_so_and_writes_nothing(tmp_path, capsys):
    out = tmp_path / "gpu.json"
    assert gpu_check.main(["--out", str(out)]) == 2
    assert "torch finds no CUDA device" in capsys.readouterr().err
    assert not out.exists()


def test_a_step_that_fails_is_written_down_and_the_others_go_on(tmp_path, monkeypatch):
    def fails(*arguments):
        raise gpu_check.CheckError("exit status 1 of: pytest")

    monkeypatch.setattr(gpu_check, "run_tests", fails)
    monkeypatch.setattr(gpu_check, "race_loop", lambda quick: {"images_per_second": {}})
    monkeypatch.setattr(gpu_check, "compare_precisions", lambda device, quick: {"a": 1})
    monkeypatch.setattr(gpu_check, "sweep_depth", fails)
    out = tmp_path / "gpu.json"
    assert gpu_check.main(["--device", "cpu", "--out", str(out)]) == 1
    found = json.loads(out.read_text())
    assert found["tests"]["error"] == found["depth"]["error"] == "exit status 1 of: pytest"
    assert found["precision"]["a"] == 1
