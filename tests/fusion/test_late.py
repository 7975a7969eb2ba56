"""Late fusion."""

import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.late import LateFusion


def systems(gains, n=200, c=4, seed=0, prevalence=0.3, unjudged=0.1):
    """Scores of systems that see the annotations through noise, by gain."""
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, c)) < prevalence).astype(np.int8)
    members = [gain * Y + rng.normal(size=Y.shape) for gain in gains]
    Y[rng.random(Y.shape) < unjudged] = -1
    return Scores.from_members(members), Y


def mean_ap(scores, Y):
    return np.nanmean(average_precision(scores, Y))


def test_equal_weights_by_hand():
    a = np.array([[0.0], [1.0], [2.0]])
    b = np.array([[10.0], [30.0], [20.0]])
    fusion = LateFusion(normalization="min-max", weights="mean")
    fused = fusion.fit(Scores.from_members([a, b]), [[0], [1], [0]])
    out = fused.decision_function(Scores.from_members([a, b]))
    np.testing.assert_allclose(out[:, 0], [0.0, 0.75, 0.75])
    # Validation's range serves for test scores.
    beyond = Scores.from_members([[[4.0]], [[20.0]]])
    np.testing.assert_allclose(fused.decision_function(beyond), [[1.25]])


def test_weights_by_average_precision_by_hand():
    # AP 1 for the first member; positives at ranks 2 and 4 for the second: (1/2 + 2/4) / 2.
    a = np.array([[4.0], [3.0], [2.0], [1.0]])
    b = np.array([[3.0], [1.0], [4.0], [2.0]])
    Y = np.array([[1], [1], [0], [0]])
    fusion = LateFusion(weights="ap").fit(Scores.from_members([a, b]), Y)
    np.testing.assert_allclose(fusion.weights_[:, 0], [2 / 3, 1 / 3])


def test_weights_by_average_precision_for_each_concept():
    a = np.array([[4.0, 3, 0], [3.0, 1, 1], [2.0, 4, 2], [1.0, 2, 3]])
    b = np.array([[3.0, 4, 3], [1.0, 3, 2], [4.0, 2, 1], [2.0, 1, 0]])
    Y = np.array([[1, 1, 0], [1, 1, -1], [0, 0, 0], [0, 0, 0]])
    fusion = LateFusion(weights="ap", per_concept=True).fit(Scores.from_members([a, b]), Y)
    # The third concept has no positive and takes the shared weights, 3/4 : 3/4.
    np.testing.assert_allclose(fusion.weights_, [[2 / 3, 1 / 3, 1 / 2], [1 / 3, 2 / 3, 1 / 2]])


@pytest.mark.parametrize("gains", [(2.0, 0.0), (2.0, 0.0, 0.0), (0.0, 0.0, 2.0, 0.0)])
@pytest.mark.parametrize("normalization", ["z-score", "min-max", "rank"])
def test_search_finds_the_good_member_among_noise(gains, normalization):
    S, Y = systems(gains, n=600)
    fusion = LateFusion(normalization=normalization).fit(S, Y)
    assert fusion.weights_[int(np.argmax(gains))].min() > 0.7
    test, Y_test = systems(gains, n=600, seed=1)
    best = mean_ap(test.values[:, int(np.argmax(gains))], Y_test)
    assert mean_ap(fusion.decision_function(test), Y_test) > best - 0.02


@settings(max_examples=30, deadline=None)
@given(
    gains=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=4),
    seed=st.integers(0, 10_000),
    normalization=st.sampled_from(["z-score", "min-max", "rank"]),
    per_concept=st.booleans(),
)
def test_search_is_no_worse_than_any_member_on_validation(gains, seed, normalization, per_concept):
    S, Y = systems(gains, n=40, c=3, seed=seed)
    assume(((Y == 1).any(axis=0) & (Y == 0).any(axis=0)).all())
    fusion = LateFusion(normalization=normalization, per_concept=per_concept).fit(S, Y)
    members = [mean_ap(S.values[:, m], Y) for m in range(len(gains))]
    assert mean_ap(fusion.decision_function(S), Y) >= max(members) - 1e-9
    np.testing.assert_allclose(fusion.weights_.sum(axis=0), 1.0)
    assert (fusion.weights_ >= 0).all()


