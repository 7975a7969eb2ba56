import pytest
import torch

from learned.training.reproducibility import reproducible

CPU = torch.device("cpu")


def test_reproducible_seeds_and_restores(monkeypatch):
    monkeypatch.setattr(torch.utils.deterministic, "fill_uninitialized_memory", True)
    state = torch.random.get_rng_state()
    draws = []
    for seed in (3, 3, 4):
        with reproducible(seed, CPU) as generator:
            assert torch.are_deterministic_algorithms_enabled()
            draws.append((torch.rand(3).tolist(), torch.rand(3, generator=generator).tolist()))
    assert draws[0] == draws[1] != draws[2]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory


def test_ctrl_c_leaves_torch_as_it_was():
    def interrupted():
        with reproducible(0, CPU):
            torch.rand(3)
            raise KeyboardInterrupt

    state = torch.random.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.random.get_rng_state(), state)
