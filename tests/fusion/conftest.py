"""Scores of systems and of films whose truth is known."""

import numpy as np
import pytest

from fusion import Scores


@pytest.fixture(scope="session")
def systems():
    """Make scores of systems that see the annotations through noise, by gain."""

    def make(gains, n=200, c=4, seed=0, prevalence=0.3, unjudged=0.1, videos=None, common=0.0):
        rng = np.random.default_rng(seed)
        Y = (rng.random((n, c)) < prevalence).astype(np.int8)
        shared = common * rng.normal(size=Y.shape)
        members = [gain * Y + shared + rng.normal(size=Y.shape) for gain in gains]
        Y[rng.random(Y.shape) < unjudged] = -1
        if videos is None:
            return Scores.from_members(members), Y
        video, shot = np.arange(n) % videos, np.arange(n) // videos
        return Scores.from_members(members, video, shot), Y

    return make


@pytest.fixture(scope="session")
def films():
    """Make concepts that last (persistence near 1) or change at once (0), seen in noise."""

    def make(persistence, videos=30, length=15, gain=1.2, seed=0, unjudged=0.0):
        rng = np.random.default_rng(seed)
        persistence = np.asarray(persistence, dtype=float)
        state = rng.normal(size=(videos, length, len(persistence)))
        for t in range(1, length):
            fresh = np.sqrt(1 - persistence**2) * state[:, t]
            state[:, t] = persistence * state[:, t - 1] + fresh
        Y = (state.reshape(videos * length, -1) > 0.9).astype(np.int8)
        values = gain * Y + rng.normal(size=Y.shape)
        Y[rng.random(Y.shape) < unjudged] = -1
        video, shot = np.repeat(np.arange(videos), length), np.tile(np.arange(length), videos)
        order = rng.permutation(len(Y))
        return Scores.from_members([values[order]], video[order], shot[order]), Y[order]

    return make


@pytest.fixture(scope="session")
def related():
    """Make one system's scores of concepts that go together.

    Concept 0 is seen poorly and implied by 1 (or shuffled against it), which is seen well; the
    others are independent.
    """

    def make(n=400, c=5, seed=0, together=True, videos=20, unjudged=0.1):
        rng = np.random.default_rng(seed)
        Y = (rng.random((n, c)) < 0.3).astype(np.int8)
        if together:
            flipped = rng.random(n) < 0.1
            Y[:, 0] = np.where(flipped, 1 - Y[:, 1], Y[:, 1])
        gains = np.full(c, 1.0)
        gains[:2] = 0.7, 3.0
        values = gains * Y + rng.normal(size=Y.shape)
        Y[rng.random(Y.shape) < unjudged] = -1
        names = [f"c{k}" for k in range(c)]
        video, shot = np.arange(n) % videos, np.arange(n) // videos
        return Scores.from_members([values], video, shot, concepts=names), Y

    return make
