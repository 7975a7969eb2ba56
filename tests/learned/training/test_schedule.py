import pytest

from learned.training.schedule import one_cycle


def test_rises_linearly_then_falls_by_a_cosine():
    rates = [one_cycle(step, 1000, warm_up=0.2) for step in range(1000)]
    peak = rates.index(max(rates))
    assert peak in (199, 200)
    assert rates[peak] == pytest.approx(1, abs=0.01)
    assert rates[50] == pytest.approx(50.5 / 200)
    assert rates[600] == pytest.approx(0.5, abs=0.01)
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 < rates[-1] < 1e-5


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_trainings_still_learn(steps):
    assert all(0.05 < one_cycle(step, steps) <= 1 for step in range(steps))


def test_without_warm_up_it_starts_at_the_peak():
    assert one_cycle(0, 100, warm_up=0.0) == pytest.approx(1, abs=1e-3)
