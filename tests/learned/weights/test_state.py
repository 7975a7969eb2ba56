import io
import os
import pickle
from functools import partial

import pytest
import torch
from torch import nn

from learned.weights.state import read_state


def saved(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


STATE = nn.Linear(3, 2).state_dict()


@pytest.mark.parametrize("wrap", [None, "state_dict", "model", "model_state_dict"])
def test_reads_a_state_dict_or_a_checkpoint_around_one(tmp_path, wrap):
    value = STATE if wrap is None else {"epoch": 3, wrap: STATE, "optimizer": {"lr": 0.1}}
    found = read_state(tmp_path, saved(value))
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[name], STATE[name]) for name in STATE)


class Malicious:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize(
    "pack", [saved, partial(pickle.dumps, protocol=2)], ids=["torch.save", "pickle"]
)
def test_a_malicious_pickle_is_refused_and_runs_nothing(tmp_path, pack):
    trace = tmp_path / "ran"
    data = pack({"weight": Malicious(trace)})
    with pytest.raises(ValueError, match="could run any code"):
        read_state(tmp_path / "weights.pt", data)
    assert not trace.exists()


def test_a_whole_network_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(ValueError, match=r"save network\.state_dict\(\).*Linear") as error:
        read_state(tmp_path / "weights.pt", saved(nn.Linear(3, 2)))
    assert "add_safe_globals" not in str(error.value)


@pytest.mark.parametrize("part", [0, 1, 30, 500, -1], ids=lambda part: f"first {part} bytes")
def test_a_truncated_file_is_damaged(tmp_path, part):
    with pytest.raises(ValueError, match=r"weights\.pt is (damaged|no file of weights)"):
        read_state(tmp_path / "weights.pt", saved(STATE)[:part])


@pytest.mark.parametrize("data", [b"hello world" * 9, bytes(range(256)), b"<html></html>"])
def test_other_content_is_no_file_of_weights(tmp_path, data):
    with pytest.raises(ValueError, match=r"weights\.pt is (damaged|no file of weights)"):
        read_state(tmp_path / "weights.pt", data)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, 2], "holds a list, not tensors by name"),
        ({}, "holds no tensor"),
        ({"weight": 3.0}, "entry 'weight' is a float, not a tensor"),
        ({0: torch.zeros(2)}, "entry 0 is a Tensor"),
        ({"a": torch.tensor([1.0, torch.nan])}, "'a' holds values that are not finite"),
    ],
)
def test_what_is_no_state_dict_is_described(tmp_path, value, message):
    with pytest.raises(ValueError, match=message):
        read_state(tmp_path / "weights.pt", saved(value))
