"""Several networks, whose logits are averaged."""

import pickle

import numpy as np
import pytest
import torch

from learned.several import Ensemble, SideBySide
from tests.learned.detecting import Watched, linear_network, quick, scenes


@pytest.mark.parametrize("loss", ["bce", "softmax"])
def test_scores_are_the_means_of_networks_of_other_seeds_and_the_first_is_the_one_alone(loss):
    X, Y = scenes()
    Y[:, 1] = 1 - Y[:, 0]
    three = quick(ensemble=3, loss=loss).fit(X, Y)
    assert isinstance(three.network_, Ensemble)
    networks = list(three.network_.networks)
    alone = quick(loss=loss).fit(X, Y)
    for name, tensor in alone.network_.state_dict().items():
        assert torch.equal(tensor, networks[0].state_dict()[name])
    assert three.loss_curve_[0] == alone.loss_curve_
    assert len({curve[-1] for curve in three.loss_curve_}) == 3
    each = []
    for network in networks:
        alone.network_ = network
        each.append(alone.decision_function(X))
    # Of two exclusive classes log-odds are differences of logits, and means of these.
    np.testing.assert_allclose(three.decision_function(X), np.mean(each, axis=0), atol=1e-5)


def test_its_trainings_are_each_taken_from_an_earlier_run():
    X, Y = scenes()
    both, alone = Watched(), Watched()
    quick(ensemble=2, stages=both).fit(X, Y)
    quick(stages=alone).fit(X, Y)
    assert [stage for stage, _ in both.log if stage == "train"] == ["train", "train"]
    (first, *_), (other, *_) = both.keys
    assert first["seed"] == alone.keys[0][0]["seed"] != other["seed"]
    assert both.reports[0][1].startswith("network 1 of 2: ")
    assert both.reports[-1][1].startswith("network 2 of 2: ")
    fractions = [fraction for fraction, _ in both.reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_each_concept_can_have_an_ensemble_of_its_own():
    X, Y = scenes()
    each = quick(linear_network, ensemble=2, one_network_a_concept=True).fit(X, Y)
    assert isinstance(each.network_, SideBySide)
    assert [type(network) for network in each.network_.networks] == [Ensemble, Ensemble]
    assert len(each.loss_curve_) == 4
    alone = quick(linear_network, ensemble=2).fit(X, Y[:, :1])
    np.testing.assert_allclose(
        each.decision_function(X)[:, :1], alone.decision_function(X), rtol=1e-5
    )


def test_it_survives_pickling_and_is_explained():
    X, Y = scenes()
    detector = quick(ensemble=2, test_mirror=True).fit(X, Y)
    again = pickle.loads(pickle.dumps(detector))
    assert np.array_equal(again.decision_function(X), detector.decision_function(X))
    assert np.isfinite(again.explain(X[0], 1).map).all()


def test_a_number_below_one_is_refused():
    with pytest.raises(ValueError, match="ensemble must be"):
        quick(ensemble=0).fit(*scenes())
