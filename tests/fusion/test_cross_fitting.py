"""Scores by what was fitted without them."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.cross_fitting import held_out_folds, held_out_scores
from fusion.late import LateFusion


class Memory(BaseEstimator):
    """Knows the annotations of the samples that it was fitted on, and of no other."""

    def fit(self, S, Y):
        self.known_ = {tuple(row): y for row, y in zip(S.values[:, 0], Y)}
        self.c_ = Y.shape[1]
        return self

    def decision_function(self, S):
        zero = np.zeros(self.c_)
        return np.array([self.known_.get(tuple(row), zero) for row in S.values[:, 0]], np.float32)


def test_folds_keep_videos_whole_and_hold_each_sample_out_once(systems):
    S, Y = systems((1.0,), n=120, videos=13)
    held = np.zeros(len(S), int)
    for fitted, held_out in held_out_folds(S, Y, 5):
        assert not set(S.video[fitted]) & set(S.video[held_out])
        held[held_out] += 1
    assert (held == 1).all()


def test_nothing_is_known_of_what_is_held_out(systems):
    S, Y = systems((0.0,), n=300, unjudged=0.0, videos=30)
    inside = Memory().fit(S, Y).decision_function(S)
    assert average_precision(inside, Y).min() == 1.0
    outside = held_out_scores(Memory(), S, Y)
    # Each fold's answers are constant a concept: chance, but for the folds' own prevalences.
    assert (average_precision(outside, Y) < Y.mean(axis=0) + 0.15).all()


def test_folds_answer_on_the_scale_of_the_whole(systems):
    S, Y = systems((1.5, 1.0), n=400, videos=40)
    scores = held_out_scores(LateFusion("min-max", "mean"), S, Y)
    whole = LateFusion("min-max", "mean").fit(S, Y).decision_function(S)
    np.testing.assert_allclose(scores.mean(axis=0), whole.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(scores.std(axis=0), whole.std(axis=0), rtol=0.1)
    assert np.corrcoef(scores[:, 0], whole[:, 0])[0, 1] > 0.99


def test_one_video_cannot_be_held_out(systems):
    S, Y = systems((1.0,), n=50, videos=1)
    with pytest.raises(ValueError, match="one video only"):
        held_out_scores(LateFusion(), S, Y)
    with pytest.raises(ValueError, match="one sample only"):
        held_out_scores(LateFusion(), Scores(S.values[:1]), Y[:1])
