import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from learned.training.loss import (
    binary_cross_entropy,
    choose_loss,
    informative,
    log_odds,
    softmax_cross_entropy,
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


@pytest.mark.parametrize("loss", [binary_cross_entropy, softmax_cross_entropy])
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


@pytest.mark.parametrize(
    ("Y", "expected"),
    [
        ([[1, 0], [0, 1]], "softmax"),
        ([[1, 0], [1, 1]], "bce"),
        ([[1, 0], [0, 0]], "bce"),
        ([[1, 0], [-1, 1]], "bce"),
        ([[1], [1]], "bce"),
    ],
)
def test_auto_takes_softmax_only_for_one_positive_a_row_fully_judged(Y, expected):
    assert choose_loss("auto", np.array(Y, np.int8)) == expected


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([[1, 0], [1, 1]], "sample 1 has 2"),
        ([[0, 0], [1, 0]], "sample 0 has 0"),
        ([[1], [0]], "at least two concepts"),
    ],
)
def test_softmax_refuses_what_is_not_single_label(Y, message):
    with pytest.raises(ValueError, match=message):
        choose_loss("softmax", np.array(Y, np.int8))


def test_softmax_accepts_rows_of_unknown_class():
    Y = np.array([[1, 0], [-1, 0], [-1, -1]], np.int8)
    assert choose_loss("softmax", Y) == "softmax"
    assert informative("softmax", Y).tolist() == [True, False, False]
    assert informative("bce", Y).tolist() == [True, True, False]


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="'hinge'"):
        choose_loss("hinge", np.array([[1], [0]], np.int8))


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
    assert log_odds("bce", logits) is logits
