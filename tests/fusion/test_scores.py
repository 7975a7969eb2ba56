"""The scores that fusion works on."""

import pickle

import numpy as np
import pytest

from fusion import Scores


def test_members_side_by_side():
    a, b = np.zeros((4, 3)), np.ones((4, 3))
    scores = Scores.from_members([a, b], video=list("xxyy"), shot=[0, 1, 0, 1])
    assert scores.values.dtype == np.float32
    np.testing.assert_array_equal(scores.values[:, 1], b)
    assert (len(scores), scores.n_members, scores.n_concepts) == (4, 2, 3)
    assert repr(scores) == "Scores(4 samples, 2 members, 3 concepts, 2 videos)"


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([2, 0], [2, 0]),
        (np.array([False, True, True, False]), [1, 2]),
        (slice(1, 3), [1, 2]),
        ([], []),
    ],
)
def test_samples_are_taken_with_their_videos(rows, kept):
    values = np.arange(8.0).reshape(4, 1, 2)
    part = Scores(values, np.array(list("xxyy")), np.arange(4))[rows]
    np.testing.assert_array_equal(part.values, values[kept])
    assert part.shot.tolist() == kept
    assert len(part.video) == len(kept)


def test_one_sample_is_not_scores():
    with pytest.raises(TypeError, match="array of samples"):
        Scores(np.zeros((4, 1, 2)))[2]


def test_single():
    values = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(Scores.from_members([values]).single, values)
    with pytest.raises(ValueError, match="2 systems"):
        _ = Scores.from_members([values, values]).single


def test_faults_are_named():
    with pytest.raises(ValueError, match="three axes"):
        Scores(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="member 1 has scores of shape"):
        Scores.from_members([np.zeros((3, 2)), np.zeros((3, 1))])
    with pytest.raises(ValueError, match="no member"):
        Scores.from_members([])
    bad = np.zeros((3, 2, 2))
    bad[1, 0, 1] = np.inf
    with pytest.raises(ValueError, match="sample 1, member 0, concept 1 is inf"):
        Scores(bad)
    with pytest.raises(ValueError, match="go together"):
        Scores(np.zeros((3, 1, 1)), video=[1, 1, 1])
    with pytest.raises(ValueError, match="one entry a sample"):
        Scores(np.zeros((3, 1, 1)), video=[1, 1], shot=[0, 1])
    with pytest.raises(ValueError, match="integers"):
        Scores(np.zeros((2, 1, 1)), video=[1, 1], shot=[0.0, 0.5])


def test_pickle():
    scores = Scores(np.ones((2, 1, 1)), ["a", "b"], [0, 3])
    again = pickle.loads(pickle.dumps(scores))
    np.testing.assert_array_equal(again.values, scores.values)
    assert again.shot.tolist() == [0, 3]


def test_names_go_with_scores_and_must_be_one_for_each_and_different():
    values = np.zeros((4, 2, 3))
    S = Scores(values, members=["a", "b"], concepts=["x", "y", "z"])
    assert S[1:3].members == ("a", "b")
    assert S[np.array([0])].concepts == ("x", "y", "z")
    together = Scores.from_members([values[:, 0]] * 2, names=["a", "b"], concepts="xyz")
    assert together.members == ("a", "b")
    with pytest.raises(ValueError, match="1 member names were given for 2 members"):
        Scores(values, members=["a"])
    with pytest.raises(ValueError, match="concept 'x' is named twice"):
        Scores(values, concepts=["x", "x", "z"])
