import numpy as np
import pytest

from learned.explicit.schedules import SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_starts_at_1_never_rises_and_stays_above_0(name):
    shares = [SCHEDULES[name](time) for time in np.linspace(0, 1, 1000, endpoint=False)]
    assert shares[0] == 1
    assert (np.diff(shares) <= 0).all()
    assert shares[-1] > 0


@pytest.mark.parametrize(
    ("name", "middle", "end"),
    [("constant", 1, 1), ("inverse", 1 / 5.5, 0.1), ("steps", 0.1, 0.01), ("linear", 0.5, 0)],
)
def test_each_passes_through_what_it_says(name, middle, end):
    assert SCHEDULES[name](0.5) == pytest.approx(middle)
    assert SCHEDULES[name](1 - 1e-12) == pytest.approx(end, abs=1e-9)
