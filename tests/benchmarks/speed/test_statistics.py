"""The race of the paired bootstrap: a share of the work, and the same resamples."""

import pytest

from benchmarks.speed.images import take_images
from benchmarks.speed.statistics import ScikitLearn, StatisticsRace


def test_scikit_learn_gives_the_same_values_on_its_share():
    race = StatisticsRace()
    work = race.work(take_images(1, None), race.quick, quick=True)
    outputs = []
    for contestant in race.contestants:
        one = contestant(work, 2)
        one.load()
        one.prepare()
        one.first()
        one.run()
        outputs.append(one.output())
    assert outputs[0]["mean_ap"].shape == (10, 2)
    # Copies of a sample are tied: scikit-learn cuts between groups, ours takes the expectation.
    assert race.agreement(work, *outputs).value < 0.1
    assert "one part in 15" in work.description
    assert ScikitLearn.part(work) == pytest.approx(1 / 15)
