import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from learned.training.loss import (
    LOSSES,
    Loss,
    binary_cross_entropy,
    log_odds,
    sigmoid_squared_error,
    softmax_cross_entropy,
    softmax_squared_error,
)

ANNOTATIONS = arrays(
    np.int8, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.integers(-1, 1)
)


def logits_for(Y, seed=0, spread=3.0):
    generator = torch.Generator().manual_seed(seed)
    return (spread * torch.randn(Y.shape, generator=generator)).requires_grad_()


def test_binary_cross_entropy_by_hand():
    logits = torch.tensor([[0.0, 2.0], [-1.0, 5.0]])
    targets = torch.tensor([[1.0, 0.0], [1.0, -1.0]])
    expected = (math.log(2) + math.log1p(math.exp(2)) + math.log1p(math.exp(1))) / 3
    assert binary_cross_entropy(logits, targets).item() == pytest.approx(expected, rel=1e-6)


def test_binary_cross_entropy_is_torchs_where_all_is_judged():
    Y = torch.randint(0, 2, (7, 4), generator=torch.Generator().manual_seed(1)).float()
    logits = logits_for(Y)
    reference = functional.binary_cross_entropy_with_logits(logits, 0.8 * Y + 0.1)
    assert binary_cross_entropy(logits, Y, 0.2).item() == pytest.approx(reference.item(), rel=1e-6)


def test_softmax_cross_entropy_is_torchs_on_the_judged_rows():
    classes = torch.tensor([2, 0, 1, 1])
    Y = functional.one_hot(classes, 3).float()
    Y[2] = -1
    logits = logits_for(Y)
    judged = [0, 1, 3]
    reference = functional.cross_entropy(logits[judged], classes[judged], label_smoothing=0.1)
    assert softmax_cross_entropy(logits, Y, 0.1).item() == pytest.approx(reference.item(), rel=1e-6)


def test_a_known_class_is_enough_for_softmax():
    # The one positive says that the unjudged others are negative.
    logits = logits_for(torch.zeros(1, 3))
    partly = softmax_cross_entropy(logits, torch.tensor([[-1.0, 1.0, -1.0]]))
    assert partly == softmax_cross_entropy(logits, torch.tensor([[0.0, 1.0, 0.0]]))


@given(ANNOTATIONS, st.floats(0, 0.5))
@settings(max_examples=60, deadline=None)
def test_unjudged_entries_have_no_gradient_and_judged_ones_have(annotations, smoothing):
    Y = torch.from_numpy(annotations).float()
    logits = logits_for(Y)
    binary_cross_entropy(logits, Y, smoothing).backward()
    assert (logits.grad[Y < 0] == 0).all()
    reference = (logits.sigmoid() - (Y * (1 - smoothing) + smoothing / 2)) / max(1, (Y >= 0).sum())
    assert torch.allclose(logits.grad[Y >= 0], reference[Y >= 0], atol=1e-6)


@given(ANNOTATIONS, st.floats(-50, 50))
@settings(max_examples=60, deadline=None)
def test_logits_of_unjudged_entries_do_not_matter(annotations, shift):
    Y = torch.from_numpy(annotations).float()
    logits = logits_for(Y).detach()
    moved = torch.where(Y < 0, logits + shift, logits)
    assert binary_cross_entropy(logits, Y) == binary_cross_entropy(moved, Y)
    rows = torch.where((Y == 1).any(dim=1, keepdim=True), logits, logits + shift)
    assert softmax_cross_entropy(logits, Y) == softmax_cross_entropy(rows, Y)


def test_sigmoid_squared_error_and_its_gradient_in_closed_form():
    Y = torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    logits = logits_for(Y)
    value = sigmoid_squared_error(logits, Y, 0.1)
    value.backward()
    p, t, judged = logits.detach().sigmoid(), Y * 0.9 + 0.05, Y >= 0
    assert value.item() == pytest.approx((0.5 * (p - t) ** 2)[judged].mean().item(), rel=1e-6)
    expected = torch.where(judged, (p - t) * p * (1 - p), 0.0) / 5
    assert torch.allclose(logits.grad, expected, atol=1e-7)


