"""Greedy selection against brute force, by hand, and on libraries of noise."""

import pickle
from itertools import product

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import average_precision_score

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.greedy_selection import GreedySelection
from fusion.normalization import ZScore


def by_hand(values, Y, rounds):
    """Caruana's procedure, written out with scikit-learn's average precision."""
    z = ZScore().fit_transform(values)[:, :, 0].astype(float)
    chosen, best, kept = [], -1.0, []
    for _ in range(rounds):
        tried = [
            average_precision_score(Y[:, 0], np.float32(z[:, [*chosen, m]].sum(axis=1)))
            for m in range(z.shape[1])
        ]
        chosen.append(int(np.argmax(tried)))
        if max(tried) > best + 1e-9:
            best, kept = max(tried), list(chosen)
    return np.bincount(kept, minlength=z.shape[1]) / len(kept), best


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_procedure_written_out(systems, seed):
    S, Y = systems((1.0, 0.8, 0.5), n=80, c=1, seed=seed, unjudged=0.0)
    weights, _ = by_hand(S.values, Y, 8)
    fusion = GreedySelection(rounds=8, bagging="none").fit(S, Y)
    np.testing.assert_allclose(fusion.weights_[:, 0], weights)


@pytest.mark.parametrize("seed", range(3))
def test_is_near_the_best_of_all_choices(systems, seed):
    S, Y = systems((1.0, 0.8, 0.5), n=60, c=1, seed=seed, unjudged=0.0)
    z = ZScore().fit_transform(S.values)[:, :, 0]
    multisets = [k for k in product(range(6), repeat=3) if 1 <= sum(k) <= 5]
    best = max(average_precision_score(Y[:, 0], z @ np.array(k)) for k in multisets)
    fusion = GreedySelection(rounds=5, bagging="none").fit(S, Y)
    reached = average_precision_score(Y[:, 0], fusion.decision_function(S)[:, 0])
    assert best - 0.03 <= reached <= best + 1e-6
    assert reached >= max(average_precision_score(Y[:, 0], z[:, m]) for m in range(3)) - 1e-6


@pytest.mark.parametrize("bagging", ["videos", "members", "none"])
def test_noise_gets_little_and_unseen_samples_gain(systems, bagging):
    gains = (1.2, 1.2, *[0.0] * 6)
    S, Y = systems(gains, n=300, videos=30)
    test, Y_test = systems(gains, n=600, seed=1, videos=30)
    fusion = GreedySelection(bagging=bagging, rounds=15, bags=10).fit(S, Y)
    # A bag of members without a good one has nothing but noise to choose from.
    assert fusion.weights_[:2, 0].sum() > (0.55 if bagging == "members" else 0.75)
    np.testing.assert_allclose(fusion.weights_.sum(axis=0), 1.0)
    fused = average_precision(fusion.decision_function(test), Y_test).mean()
    single = average_precision(test.values[:, :1].transpose(0, 2, 1), Y_test).mean()
    assert fused > single + (0.0 if bagging == "members" else 0.03)


def test_bags_of_videos_vary_less_than_one_choice(systems):
    def spread(**options):
        found = [
            GreedySelection(rounds=10, **options)
            .fit(*systems((1.0, 1.0, 1.0), n=100, c=2, seed=seed, videos=20))
            .weights_[:, 0]
            for seed in range(8)
        ]
        return np.std(found)

    assert spread(bagging="videos", bags=10) < spread(bagging="none")


def test_initial_members_are_the_best_ones(systems):
    S, Y = systems((0.0, 1.0, 0.5, 0.0), n=400)
    fusion = GreedySelection(rounds=2, initial=2, bagging="none").fit(S, Y)
    assert fusion.weights_[[0, 3]].max() == 0


def test_each_concept_finds_its_member_and_rare_ones_share():
    rng = np.random.default_rng(0)
    Y = (rng.random((500, 3)) < 0.3).astype(np.int8)
    gains = np.array([[3.0, 0.0, 1.0], [0.0, 3.0, 1.0]])
    Y[:, 2] = 0
    S = Scores.from_members([gain * Y + rng.normal(size=Y.shape) for gain in gains])
    own = GreedySelection(per_concept=True, bags=5).fit(S, Y)
    shared = GreedySelection(bags=5).fit(S, Y)
    assert own.weights_[0, 0] > 0.8
    assert own.weights_[1, 1] > 0.8
    np.testing.assert_allclose(own.weights_[:, 2], shared.weights_[:, 2])
    timid = GreedySelection(per_concept=True, bags=5, shrinkage=1e6).fit(S, Y)
    np.testing.assert_allclose(timid.weights_, shared.weights_, atol=1e-3)


def test_clone_pickle_repetition_and_faults(systems):
    S, Y = systems((1.0, 0.5), n=100)
    fusion = GreedySelection(bags=3, rounds=5).fit(S, Y)
    expected = fusion.decision_function(S)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fusion)).decision_function(S), expected)
    np.testing.assert_array_equal(clone(fusion).fit(S, Y).decision_function(S), expected)
    for wrong, message in (
        ({"rounds": 0}, "rounds must be a whole number"),
        ({"initial": 0}, "initial must be"),
        ({"bagging": "both"}, "bagging must be one of"),
        ({"bags": 0}, "bags must be"),
        ({"bag_share": 0.0}, "bag_share must be"),
        ({"shrinkage": -1.0}, "shrinkage must be"),
    ):
        with pytest.raises(ValueError, match=message):
            GreedySelection(**wrong).fit(S, Y)
    with pytest.raises(ValueError, match="members cannot be chosen"):
        GreedySelection().fit(S, np.zeros_like(Y))
