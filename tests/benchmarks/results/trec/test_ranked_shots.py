"""The first shots of each topic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.trec import rank_shots

TOPICS = {"a": "7", "b": "5"}


def test_best_first_topic_after_topic():
    scores = np.array([[0.1, 3.0], [0.3, 2.0], [0.2, 1.0]], dtype=np.float32)
    found = rank_shots(scores, ["x", "y", "z"], TOPICS, "words", limit=2)
    assert found.topic.tolist() == ["7", "7", "5", "5"]
    assert found.shot.tolist() == ["y", "z", "x", "y"]
    assert found.rank.tolist() == [1, 2, 1, 2]
    np.testing.assert_array_equal(found.score, scores[[1, 2, 0, 1], [0, 0, 1, 1]])
    assert found.score.dtype == np.float32
    assert found.tag == "words"


@given(seed=st.integers(0, 2**32 - 1), limit=st.sampled_from([None, 1, 4, 30]))
def test_as_evaluators_rank_it_again_and_whatever_the_order_of_samples(seed, limit):
    rng = np.random.default_rng(seed)
    n = 20
    scores = rng.integers(0, 4, (n, 2)).astype(float)
    shots = np.array([f"shot{i}" for i in rng.permutation(n)])
    found = rank_shots(scores, shots, TOPICS, "t", limit)
    for column, topic in enumerate(TOPICS.values()):
        # trec_eval and sample_eval: by score, ties by name, both falling.
        ranked = sorted(zip(scores[:, column], shots), reverse=True)[:limit]
        assert found.shot[found.topic == topic].tolist() == [shot for _, shot in ranked]
    order = rng.permutation(n)
    again = rank_shots(scores[order], shots[order], TOPICS, "t", limit)
    np.testing.assert_array_equal(again.shot, found.shot)


def test_at_most_2000_by_default():
    n = 2005
    found = rank_shots(np.zeros((n, 1)), [f"{i:04d}" for i in range(n)], {"a": "1"}, "t")
    assert len(found.shot) == found.rank[-1] == 2000
    # Tied throughout: the names decide.
    assert found.shot[0] == "2004"
    assert found.shot[-1] == "0005"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": [[1.0, np.nan], [0, 0]]}, "score of shot x for topic 5 is nan"),
        ({"scores": [[1.0, 0], [-np.inf, 0]]}, "score of shot y for topic 7 is -inf"),
        ({"scores": [[1.0, 0]]}, r"shape \(1, 2\) for 2 shots and 2 topics"),
        ({"shots": ["x", "x"]}, "two samples are the shot x"),
        ({"shots": ["x", "y z"]}, "shot 'y z' cannot stand in a TREC file"),
        ({"tag": "my run"}, "tag 'my run' cannot stand"),
        ({"topics": {"a": "7", "b": ""}}, "topic '' cannot stand"),
        ({"topics": {"a": "7", "b": "7"}}, "'a' and 'b' have the same topic, 7"),
        ({"limit": 0}, "limit must be at least 1"),
    ],
)
def test_what_is_refused(change, message):
    given = {"scores": np.zeros((2, 2)), "shots": ["x", "y"], "topics": TOPICS, "tag": "t"}
    with pytest.raises(ValueError, match=message):
        rank_shots(**{**given, **change})
