"""Maximum of scores."""

import numpy as np
import pytest

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.maximum import MaxFusion


def test_by_hand():
    a = np.array([[0.0], [1.0], [2.0]])
    b = np.array([[10.0], [30.0], [20.0]])
    S = Scores.from_members([a, b])
    fusion = MaxFusion(normalization="min-max").fit(S, [[0], [1], [0]])
    np.testing.assert_allclose(fusion.decision_function(S)[:, 0], [0.0, 1.0, 1.0])


def test_calibration_keeps_a_member_of_noise_from_drowning_the_other(systems):
    S, Y = systems((2.5, 0.0), n=600)
    test, Y_test = systems((2.5, 0.0), n=600, seed=1)

    def precision(name):
        fused = MaxFusion(name).fit(S, Y).decision_function(test)
        return average_precision(fused, Y_test).mean()

    alone = average_precision(test.values[:, 0], Y_test).mean()
    assert precision("log-odds") > alone - 0.05
    assert precision("z-score") < precision("log-odds") - 0.1


def test_members_that_each_see_a_part_of_the_positives_do_better_together():
    rng = np.random.default_rng(0)
    Y = (rng.random((800, 1)) < 0.3).astype(np.int8)
    first = rng.random((800, 1)) < 0.5
    members = [4 * Y * part + rng.normal(size=Y.shape) for part in (first, ~first)]
    S = Scores.from_members(members)
    fused = MaxFusion().fit(S, Y).decision_function(S)
    single = [average_precision(member, Y)[0] for member in members]
    assert average_precision(fused, Y)[0] > max(single) + 0.15


def test_faults_are_named(systems):
    S, Y = systems((1.0, 0.5))
    with pytest.raises(ValueError, match="normalization must be one of"):
        MaxFusion("softmax").fit(S, Y)
    with pytest.raises(ValueError, match="fitted on"):
        MaxFusion().fit(S, Y).decision_function(systems((1.0,))[0])
