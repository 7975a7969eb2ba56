"""Temporal re-scoring."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.rescoring import temporal
from fusion.rescoring.temporal import TemporalRescoring


def films(persistence, videos=30, length=15, gain=1.2, seed=0):
    """Concepts that last (persistence near 1) or change from shot to shot (0), seen in noise."""
    rng = np.random.default_rng(seed)
    persistence = np.asarray(persistence, dtype=float)
    state = rng.normal(size=(videos, length, len(persistence)))
    for t in range(1, length):
        fresh = np.sqrt(1 - persistence**2) * state[:, t]
        state[:, t] = persistence * state[:, t - 1] + fresh
    Y = (state.reshape(videos * length, -1) > 0.9).astype(np.int8)
    values = gain * Y + rng.normal(size=Y.shape)
    video, shot = np.repeat(np.arange(videos), length), np.tile(np.arange(length), videos)
    order = rng.permutation(len(Y))
    return Scores.from_members([values[order]], video[order], shot[order]), Y[order]


def test_slow_concepts_gain_and_fast_ones_are_left_alone():
    S, Y = films([0.97, 0.97, 0.0, 0.0])
    rescoring = TemporalRescoring().fit(S, Y)
    assert (rescoring.gain_[:2] > 0.05).all()
    test, Y_test = films([0.97, 0.97, 0.0, 0.0], seed=1)
    out = rescoring.decision_function(test)
    gain = average_precision(out, Y_test) - average_precision(test.single, Y_test)
    assert (gain[:2] > 0.1).all()
    assert (gain[2:] > -0.03).all()


def test_shuffled_videos_are_hardly_touched():
    # On a control without any order in time: few concepts are changed, and they lose little.
    S, Y = films([0.0] * 20)
    rescoring = TemporalRescoring().fit(S, Y)
    test, Y_test = films([0.0] * 20, seed=1)
    out = rescoring.decision_function(test)
    assert (rescoring.gain_ > 0).mean() <= 0.4
    loss = average_precision(test.single, Y_test) - average_precision(out, Y_test)
    assert loss.mean() < 0.01
    # Without the standard error, more of them would be changed.
    bold = TemporalRescoring(standard_errors=0.0).fit(S, Y)
    assert (bold.gain_ > 0).sum() > (rescoring.gain_ > 0).sum()


def test_gain_is_that_of_the_decision_function_on_validation():
    S, Y = films([0.95, 0.5, 0.0])
    rescoring = TemporalRescoring().fit(S, Y)
    out = rescoring.decision_function(S)
    gain = average_precision(out, Y) - average_precision(S.single, Y)
    np.testing.assert_allclose(gain, rescoring.gain_, atol=1e-12)
    untouched = rescoring.gain_ == 0
    np.testing.assert_array_equal(out[:, untouched], S.single[:, untouched])


def test_one_setting_for_all_concepts():
    S, Y = films([0.97, 0.97, 0.9])
    rescoring = TemporalRescoring(per_concept=False).fit(S, Y)
    assert len(np.unique(rescoring.width_)) == 1
    assert len(np.unique(rescoring.strength_)) == 1
    out = rescoring.decision_function(S)
    gain = np.mean(average_precision(out, Y) - average_precision(S.single, Y))
    assert gain == pytest.approx(rescoring.gain_[0])
    assert gain > 0.05


def test_whole_video_alone_can_be_chosen():
    S, Y = films([0.999] * 2, length=8)
    rescoring = TemporalRescoring(widths=(), global_strengths=(0.5,)).fit(S, Y)
    assert (rescoring.global_strength_ == 0.5).all()
    assert (rescoring.width_ == 0).all()


def test_nothing_to_choose_from_changes_nothing():
    S, Y = films([0.97])
    rescoring = TemporalRescoring(widths=(), global_strengths=()).fit(S, Y)
    np.testing.assert_array_equal(rescoring.decision_function(S), S.single)


def test_concepts_that_tell_too_little_are_left_alone():
    S, Y = films([0.97, 0.97, 0.97])
    Y[:, 0] = np.where(np.isin(S.video, [3, 7]), Y[:, 0], 0)
    Y[:, 1] = 0
    rescoring = TemporalRescoring().fit(S, Y)
    assert rescoring.width_[:2].tolist() == [0, 0]
    assert rescoring.gain_[2] > 0
    nothing = TemporalRescoring().fit(S, np.full_like(Y, -1))
    np.testing.assert_array_equal(nothing.decision_function(S), S.single)


def test_order_of_samples_and_blocks_do_not_matter(monkeypatch):
    S, Y = films([0.97, 0.9, 0.6])
    rescoring = TemporalRescoring().fit(S, Y)
    order = np.random.default_rng(5).permutation(len(S))
    again = TemporalRescoring().fit(S[order], Y[order])
    np.testing.assert_array_equal(again.width_, rescoring.width_)
    np.testing.assert_allclose(
        again.decision_function(S[order]), rescoring.decision_function(S)[order], rtol=1e-5
    )
    monkeypatch.setattr(temporal, "BLOCK", 1)
    np.testing.assert_allclose(TemporalRescoring().fit(S, Y).gain_, rescoring.gain_)


def test_unjudged_annotations_are_not_read_as_negatives():
    S, Y = films([0.97, 0.97])
    full = TemporalRescoring().fit(S, Y)
    hidden = np.where(np.random.default_rng(0).random(Y.shape) < 0.3, -1, Y).astype(np.int8)
    rescoring = TemporalRescoring().fit(S, hidden)
    out = rescoring.decision_function(S)
    gain = average_precision(out, hidden) - average_precision(S.single, hidden)
    np.testing.assert_allclose(gain, rescoring.gain_, atol=1e-12)
    assert (full.gain_ > 0).all()
    assert (rescoring.gain_ > 0).all()


def test_clone_pickle_and_unsupported():
    S, Y = films([0.97, 0.0])
    rescoring = TemporalRescoring(widths=(2,), strengths=(0.5,)).fit(S, Y)
    expected = rescoring.decision_function(S)
    assert expected.dtype == np.float32
    again = pickle.loads(pickle.dumps(rescoring))
    np.testing.assert_array_equal(again.decision_function(S), expected)
    np.testing.assert_array_equal(clone(rescoring).fit(S, Y).decision_function(S), expected)
    assert rescoring.unsupported(SimpleNamespace(name="films", has_videos=True)) is None
    reason = rescoring.unsupported(SimpleNamespace(name="msrc", has_videos=False))
    assert "msrc has no videos" in reason


def test_faults_are_named():
    S, Y = films([0.5, 0.5], videos=4)
    with pytest.raises(ValueError, match="no video and shot"):
        TemporalRescoring().fit(Scores(S.values), Y)
    with pytest.raises(ValueError, match="no video and shot"):
        TemporalRescoring().fit(S, Y).decision_function(Scores(S.values))
    with pytest.raises(ValueError, match="fuse them first"):
        TemporalRescoring().fit(Scores.from_members([S.single] * 2, S.video, S.shot), Y)
    with pytest.raises(ValueError, match="widths must be whole numbers from 1, got 0"):
        TemporalRescoring(widths=(0, 1)).fit(S, Y)
    with pytest.raises(ValueError, match="strengths must lie"):
        TemporalRescoring(strengths=(0.0,)).fit(S, Y)
    with pytest.raises(ValueError, match="global_strengths must lie"):
        TemporalRescoring(global_strengths=(1.0,)).fit(S, Y)
    with pytest.raises(ValueError, match="fitted on 2 concepts, got 1"):
        TemporalRescoring().fit(S, Y).decision_function(Scores(S.values[:, :, :1], S.video, S.shot))
