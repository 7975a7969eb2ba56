import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.autograd.functional import hessian
from torch.nn import functional

from learned.explicit.losses import (
    BinaryCrossEntropy,
    SingleLabelSquaredError,
    SoftmaxCrossEntropy,
    SquaredError,
)

LOSSES = (SquaredError, SingleLabelSquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)
ANNOTATIONS = arrays(
    np.int8, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.integers(-1, 1)
)


def single_label(Y):
    """Keep at most one positive a row."""
    first = np.cumsum(Y == 1, axis=1) == 1
    return np.where((Y == 1) & ~first, 0, Y).astype(np.int8)


def in_torch(loss, y, Y):
    t = torch.from_numpy(np.maximum(Y, 0)).double()
    judged = torch.from_numpy(Y >= 0)
    if loss in (SingleLabelSquaredError, SoftmaxCrossEntropy):
        judged = torch.from_numpy(Y == 1).any(dim=1, keepdim=True).expand(Y.shape)
    entries = {
        SquaredError: lambda: (y - t) ** 2 / 2,
        SingleLabelSquaredError: lambda: (y - t) ** 2 / 2,
        BinaryCrossEntropy: lambda: functional.binary_cross_entropy_with_logits(
            y, t, reduction="none"
        ),
        SoftmaxCrossEntropy: lambda: -t * y.log_softmax(dim=1),
    }[loss]()
    return torch.where(judged, entries, 0.0).sum() / judged.any(dim=1).sum().clamp(min=1)


@pytest.mark.parametrize("loss", LOSSES)
@given(ANNOTATIONS, st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_the_error_and_both_derivatives_are_those_of_torch(loss, Y, seed):
    Y = single_label(Y)
    y = 3 * np.random.default_rng(seed).standard_normal(Y.shape)
    leaf = torch.from_numpy(y).requires_grad_()
    error = in_torch(loss, leaf, Y)
    (gradient,) = torch.autograd.grad(error, leaf)
    curvature = hessian(lambda y: in_torch(loss, y, Y), torch.from_numpy(y))
    diagonal = curvature.reshape(y.size, y.size).diag().reshape(y.shape)
    assert loss().error(y, Y) == pytest.approx(error.item(), rel=1e-9, abs=1e-12)
    assert loss().gradient(y, Y) == pytest.approx(gradient.numpy(), rel=1e-9, abs=1e-12)
    second = loss().second_derivative(y, Y)
    assert second == pytest.approx(diagonal.numpy(), rel=1e-9, abs=1e-12)
    assert (second >= 0).all()


@pytest.mark.parametrize("loss", LOSSES)
@given(ANNOTATIONS, st.floats(-50, 50))
@settings(max_examples=25, deadline=None)
def test_unjudged_outputs_play_no_part(loss, Y, shift):
    Y = single_label(Y)
    y = np.random.default_rng(0).standard_normal(Y.shape)
    judged = loss().judged(Y)
    moved = np.where(judged, y, y + shift)
    assert loss().error(moved, Y) == loss().error(y, Y)
    for derivative in (loss().gradient, loss().second_derivative):
        assert (derivative(y, Y)[~judged] == 0).all()
        assert np.array_equal(derivative(moved, Y), derivative(y, Y))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_without_judgments_is_exactly_zero(loss):
    y, Y = np.ones((3, 2)), np.full((3, 2), -1, np.int8)
    assert loss().error(y, Y) == 0
    assert not loss().gradient(y, Y).any()
    assert not loss().second_derivative(y, Y).any()


def test_by_hand():
    y, Y = np.array([[0.0, 2.0], [-1.0, 5.0]]), np.array([[1, 0], [1, -1]], np.int8)
    assert SquaredError().error(y, Y) == (1 + 4 + 4) / 2 / 2
    entropy = math.log(2) + math.log1p(math.exp(2)) + math.log1p(math.exp(1))
    assert BinaryCrossEntropy().error(y, Y) == pytest.approx(entropy / 2, rel=1e-12)
    # The one positive says that the unjudged is negative.
    assert SingleLabelSquaredError().error(y, Y) == (1 + 4 + 4 + 25) / 2 / 2
    entropy = math.log1p(math.exp(2)) + math.log1p(math.exp(6))
    assert SoftmaxCrossEntropy().error(y, Y) == pytest.approx(entropy / 2, rel=1e-12)


def test_a_concept_does_not_feel_how_many_others_there_are():
    y, Y = np.array([[0.3, -1.0, 2.0]]), np.array([[1, 0, 0]], np.int8)
    alone = BinaryCrossEntropy().gradient(y[:, :1], Y[:, :1])
    assert np.array_equal(BinaryCrossEntropy().gradient(y, Y)[:, :1], alone)


@pytest.mark.parametrize("loss", [BinaryCrossEntropy, SoftmaxCrossEntropy])
def test_large_scores_overflow_nowhere(loss):
    y, Y = np.array([[1e4, -1e4], [-1e4, 1e4]]), np.array([[1, 0], [1, 0]], np.int8)
    with np.errstate(all="raise", under="ignore"):
        assert loss().error(y, Y) == pytest.approx(1e4)
        assert np.isfinite(loss().gradient(y, Y)).all()
        assert (loss().second_derivative(y, Y) == 0).all()


def test_an_infinite_score_of_an_unjudged_entry_is_masked():
    y, Y = np.array([[np.inf, 0.0]]), np.array([[-1, 1]], np.int8)
    with np.errstate(invalid="ignore"):
        assert BinaryCrossEntropy().error(y, Y) == pytest.approx(math.log(2))
        assert BinaryCrossEntropy().gradient(y, Y).tolist() == [[0, -0.5]]


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_stays_float32(loss):
    y, Y = np.ones((2, 2), np.float32), np.array([[1, 0], [-1, -1]], np.int8)
    assert loss().gradient(y, Y).dtype == np.float32
    assert loss().second_derivative(y, Y).dtype == np.float32
