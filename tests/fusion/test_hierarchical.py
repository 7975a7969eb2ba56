"""Fusion in several levels."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.hierarchical import METHODS, HierarchicalFusion
from fusion.late import LateFusion

NAMES = ("words", "fisher", "colour", "net")
GROUPS = {"engineered": {"sift": ["words", "fisher"], "rest": ["colour"]}, "learned": ["net"]}


@pytest.fixture(scope="module")
def families(systems):
    """Four members, of which the first two have one error in common."""

    def make(n=200, seed=0, videos=20, c=3):
        rng = np.random.default_rng(seed + 100)
        S, Y = systems((0.9, 0.9, 0.7, 0.9), n=n, c=c, seed=seed, videos=videos)
        values = S.values.copy()
        values[:, :2] = 0.4 * values[:, :2] + 1.2 * rng.normal(size=(n, 1, c))
        values[:, :2] += 0.5 * (Y == 1)[:, None]
        return Scores(values, S.video, S.shot, members=NAMES), Y

    return make


def test_levels_of_means_are_the_mean_of_means(families):
    S, Y = families()
    fusion = HierarchicalFusion([[0, 1], [2, 3]], "mean", folds=0).fit(S, Y)
    parts = [
        LateFusion(weights="mean").fit(part, Y).decision_function(part)
        for part in (Scores(S.values[:, :2]), Scores(S.values[:, 2:]))
    ]
    both = Scores.from_members(parts)
    expected = LateFusion(weights="mean").fit(both, Y).decision_function(both)
    np.testing.assert_allclose(fusion.decision_function(S), expected, atol=1e-6)


def test_one_level_is_the_flat_fusion(families):
    S, Y = families()
    flat = LateFusion().fit(S, Y).decision_function(S)
    for fusion in (HierarchicalFusion(list(NAMES)), HierarchicalFusion("auto", threshold=1e-9)):
        np.testing.assert_array_equal(fusion.fit(S, Y).decision_function(S), flat)


def test_the_declaration_is_followed_and_told(families):
    S, Y = families()
    fusion = HierarchicalFusion(GROUPS, ["ap", "mean", {"name": "late", "tolerance": 0.01}])
    fusion.fit(S, Y)
    assert fusion.tree_ == "all(engineered(sift(words, fisher), rest(colour)), learned(net))"
    told = {entry["group"]: entry for entry in fusion.levels_}
    assert [told[name]["level"] for name in ("sift", "engineered", "learned", "all")] == [
        1,
        2,
        1,
        3,
    ]
    assert told["sift"]["parts"] == ["words", "fisher"]
    assert told["sift"]["method"] == "ap"
    assert told["engineered"]["weights"] == [0.5, 0.5]
    assert fusion.fusions_["all"].tolerance == 0.01


@pytest.mark.parametrize("method", METHODS)
def test_every_method_serves_a_level_and_ranks_unseen_samples(families, method):
    S, Y = families()
    test, Y_test = families(n=600, seed=1)
    quick = {"greedy-selection": {"bags": 3, "rounds": 6}, "stacking": {"penalties": [30.0]}}
    of_level = {"name": method, **quick.get(method, {})}
    fusion = HierarchicalFusion(GROUPS, of_level, folds=3).fit(S, Y)
    fused = average_precision(fusion.decision_function(test), Y_test).mean()
    single = [average_precision(test.values[:, m], Y_test).mean() for m in range(4)]
    assert fused > np.median(single)


def test_levels_are_fitted_on_scores_held_out():
    # A group of twenty members of noise, weighed a concept by likelihood: on the samples that it
    # was fitted on it looks good, and one level up it must not have weight for it.
    rng = np.random.default_rng(0)
    Y = (rng.random((120, 2)) < 0.3).astype(np.int8)
    noise = [rng.normal(size=Y.shape) for _ in range(20)]
    S = Scores.from_members([*noise, 1.0 * Y + rng.normal(size=Y.shape)])
    groups = {"noise": list(range(20)), "good": [20]}
    own = {"name": "stacking", "coefficients": "own", "penalties": [0.1]}
    above = {"name": "late", "weights": "likelihood"}

    def trust(folds):
        return HierarchicalFusion(groups, [own, above], folds).fit(S, Y).levels_[-1]["weights"][0]

    assert trust(0) > 0.35
    assert trust(5) < 0.2


def test_members_of_one_family_are_found_and_a_big_family_does_not_outvote(systems):
    rng = np.random.default_rng(0)
    Y = (rng.random((900, 2)) < 0.3).astype(np.int8)
    family = 1.0 * Y + rng.normal(size=Y.shape)
    members = [family + 0.2 * rng.normal(size=Y.shape) for _ in range(6)]
    other = 1.0 * Y + rng.normal(size=Y.shape)
    S = Scores.from_members([*members, other], names=[*"abcdef", "other"])
    fusion = HierarchicalFusion(methods="mean", folds=0).fit(S, Y)
    assert fusion.tree_ == "all(1(a, b, c, d, e, f), other)"
    flat = LateFusion(weights="mean").fit(S, Y).decision_function(S)
    fused = average_precision(fusion.decision_function(S), Y).mean()
    assert fused > average_precision(flat, Y).mean() + 0.02


def test_methods_of_found_levels(systems):
    S, Y = systems((1.0, 0.5, 0.7), n=100)
    fusion = HierarchicalFusion("auto", ["mean", "ap"], threshold=1e-6).fit(S, Y)
    assert fusion.levels_[-1]["method"] == "ap"
    with pytest.raises(ValueError, match="up to 3 levels, methods are for 2"):
        HierarchicalFusion("auto", ["mean", "ap"], threshold=[0.1, 0.3]).fit(S, Y)


def test_clone_pickle_and_single_precision(families):
    S, Y = families()
    fusion = HierarchicalFusion(GROUPS, "ap").fit(S, Y)
    expected = fusion.decision_function(S)
    assert expected.dtype == np.float32
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fusion)).decision_function(S), expected)
    np.testing.assert_array_equal(clone(fusion).fit(S, Y).decision_function(S), expected)
    assert fusion.unsupported(object()) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": GROUPS, "methods": ["ap", "ap"]}, "groups have 3 levels, methods are for 2"),
        ({"groups": GROUPS, "methods": "app"}, "a method must be one of"),
        ({"groups": GROUPS, "folds": 1}, "folds must be 0 or at least 2"),
        ({"groups": {"a": ["words"]}}, "in no group"),
        ({"groups": "auto", "correlation": "kendall"}, "correlation must be one of"),
        ({"groups": "auto", "methods": ["mean", "app"]}, "a method must be one of"),
    ],
)
def test_faults_are_named_before_scores_are_read_and_after(families, options, message):
    S, Y = families()
    with pytest.raises(ValueError, match=message):
        HierarchicalFusion(**options).check(NAMES)
    with pytest.raises(ValueError, match=message):
        HierarchicalFusion(**options).fit(S, Y)
