import copy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from torch import nn

from learned.training.validation import Best, hold_out, measure


@given(st.integers(4, 60), st.integers(1, 5), st.floats(0.01, 0.9), st.integers(0, 99))
def test_no_concept_loses_its_last_positive_or_negative(n, c, share, seed):
    rng = np.random.default_rng(seed)
    Y = rng.choice([-1, 0, 1], (n, c), p=[0.2, 0.6, 0.2]).astype(np.int8)
    Y[0], Y[1] = 1, 0
    try:
        held_out = hold_out(Y, share, None, seed)
    except ValueError:
        return
    assert 1 <= held_out.sum() <= np.ceil(share * n)
    assert (Y[~held_out] == 1).any(axis=0).all()
    assert (Y[~held_out] == 0).any(axis=0).all()


def test_classes_are_spread_evenly():
    Y = np.eye(5, dtype=np.int8)[np.repeat(np.arange(5), 20)]
    held_out = hold_out(Y, 0.2, None, seed=0)
    assert Y[held_out].sum(axis=0).tolist() == [4] * 5
    assert np.array_equal(held_out, hold_out(Y, 0.2, None, seed=0))
    assert not np.array_equal(held_out, hold_out(Y, 0.2, None, seed=1))


def test_a_single_positive_stays_in_training():
    Y = np.zeros((30, 2), np.int8)
    Y[7, 0] = 1
    Y[::2, 1] = 1
    for seed in range(20):
        assert not hold_out(Y, 0.5, None, seed)[7]


def test_videos_are_held_out_whole():
    rng = np.random.default_rng(0)
    videos = np.repeat([f"v{i}" for i in range(12)], rng.integers(1, 9, 12))
    rng.shuffle(videos)
    Y = rng.integers(0, 2, (len(videos), 2)).astype(np.int8)
    held_out = hold_out(Y, 0.3, videos, seed=0)
    assert 0 < held_out.sum() <= np.ceil(0.3 * len(videos))
    assert not set(videos[held_out]) & set(videos[~held_out])


def test_where_every_video_is_too_large_the_smallest_is_held_out():
    videos = np.repeat(["a", "b", "c"], [10, 8, 12])
    Y = np.tile([[1], [0]], (15, 1)).astype(np.int8)
    assert videos[hold_out(Y, 0.1, videos, seed=0)].tolist() == ["b"] * 8


def test_where_nothing_can_go_the_message_says_so():
    with pytest.raises(ValueError, match=r"validation = 0\.5 can hold out no sample"):
        hold_out(np.array([[1], [0]], np.int8), 0.5, None, seed=0)
    with pytest.raises(ValueError, match="can hold out no video"):
        hold_out(np.array([[1], [0], [1]], np.int8), 0.5, np.array(["a", "a", "a"]), seed=0)


def test_the_metric_is_the_mean_average_precision_over_judged_samples():
    Y = torch.tensor([[1.0, 0, 1], [0, 1, 1], [1, -1, 1], [0, 1, 1]])
    logits = torch.tensor([[2.0, 1, 0], [3, 0, 0], [1, 9, 0], [0, 2, 0]])
    expected = (
        average_precision_score([1, 0, 1, 0], [2, 3, 1, 0])
        + average_precision_score([0, 1, 1], [1, 0, 2])
    ) / 2  # the third concept has no negative
    assert measure("ap", "bce", logits, Y) == pytest.approx(expected)


def test_softmax_is_ranked_by_probabilities_not_logits():
    # The constants that a softmax ignores would reverse the order.
    Y = torch.eye(2)[[0, 0, 1, 1]]
    logits = torch.tensor([[3.0, 0], [2.5, 0], [10, 11], [20, 22]])
    assert measure("ap", "softmax", logits, Y) == 1.0
    assert measure("loss", "softmax", logits, Y) == pytest.approx(
        nn.functional.cross_entropy(logits, torch.tensor([0, 0, 1, 1])).item()
    )


def test_what_cannot_be_measured_is_an_error():
    ones, logits = torch.ones(3, 2), torch.zeros(3, 2)
    with pytest.raises(ValueError, match="validation_metric = 'loss'"):
        measure("ap", "bce", logits, ones)
    assert measure("loss", "bce", logits, ones) == pytest.approx(np.log(2))
    with pytest.raises(FloatingPointError, match="not finite"):
        measure("loss", "bce", logits * torch.nan, ones)


@pytest.mark.parametrize(
    ("metric", "values", "patience", "best", "stopped"),
    [
        ("ap", [0.3, 0.5, 0.4, 0.5, 0.2], None, 2, None),
        ("loss", [0.9, 0.5, 0.4, 0.4, 0.6], None, 3, None),
        ("ap", [0.3, 0.5, 0.4, 0.5, 0.9], 2, 2, 4),
        ("loss", [0.3, 0.5], 1, 1, 2),
    ],
)
def test_the_first_best_epoch_is_kept_and_patience_counts_from_it(
    metric, values, patience, best, stopped
):
    found, network, ended = Best(metric, patience), nn.Linear(1, 1), None
    for epoch, value in enumerate(values, start=1):
        nn.init.constant_(network.weight, epoch)
        # Each time anew from the state, as after an interruption.
        state, found = copy.deepcopy(found.state_dict()), Best(metric, patience)
        found.load_state_dict(state)
        if found.take(epoch, value, network):
            ended = epoch
            break
    assert found.epoch == best
    assert found.value == values[best - 1]
    assert found.weights["weight"].item() == best
    assert ended == stopped
