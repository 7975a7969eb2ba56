import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from learned.explicit.losses import (
    BinaryCrossEntropy,
    SingleLabelSquaredError,
    SoftmaxCrossEntropy,
    SquaredError,
)
from learned.explicit.objective import choose_objective, log_odds
from learned.explicit.softmax import Softmax

SINGLE = np.array([[1, 0], [0, 1]], np.int8)
SEVERAL = np.array([[1, 0], [1, 1]], np.int8)


@pytest.mark.parametrize(
    ("name", "Y", "loss", "resolved"),
    [
        ("auto", SINGLE, SoftmaxCrossEntropy, "softmax"),
        ("auto", SEVERAL, BinaryCrossEntropy, "bce"),
        ("auto", np.array([[1, 0], [-1, 1]], np.int8), BinaryCrossEntropy, "bce"),
        ("auto", np.array([[1], [1]], np.int8), BinaryCrossEntropy, "bce"),
        ("bce", SINGLE, BinaryCrossEntropy, "bce"),
        ("softmax", SINGLE, SoftmaxCrossEntropy, "softmax"),
        ("squared", SINGLE, SingleLabelSquaredError, "squared"),
        ("squared", SEVERAL, SquaredError, "squared"),
    ],
)
def test_the_loss_follows_name_and_annotations(name, Y, loss, resolved):
    objective = choose_objective(name, Y)
    assert type(objective.loss) is loss
    assert objective.name == resolved
    assert objective.single_label == (loss in (SoftmaxCrossEntropy, SingleLabelSquaredError))


def test_squared_errors_are_of_probabilities():
    scores = np.array([[0.0, 20.0]])
    single = choose_objective("squared", SINGLE).output
    assert isinstance(single, Softmax)
    several = choose_objective("squared", SEVERAL).output
    assert several.forward(scores) == pytest.approx(np.array([[0.5, 1.0]]))
    assert several.parameters == {}
    assert choose_objective("bce", SEVERAL).output is None


@pytest.mark.parametrize(
    ("name", "Y", "message"),
    [
        ("hinge", SINGLE, "loss must be one of auto, bce, softmax, squared, got 'hinge'"),
        ("softmax", SEVERAL, "sample 1 has 2"),
        ("softmax", np.array([[0, 0], [1, 0]], np.int8), "sample 0 has 0"),
        ("softmax", np.array([[1], [0]], np.int8), "at least two concepts"),
    ],
)
def test_what_does_not_suit_is_refused(name, Y, message):
    with pytest.raises(ValueError, match=message):
        choose_objective(name, Y)


@given(arrays(np.float64, (3, 4), elements=st.floats(-12, 12)))
@settings(max_examples=60, deadline=None)
def test_log_odds_are_those_of_the_softmax(logits):
    p = Softmax().forward(logits)
    others = np.stack([np.delete(p, k, axis=1).sum(axis=1) for k in range(4)], axis=1)
    assert log_odds(logits) == pytest.approx(np.log(p) - np.log(others), rel=1e-9, abs=1e-9)


def test_log_odds_are_finite_wherever_scores_are():
    with np.errstate(all="raise", under="ignore"):
        odds = log_odds(np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]], np.float32))
    assert odds == pytest.approx(np.array([[1e4, -1e4, -2e4], [-np.log(2)] * 3]), rel=1e-6)
