"""Order of training videos, unjudged annotations, and lengths of videos."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.tasks.digits.script import video_lengths
from benchmarks.tasks.digits.splits import judged, training_order


@given(st.integers(1, 400), st.integers(1, 12), st.integers(0, 12), st.integers(0, 99))
def test_videos_have_lengths_within_bounds(n, shortest, more, seed):
    bounds = (shortest, 2 * shortest - 1 + more)
    lengths = video_lengths(n, bounds, np.random.default_rng(seed))
    assert sum(lengths) == n
    assert max(lengths) <= bounds[1]
    assert min(lengths) >= min(shortest, n)


@given(st.integers(0, 10_000), st.floats(0, 0.99), st.integers(0, 3))
@settings(max_examples=50)
def test_at_least_so_many_of_each_are_judged(seed, unjudged, least):
    rng = np.random.default_rng(seed)
    held = (rng.random((30, 4)) < 0.3).astype(np.int8)
    drawn = judged(held, unjudged, least, rng)
    assert drawn.shape == held.shape
    for value in (0, 1):
        there = (held == value).sum(axis=0)
        assert ((drawn & (held == value)).sum(axis=0) >= np.minimum(there, least)).all()


def test_judged_is_drawn_a_cell_at_a_time():
    held = (np.arange(4000 * 3).reshape(4000, 3) % 2).astype(np.int8)
    hidden = ~judged(held, 0.3, 2, np.random.default_rng(0))
    np.testing.assert_allclose(hidden.mean(axis=0), 0.3, atol=0.03)
    assert abs(np.corrcoef(hidden[:, 0], hidden[:, 1])[0, 1]) < 0.05


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=60)
def test_order_holds_each_video_once_and_covers_early(seed, least):
    rng = np.random.default_rng(seed)
    videos = np.repeat(np.arange(12), 5)
    annotations = rng.choice([-1, 0, 1], size=(60, 4), p=(0.1, 0.75, 0.15)).astype(np.int8)
    order = training_order(videos, annotations, least, rng)
    np.testing.assert_array_equal(np.sort(order), np.arange(12))
    # Each video taken while something was wanting brings what was: so many at most.
    first = np.isin(videos, order[: 2 * 4 * least])
    for value in (0, 1):
        total = (annotations == value).sum(axis=0)
        seen = (annotations[first] == value).sum(axis=0)
        assert (seen >= np.minimum(total, least)).all()


def test_order_is_by_chance_where_nothing_is_wanting():
    videos = np.arange(200)
    annotations = np.tile(np.array([[0], [1]], dtype=np.int8), (100, 1))
    orders = [training_order(videos, annotations, 1, np.random.default_rng(s)) for s in range(40)]
    places = np.argsort(np.array(orders), axis=1).mean(axis=0)
    assert abs(places - 99.5).max() < 45  # deviation of a mean of 40 even draws: 9
    assert len({tuple(order) for order in orders}) == 40


def test_order_copes_with_a_concept_that_is_nowhere():
    order = training_order(
        np.arange(3), np.zeros((3, 2), dtype=np.int8), 2, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(np.sort(order), np.arange(3))
