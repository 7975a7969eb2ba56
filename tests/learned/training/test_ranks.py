import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from learned.training.ranks import Ranks, current, join, launched


@given(st.integers(1, 50), st.integers(1, 8))
def test_parts_are_the_whole_in_order_and_of_equal_size(count, processes):
    parts = [range(count)[Ranks(rank, processes).part(count)] for rank in range(processes)]
    assert [i for part in parts for i in part] == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_process_alone_agrees_with_itself():
    ranks, network = current(), nn.Linear(1, 1)
    assert ranks == Ranks(0, 1)
    assert ranks.wrap(network, torch.device("cpu")) is network
    assert ranks.sum(torch.tensor([2.0])).item() == 2
    assert ranks.agree("a") == "a"
    assert ranks.gather("a") == ["a"]


def test_without_torchrun_nothing_is_joined(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    assert launched() == 1
    assert join(torch.device("cpu")) == torch.device("cpu")
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert launched() == 3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_one_process_of_torchrun_joins_nothing(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert join(torch.device("cuda")) == torch.device("cuda")
