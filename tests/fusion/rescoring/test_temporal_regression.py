"""Temporal re-scoring by likelihood."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.rescoring import temporal_regression
from fusion.rescoring.temporal import TemporalRescoring
from fusion.rescoring.temporal_regression import TemporalRegression


def gains(rescoring, S, Y):
    return average_precision(rescoring.decision_function(S), Y) - average_precision(S.single, Y)


def test_slow_concepts_gain_and_fast_ones_are_left_alone(films):
    S, Y = films([0.97, 0.97, 0.0, 0.0])
    rescoring = TemporalRegression().fit(S, Y)
    assert (rescoring.gain_[:2] > 0).all()
    gain = gains(rescoring, *films([0.97, 0.97, 0.0, 0.0], seed=1))
    assert (gain[:2] > 0.1).all()
    assert (gain[2:] > -0.02).all()


def test_the_longer_a_concept_lasts_the_more_it_takes(films):
    S, Y = films([0.99, 0.8, 0.3], videos=60)
    rescoring = TemporalRegression().fit(S, Y)
    taken = rescoring.strength_ + rescoring.global_strength_
    assert taken[0] > taken[1] > taken[2]


def test_shuffled_shots_neither_gain_nor_lose(films):
    control = [0.0] * 20
    S, Y = films(control)
    rescoring = TemporalRegression().fit(S, Y)
    assert (rescoring.gain_ > 0).mean() <= 0.25
    test = films(control, seed=1)
    assert abs(gains(rescoring, *test).mean()) < 0.006
    # Slow concepts whose shots are put into other videos are such a control, too.
    S, Y = films([0.97] * 10)
    shuffled = np.random.default_rng(0).permutation(len(S))
    mixed = Scores(S.values, S.video[shuffled], S.shot[shuffled])
    assert (TemporalRegression().fit(mixed, Y).gain_ > 0).mean() <= 0.3


def test_small_validation_sets_do_less_harm_than_by_average_precision(films):
    worst = {TemporalRegression: [], TemporalRescoring: []}
    for seed in range(6):
        persistence = [0.0, 0.3, 0.9]
        S, Y = films(persistence, videos=8, length=10, seed=seed)
        test = films(persistence, videos=40, seed=seed + 50)
        for kind, found in worst.items():
            found.append(np.nanmean(gains(kind().fit(S, Y), *test)[:2]))
    assert np.mean(worst[TemporalRegression]) > -0.01
    assert np.mean(worst[TemporalRegression]) >= np.mean(worst[TemporalRescoring]) - 0.005


def test_nothing_crosses_from_one_video_to_another(films):
    S, Y = films([0.97, 0.9])
    rescoring = TemporalRegression().fit(S, Y)
    out = rescoring.decision_function(S)
    for video in np.unique(S.video)[:5]:
        inside = S.video == video
        np.testing.assert_allclose(rescoring.decision_function(S[inside]), out[inside], rtol=1e-5)
    raised = Scores(S.values + 9.0 * (S.video == 3)[:, None, None], S.video, S.shot)
    moved = rescoring.decision_function(raised)
    np.testing.assert_allclose(moved[S.video != 3], out[S.video != 3], rtol=1e-5)


def test_one_setting_for_all_concepts(films):
    S, Y = films([0.97, 0.97, 0.9])
    rescoring = TemporalRegression(per_concept=False).fit(S, Y)
    for values in (rescoring.width_, rescoring.strength_, rescoring.global_strength_):
        assert len(np.unique(values)) == 1
    assert rescoring.strength_[0] + rescoring.global_strength_[0] > 0.2


def test_widths_and_whole_video_can_be_left_out(films):
    S, Y = films([0.999] * 2, length=8)
    whole = TemporalRegression(widths=()).fit(S, Y)
    assert (whole.global_strength_ > 0.2).all()
    assert (whole.width_ == 0).all()
    near = TemporalRegression(whole_video=False).fit(S, Y)
    assert (near.global_strength_ == 0).all()
    assert (near.width_ > 0).all()
    nothing = TemporalRegression(widths=(), whole_video=False).fit(S, Y)
    np.testing.assert_array_equal(nothing.decision_function(S), S.single)


def test_concepts_that_tell_too_little_and_unjudged_ones_are_left_alone(films):
    S, Y = films([0.97, 0.97, 0.97])
    Y[:, 0] = np.where(S.video == 3, Y[:, 0], 0)
    Y[:, 1] = 0
    rescoring = TemporalRegression().fit(S, Y)
    out = rescoring.decision_function(S)
    np.testing.assert_array_equal(out[:, :2], S.single[:, :2])
    assert rescoring.gain_[2] > 0
    nothing = TemporalRegression().fit(S, np.full_like(Y, -1))
    np.testing.assert_array_equal(nothing.decision_function(S), S.single)


def test_order_of_samples_and_blocks_do_not_matter(films, monkeypatch):
    S, Y = films([0.97, 0.9, 0.6], videos=12, unjudged=0.1)
    rescoring = TemporalRegression(folds=50).fit(S, Y)
    monkeypatch.setattr(temporal_regression, "BLOCK", 1)
    again = TemporalRegression(folds=50).fit(S, Y)
    np.testing.assert_allclose(again.strength_, rescoring.strength_, atol=1e-6)
    # Folds of a video each: the same whatever the order that the videos are dealt in.
    order = np.random.default_rng(5).permutation(len(S))
    other = TemporalRegression(folds=50).fit(S[order], Y[order])
    np.testing.assert_allclose(other.strength_, rescoring.strength_, atol=1e-4)


def test_clone_pickle_unsupported_and_faults(films):
    S, Y = films([0.97, 0.0], videos=12)
    rescoring = TemporalRegression(widths=(2,)).fit(S, Y)
    expected = rescoring.decision_function(S)
    assert expected.dtype == np.float32
    again = pickle.loads(pickle.dumps(rescoring))
    np.testing.assert_array_equal(again.decision_function(S), expected)
    np.testing.assert_array_equal(clone(rescoring).fit(S, Y).decision_function(S), expected)
    reason = rescoring.unsupported(SimpleNamespace(name="msrc", has_videos=False))
    assert "msrc has no videos" in reason
    with pytest.raises(ValueError, match="no video and shot"):
        TemporalRegression().fit(Scores(S.values), Y)
    with pytest.raises(ValueError, match="widths must be whole numbers"):
        TemporalRegression(widths=(0,)).fit(S, Y)
    with pytest.raises(ValueError, match="penalties must be"):
        TemporalRegression(penalties=(0.0,)).fit(S, Y)
    with pytest.raises(ValueError, match="fitted on"):
        rescoring.decision_function(Scores(S.values[:, :, :1], S.video, S.shot))
