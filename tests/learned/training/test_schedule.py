import math

import pytest

from learned.training.schedule import SCHEDULES, Schedule


def test_one_cycle_rises_linearly_then_falls_by_half_a_cosine():
    schedule = Schedule("one-cycle", 1000)
    rates = [schedule(step) for step in range(1000)]
    peak = rates.index(max(rates))
    assert peak in (199, 200)
    assert rates[peak] == pytest.approx(1, abs=0.01)
    assert rates[50] == pytest.approx(50.5 / 200)
    assert rates[600] == pytest.approx(0.5, abs=0.01)
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 < rates[-1] < 1e-5


@pytest.mark.parametrize("step", [0, 17, 50, 99])
def test_without_warm_up_the_falls_have_their_closed_forms(step):
    time = (step + 0.5) / 100
    expected = {
        "one-cycle": (1 + math.cos(math.pi * time)) / 2,
        "cosine": (1 + math.cos(math.pi * time)) / 2,
        "linear": 1 - time,
        "constant": 1,
    }
    for name in SCHEDULES:
        assert Schedule(name, 100, warm_up=0.0)(step) == pytest.approx(expected[name])


@pytest.mark.parametrize(
    ("name", "share"), [("one-cycle", 0.2), ("cosine", 0.05), ("linear", 0.2), ("constant", 0.0)]
)
def test_each_has_a_warm_up_of_its_own(name, share):
    own = Schedule(name, 1000)
    given = Schedule(name, 1000, warm_up=share)
    assert [own(step) for step in range(1000)] == [given(step) for step in range(1000)]
    assert own(int(1000 * share)) == pytest.approx(1, abs=0.01)
    assert Schedule(name, 1000, warm_up=0.5)(249) == pytest.approx(249.5 / 500)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_trainings_still_learn(name, steps):
    assert all(0.05 < Schedule(name, steps)(step) <= 1 for step in range(steps))