@pytest.mark.parametrize("m", [2, 3])
def test_search_prefers_equal_weights_where_nothing_is_better(m):
    S, Y = systems([1.0])
    same = Scores.from_members([S.single * 3 + k for k in range(m)])
    np.testing.assert_allclose(LateFusion().fit(same, Y).weights_, 1 / m)


def test_search_gains_over_both_complementary_members():
    S, Y = systems((1.0, 1.0), n=800)
    test, Y_test = systems((1.0, 1.0), n=800, seed=1)
    fused = mean_ap(LateFusion().fit(S, Y).decision_function(test), Y_test)
    assert fused > max(mean_ap(test.values[:, k], Y_test) for k in (0, 1)) + 0.03


def test_each_concept_finds_its_member():
    rng = np.random.default_rng(0)
    Y = (rng.random((500, 3)) < 0.3).astype(np.int8)
    # The first member sees concept 0, the second concept 1; concept 2 is never positive.
    gains = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0]])
    Y[:, 2] = 0
    S = Scores.from_members([gain * Y + rng.normal(size=Y.shape) for gain in gains])
    shared = LateFusion().fit(S, Y)
    own = LateFusion(per_concept=True).fit(S, Y)
    assert own.weights_[0, 0] > 0.8
    assert own.weights_[1, 1] > 0.8
    np.testing.assert_array_equal(own.weights_[:, 2], shared.weights_[:, 2])
    # Shrinkage holds rare concepts back.
    timid = LateFusion(per_concept=True, shrinkage=1e4).fit(S, Y)
    assert abs(timid.weights_[0, 0] - 0.5) < abs(own.weights_[0, 0] - 0.5)


def test_tolerance_draws_weights_towards_equal():
    S, Y = systems((1.5, 0.7), n=300)
    distances = [
        abs(LateFusion(tolerance=tolerance).fit(S, Y).weights_[0, 0] - 0.5)
        for tolerance in (0.0, 0.01)
    ]
    assert distances[1] <= distances[0]


@pytest.mark.parametrize("weights", ["search", "ap"])
def test_unjudged_annotations_do_not_matter(weights):
    S, Y = systems((1.5, 0.5), unjudged=0.3)
    fusion = LateFusion(weights=weights).fit(S, Y)
    # Other scores of the same distribution where nobody judged: rows swapped among themselves.
    values = S.values.copy()
    for concept in range(Y.shape[1]):
        rows = np.flatnonzero(Y[:, concept] == -1)
        values[rows, :, concept] = values[rows[::-1], :, concept]
    again = LateFusion(weights=weights).fit(Scores(values), Y)
    np.testing.assert_allclose(again.weights_, fusion.weights_, rtol=1e-6)


def test_constant_member_adds_nothing():
    S, Y = systems((1.5,))
    both = Scores.from_members([S.single, np.full_like(S.single, 7.0)])
    fused = LateFusion(weights="mean").fit(both, Y).decision_function(both)
    assert np.isfinite(fused).all()
    np.testing.assert_allclose(mean_ap(fused, Y), mean_ap(S.single, Y), atol=1e-6)


def test_clone_pickle_and_repetition():
    S, Y = systems((1.0, 0.5, 0.2))
    fusion = LateFusion(normalization="rank", per_concept=True).fit(S, Y)
    expected = fusion.decision_function(S)
    assert expected.dtype == np.float32
    assert expected.shape == Y.shape
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fusion)).decision_function(S), expected)
    np.testing.assert_array_equal(clone(fusion).fit(S, Y).decision_function(S), expected)
    assert fusion.unsupported(object()) is None


def test_faults_are_named():
    S, Y = systems((1.0, 0.5))
    with pytest.raises(ValueError, match="normalization must be one of"):
        LateFusion(normalization="zscore").fit(S, Y)
    with pytest.raises(ValueError, match="weights must be one of"):
        LateFusion(weights="best").fit(S, Y)
    with pytest.raises(ValueError, match="annotations have shape"):
        LateFusion().fit(S, Y[:-1])
    with pytest.raises(ValueError, match="must be 1 "):
        LateFusion().fit(S, Y * 2)
    with pytest.raises(ValueError, match="weights cannot be fitted"):
        LateFusion().fit(S, np.zeros_like(Y))
    LateFusion(weights="mean").fit(S, np.zeros_like(Y))
    with pytest.raises(ValueError, match=r"fitted on \(members, concepts\) \(2, 4\)"):
        LateFusion().fit(S, Y).decision_function(systems((1.0,))[0])
