"""Neighbouring shots, against a plain double loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion import Scores
from fusion.rescoring.neighbours import Neighbours


def reference(scores, video, shot, width, strength, overall):
    """Every shot looks at every other."""
    out = np.empty(scores.shape)
    for i in range(len(scores)):
        same = [j for j in range(len(scores)) if j != i and video[j] == video[i]]
        near = [j for j in same if abs(int(shot[j]) - int(shot[i])) <= width]
        weights = [1 - abs(int(shot[j]) - int(shot[i])) / (width + 1) for j in near]
        local = np.average(scores[near], axis=0, weights=weights) if near else scores[i]
        rest = scores[same].mean(axis=0) if same else scores[i]
        out[i] = (1 - strength - overall) * scores[i] + strength * local + overall * rest
    return out


@st.composite
def shots(draw):
    """Shots of several videos, with gaps, in no order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    video, shot = [], []
    for name in range(draw(st.integers(1, 5))):
        numbers = draw(st.lists(st.integers(-3, 15), min_size=1, max_size=12, unique=True))
        video += [f"v{name}"] * len(numbers)
        shot += numbers
    order = rng.permutation(len(video))
    values = rng.normal(size=(len(video), 3)).astype(np.float32)
    return values, np.array(video)[order], np.array(shot)[order]


@settings(deadline=None)
@given(case=shots(), width=st.integers(1, 6), strength=st.floats(0.1, 1), share=st.floats(0, 1))
def test_equals_the_plain_double_loop(case, width, strength, share):
    values, video, shot = case
    overall = (1 - strength) * share
    neighbours = Neighbours(Scores.from_members([values], video, shot))
    np.testing.assert_allclose(
        neighbours.rescore(values, width, strength, overall),
        reference(values, video, shot, width, strength, overall),
        atol=1e-6,
    )


@given(case=shots(), width=st.integers(1, 6))
def test_nothing_crosses_from_one_video_to_another(case, width):
    values, video, shot = case
    neighbours = Neighbours(Scores.from_members([values], video, shot))
    before = neighbours.rescore(values, width, 0.5, 0.3)
    changed = np.where((video == "v0")[:, None], values + 100, values)
    after = neighbours.rescore(changed, width, 0.5, 0.3)
    others = video != "v0"
    np.testing.assert_array_equal(after[others], before[others])
    np.testing.assert_allclose(after[~others], before[~others] + 100, rtol=1e-5)


def test_by_hand_over_a_missing_shot():
    values = np.array([[0.0], [1.0], [4.0]])
    neighbours = Neighbours(Scores.from_members([values], ["a"] * 3, [0, 1, 3]))
    # Width 2: weights 2/3 at distance 1 and 1/3 at distance 2.
    np.testing.assert_allclose(
        neighbours.local_mean(values, 2)[:, 0], [1.0, (2 / 3 * 0 + 1 / 3 * 4) / 1.0, 1.0]
    )
    # Width 1: the last shot has no neighbour and keeps its own score.
    np.testing.assert_allclose(neighbours.local_mean(values, 1)[:, 0], [1.0, 0.0, 4.0])


def test_without_strength_nothing_changes():
    values = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    neighbours = Neighbours(Scores.from_members([values], ["a"] * 6, np.arange(6)))
    np.testing.assert_array_equal(neighbours.rescore(values, 0, 0.0, 0.0), values)


def test_a_shot_that_occurs_twice_is_refused():
    with pytest.raises(ValueError, match="both shot 4 of video b"):
        Neighbours(Scores(np.zeros((3, 1, 1)), ["b", "a", "b"], [4, 4, 4]))