def test_softmax_squared_error_and_its_gradient_in_closed_form():
    Y = torch.tensor([[0.0, 1.0, 0.0], [-1.0, -1.0, -1.0], [1.0, 0.0, 0.0]])
    logits = logits_for(Y)
    value = softmax_squared_error(logits, Y)
    value.backward()
    p = logits.detach().softmax(dim=1)
    error = p - Y
    rows = 0.5 * (error**2).sum(dim=1)
    assert value.item() == pytest.approx(((rows[0] + rows[2]) / 2).item(), rel=1e-6)
    # The softmax's Jacobian is diag(p) - p p^T.
    expected = (p * error - p * (p * error).sum(dim=1, keepdim=True)) / 2
    expected[1] = 0
    assert torch.allclose(logits.grad, expected, atol=1e-7)


def test_a_weight_of_two_is_the_positive_twice():
    Y = torch.randint(0, 2, (6, 3), generator=torch.Generator().manual_seed(2)).float()
    logits = logits_for(Y).detach()
    weights = torch.tensor([2.0, 1.0, 2.0])
    for loss in (binary_cross_entropy, sigmoid_squared_error):
        more = loss(logits, torch.where((Y == 1) & (weights == 2), Y, -1.0))
        count = ((Y == 1) & (weights == 2)).sum()
        expected = (loss(logits, Y) * Y.numel() + more * count) / Y.numel()
        assert loss(logits, Y, weights=weights).item() == pytest.approx(expected.item(), rel=1e-5)


def test_class_weights_of_softmax_are_torchs():
    classes = torch.tensor([2, 0, 1, 1])
    weights = torch.tensor([0.5, 1.0, 3.0])
    Y = functional.one_hot(classes, 3).float()
    logits = logits_for(Y)
    reference = functional.cross_entropy(logits, classes, weights, label_smoothing=0.1)
    # torch divides by the weights of the batch; here the average is over its rows.
    scale = weights[classes].sum() / 4
    value = softmax_cross_entropy(logits, Y, 0.1, weights)
    assert value.item() == pytest.approx((reference * scale).item(), rel=1e-6)
    rows = 0.5 * ((logits.softmax(dim=1) - Y) ** 2).sum(dim=1)
    value = softmax_squared_error(logits, Y, 0.0, weights)
    assert value.item() == pytest.approx((rows * weights[classes]).mean().item(), rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_parts_of_a_batch_add_up_to_the_whole(name):
    Y = torch.eye(4)[[0, 1, 1, 3, 2, 0, 1]]
    Y[3] = -1
    logits = logits_for(Y)
    loss = Loss(name, 0.1, torch.tensor([1.0, 2.0, 3.0, 1.0]))
    whole = loss(logits, Y)
    judged = loss.judged(Y)
    assert judged == (6 if "softmax" in name else 24)
    parts = [loss(a, b, judged) for a, b in zip(logits.split([2, 4, 1]), Y.split([2, 4, 1]))]
    assert sum(parts).item() == pytest.approx(whole.item(), rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES.values())
def test_a_batch_without_judgments_is_exactly_zero(loss):
    Y = torch.full((4, 3), -1.0)
    logits = logits_for(Y)
    value = loss(logits, Y, 0.1)
    value.backward()
    assert value.item() == 0
    assert (logits.grad == 0).all()


def test_an_infinite_logit_of_an_unjudged_entry_is_masked():
    logits = torch.tensor([[torch.inf, 0.0]])
    assert binary_cross_entropy(logits, torch.tensor([[-1.0, 1.0]])).item() == pytest.approx(
        math.log(2)
    )


@given(arrays(np.float64, (3, 4), elements=st.floats(-12, 12)))
@settings(max_examples=60, deadline=None)
def test_log_odds_are_those_of_the_softmax(values):
    logits = torch.from_numpy(values)
    p = logits.softmax(dim=1)
    others = torch.stack([p[:, [j for j in range(4) if j != k]].sum(dim=1) for k in range(4)], 1)
    expected = p.log() - others.log()
    assert torch.allclose(log_odds("softmax", logits), expected, rtol=1e-9, atol=1e-9)


def test_log_odds_ignore_a_constant_and_keep_apart_near_certainties():
    logits = torch.tensor([[40.0, 0.0, 0.0], [50.0, 0.0, 0.0], [140.0, 100.0, 100.0]])
    odds = log_odds("softmax", logits)
    assert odds[1, 0] > odds[0, 0] == odds[2, 0]
    assert odds[0, 0].item() == pytest.approx(40 - math.log(2), rel=1e-6)
    assert torch.equal(log_odds("softmax-squared", logits), odds)
    assert log_odds("bce", logits) is logits
    assert log_odds("sigmoid-squared", logits) is logits
