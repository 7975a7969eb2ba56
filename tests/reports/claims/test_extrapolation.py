"""Where learning curves cross: closed forms, coverage of the range, every reason to be silent."""

import math

import numpy as np
import pytest

from reports.claims.extrapolation import Crossing, Withheld, extrapolated, interpolated

SIZES = np.array([100.0, 300.0, 900.0])


def line(sizes, meets, rise):
    """A gap that is straight over log size and zero at `meets`."""
    return rise * (np.log10(sizes) - math.log10(meets))


def test_a_straight_gap_is_carried_on_to_where_it_is_zero():
    found = extrapolated(SIZES, line(SIZES, 2700, 0.1), [0.002] * 3)
    assert isinstance(found, Crossing)
    assert found.at == pytest.approx(2700)
    assert found.low < 2700 < found.high
    start, rise = found.line
    assert rise == pytest.approx(0.1)
    assert start == pytest.approx(-0.1 * math.log10(2700))
    # Never before the largest size, where it was measured not to have met.
    assert found.low >= 900


def test_less_certain_gaps_give_a_wider_range():
    def width(error):
        found = extrapolated(SIZES, line(SIZES, 2000, 0.2), [error] * 3)
        return math.log(found.high / found.low)

    assert width(0.002) < width(0.004) < width(0.008)


def test_it_is_the_same_each_time():
    gaps = line(SIZES, 2000, 0.2)
    assert extrapolated(SIZES, gaps, [0.005] * 3) == extrapolated(SIZES, gaps, [0.005] * 3)


@pytest.mark.parametrize("together", [False, True])
def test_the_range_covers_the_truth_as_often_as_it_says(together):
    sizes = np.array([100.0, 200.0, 400.0, 800.0])
    truth, error = line(sizes, 1600, 0.25), np.full(4, 0.012)
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(150):
        noise = rng.standard_normal(1 if together else 4) * error
        found = extrapolated(sizes, truth + noise, error)
        if isinstance(found, Crossing):
            covered.append(found.low <= 1600 <= found.high)
    assert len(covered) > 120
    # 95 %, but for three standard errors of 150 trials.
    assert np.mean(covered) > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 150)


@pytest.mark.parametrize(
    ("sizes", "gaps", "errors", "reason"),
    [
        ([100, 900], [-0.2, -0.1], [0.01, 0.01], "three are the least"),
        (SIZES, [-0.2, -0.19, -0.02], [0.01] * 3, "does not follow a straight line"),
        (SIZES, [-0.2, -0.21, -0.2], [0.01] * 3, "does not narrow"),
        (SIZES, [-0.2, -0.25, -0.3], [0.01] * 3, "does not narrow"),
        (SIZES, [-0.40, -0.39, -0.38], [0.002] * 3, "within 10 times"),
        (SIZES, [-0.2, -0.15, -0.1], [0.01, math.nan, 0.01], "interval"),
        (SIZES, [-0.2, -0.15, -0.1], [0.01, 0.0, 0.01], "interval"),
    ],
)
def test_it_is_withheld_with_its_reason(sizes, gaps, errors, reason):
    found = extrapolated(sizes, gaps, errors)
    assert isinstance(found, Withheld)
    assert reason in found.reason


def test_power_laws_that_meet_elsewhere_withhold_it():
    gaps, errors = line(SIZES, 2700, 0.1), [0.003] * 3
    # Losses whose power laws meet at 2,700 as well: 0.5 n^-0.1 and one that falls twice as fast.
    first = 0.5 * SIZES**-0.1
    second = 0.5 * 2700**0.1 * SIZES**-0.2
    agreed = extrapolated(SIZES, gaps, errors, (first, second))
    assert isinstance(agreed, Crossing)
    assert agreed.at == pytest.approx(2700)
    later = 0.5 * 27000**0.1 * SIZES**-0.2
    for losses in ((first, later), (first, first), (second, first), (first, 0 * first)):
        found = extrapolated(SIZES, gaps, errors, losses)
        assert isinstance(found, Withheld)
        assert "disagree" in found.reason


def test_the_range_takes_in_what_power_laws_say():
    gaps, errors = line(SIZES, 2700, 0.2), [0.0005] * 3
    first = 0.5 * SIZES**-0.1
    alone = extrapolated(SIZES, gaps, errors)
    assert alone.high < 4000
    both = extrapolated(SIZES, gaps, errors, (first, 0.5 * 4000**0.1 * SIZES**-0.2))
    assert both.high == pytest.approx(4000)
    assert (both.at, both.low) == (alone.at, alone.low)


def test_a_measured_crossing_lies_between_its_sizes():
    found = interpolated(SIZES, [-0.1, -0.05, 0.05], [0.001] * 3)
    assert found.at == pytest.approx(math.sqrt(300 * 900))
    assert 300 < found.low < found.at < found.high < 900


def test_of_several_crossings_the_last_rise_counts():
    sizes = [1, 10, 100, 1000, 10000]
    found = interpolated(sizes, [-1, 1, -1, 1, 1], [1e-6] * 5)
    assert found.at == pytest.approx(math.sqrt(100 * 1000), rel=1e-4)


def test_a_doubtful_end_leaves_the_range_open():
    found = interpolated(SIZES, [-0.1, -0.02, 0.001], [0.02] * 3)
    assert found.high == math.inf
