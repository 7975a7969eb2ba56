"""Re-scorings one after the other."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.rescoring.chain import RescoringChain
from fusion.rescoring.conceptual import ConceptualRescoring
from fusion.rescoring.temporal import TemporalRescoring
from fusion.rescoring.temporal_regression import TemporalRegression


@pytest.fixture(scope="module")
def scenes(films):
    """Slow concepts, the first seen poorly and going with the second, which is seen well."""

    def make(seed=0, videos=30):
        S, Y = films([0.95] * 3, videos=videos, seed=seed, gain=0.0)
        rng = np.random.default_rng(seed + 200)
        flipped = rng.random(len(Y)) < 0.1
        Y[:, 0] = np.where(flipped, 1 - Y[:, 1], Y[:, 1])
        values = S.single + np.array([0.6, 2.5, 1.2]) * Y
        names = ["slow", "sure", "other"]
        return Scores.from_members([values], S.video, S.shot, concepts=names), Y

    return make


def precision(scores, Y):
    return average_precision(scores, Y).mean()


def test_one_step_is_that_rescoring(scenes):
    S, Y = scenes()
    chain = RescoringChain([{"name": "temporal", "widths": [2]}]).fit(S, Y)
    alone = TemporalRescoring(widths=[2]).fit(S, Y)
    np.testing.assert_array_equal(chain.decision_function(S), alone.decision_function(S))


def test_without_folds_each_step_follows_the_one_before(scenes):
    S, Y = scenes()
    chain = RescoringChain(["temporal", "conceptual"], folds=0).fit(S, Y)
    first = TemporalRescoring().fit(S, Y)
    between = Scores.from_members([first.decision_function(S)], S.video, S.shot)
    second = ConceptualRescoring().fit(between, Y)
    np.testing.assert_array_equal(chain.decision_function(S), second.decision_function(between))


@pytest.mark.parametrize(
    "steps", [["temporal-regression", "conceptual"], ["conceptual", "temporal-regression"]]
)
def test_in_either_order_the_second_gains_on_top_of_the_first(scenes, steps):
    S, Y = scenes()
    test, Y_test = scenes(seed=1)
    kinds = {"temporal-regression": TemporalRegression, "conceptual": ConceptualRescoring}
    before = precision(test.single, Y_test)
    first = precision(kinds[steps[0]]().fit(S, Y).decision_function(test), Y_test)
    both = precision(RescoringChain(steps, folds=3).fit(S, Y).decision_function(test), Y_test)
    assert first > before + 0.01
    assert both > first + 0.01


def test_a_control_neither_gains_nor_loses(films):
    found = []
    for seed in range(2):
        S, Y = films([0.0] * 6, seed=seed)
        test, Y_test = films([0.0] * 6, seed=seed + 50)
        steps = [{"name": "temporal-regression", "widths": [1, 3], "folds": 4}, "conceptual"]
        chain = RescoringChain(steps, folds=2).fit(S, Y)
        found.append(
            precision(chain.decision_function(test), Y_test) - precision(test.single, Y_test)
        )
    assert abs(np.mean(found)) < 0.008


def test_relations_of_a_step_are_read_from_their_file(scenes, tmp_path):
    (tmp_path / "relations.csv").write_text("if,then\nsure,slow\n")
    step = {"name": "conceptual", "context": "none", "relations": "relations.csv"}
    located = RescoringChain(["temporal", step]).locate(tmp_path)
    assert located.steps == ["temporal", {**step, "relations": [("sure", "slow")]}]
    S, Y = scenes()
    out = located.fit(S, Y).decision_function(S)
    assert precision(out[:, :1], Y[:, :1]) > precision(S.single[:, :1], Y[:, :1]) + 0.1


def test_clone_pickle_unsupported_and_faults(scenes):
    S, Y = scenes(videos=10)
    chain = RescoringChain(["temporal", "conceptual"], folds=2).fit(S, Y)
    expected = chain.decision_function(S)
    assert expected.dtype == np.float32
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(chain)).decision_function(S), expected)
    np.testing.assert_array_equal(clone(chain).fit(S, Y).decision_function(S), expected)
    stills = SimpleNamespace(name="msrc", has_videos=False, concepts=["a", "b"])
    assert "msrc has no videos" in chain.unsupported(stills)
    assert RescoringChain(["conceptual"]).unsupported(stills) is None
    for steps, message in (
        ([], "steps must be a list of at least one"),
        ("temporal", "steps must be a list of at least one"),
        (["temporally"], "a method must be one of temporal"),
        ([{"name": "temporal", "width": 3}], "no option 'width'; near it: widths"),
    ):
        with pytest.raises(ValueError, match=message):
            RescoringChain(steps).check()
    with pytest.raises(ValueError, match="folds must be 0"):
        RescoringChain(["temporal"], folds=1).fit(S, Y)
    with pytest.raises(ValueError, match="fuse them first"):
        RescoringChain(["temporal"]).fit(Scores.from_members([S.single] * 2, S.video, S.shot), Y)
