"""How much context a score takes."""

import numpy as np
import pytest

from fusion import Scores
from fusion.rescoring.mixing import check_choice, choose_mixture, parts_of


def problem(strengths, n=400, seed=0, videos=40):
    """Concepts that own score and context tell of equally, by strength of the context."""
    rng = np.random.default_rng(seed)
    c = len(strengths)
    Y = (rng.random((n, c)) < 0.3).astype(np.int8)
    own = Y + rng.normal(size=Y.shape)
    context = (np.array(strengths) * Y + rng.normal(size=Y.shape))[:, :, None]
    video = np.arange(n) % videos
    parts = parts_of(Scores(own[:, None], video, np.arange(n)), Y, 10)
    return own, context, Y, parts


def choose(own, context, Y, parts, **options):
    given = {"penalties": [1.0, 10.0], "standard_errors": 1.0, **options}
    offered = context if isinstance(context, list) else [context]
    return choose_mixture(own, lambda fitted: offered, Y, parts, **given)


def test_what_tells_is_taken_and_what_does_not_is_left():
    mixture = choose(*problem([1.0, 0.0, 1.0, 0.0, 0.0, 0.0], n=800))
    assert (mixture.shares[[0, 2], 1] > 0.3).all()
    assert (mixture.gain[[0, 2]] > 0.01).all()
    none = mixture.candidate == -1
    assert none[[1, 3, 4, 5]].sum() >= 3
    np.testing.assert_array_equal(mixture.shares[none], [[1.0, 0.0]] * none.sum())
    assert (mixture.gain[none] == 0).all()
    np.testing.assert_allclose(np.abs(mixture.shares).sum(axis=1), 1.0)


def test_the_context_that_tells_is_chosen_among_several():
    own, context, Y, parts = problem([1.0, 1.0])
    noise = np.random.default_rng(9).normal(size=context.shape)
    mixture = choose(own, [noise, context], Y, parts)
    assert mixture.candidate.tolist() == [1, 1]


def test_noise_is_rarely_taken_and_the_less_the_more_errors_it_must_exceed():
    own, context, Y, parts = problem([0.0] * 40, n=200, videos=20)
    taken = [
        (choose(own, context, Y, parts, standard_errors=k).candidate >= 0).mean() for k in (0, 1, 2)
    ]
    assert taken[1] < 0.25
    assert taken[2] <= taken[1] <= taken[0]


def test_nothing_is_learned_from_what_is_held_out():
    # A context that reads the annotations of the samples it is fitted on is worth nothing.
    own, _, Y, parts = problem([0.0, 0.0])
    noise = np.random.default_rng(3).normal(size=own.shape)

    def leaking(fitted):
        return [np.where(fitted[:, None], 3.0 * Y, noise)[:, :, None]]

    mixture = choose_mixture(own, leaking, Y, parts, penalties=[1.0], standard_errors=1.0)
    assert (mixture.candidate == -1).all()


def test_concepts_that_cannot_be_judged_held_out_are_left():
    own, context, Y, parts = problem([1.0, 1.0, 1.0])
    Y[:, 0] = np.where(parts.fold == 0, Y[:, 0], 0)
    Y[:, 1] = np.where(Y[:, 1] == 0, -1, Y[:, 1])
    assert choose(own, context, Y, parts).candidate.tolist()[:2] == [-1, -1]
    together = choose(own, context, Y, parts, per_concept=False)
    assert np.ptp(together.shares, axis=0).max() == 0


def test_unjudged_samples_have_no_part():
    own, context, Y, parts = problem([1.0, 0.0])
    Y[::5] = -1
    mixture = choose(own, context, Y, parts)
    moved = context.copy()
    moved[::5] += 100
    again = choose(own, moved, Y, parts)
    np.testing.assert_allclose(again.shares, mixture.shares, atol=1e-6)


def test_parts_keep_videos_whole_and_faults_are_named():
    own, _, Y, parts = problem([1.0], videos=7)
    for unit in range(7):
        assert len(np.unique(parts.fold[parts.unit == unit])) == 1
    stills = parts_of(Scores(own[:, None]), Y, 5)
    assert len(np.unique(stills.unit)) == len(own)
    with pytest.raises(ValueError, match="penalties must be"):
        check_choice([], 1.0)
    with pytest.raises(ValueError, match="standard_errors must be"):
        check_choice([1.0], -1.0)
