"""Judgments become annotations and strata, and annotations judgments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.trec import Judgments, annotate, judgments_of

IDS = ["s3", "s1", "s2", "s4"]
TOPICS = {"car": "9", "boat": "10"}
JUDGMENTS = Judgments(
    topic=np.array(["10", "9", "9", "7", "10"]),
    shot=np.array(["s1", "s1", "s4", "elsewhere", "s2"]),
    judgment=np.array([1, 0, 1, 1, -1], dtype=np.int8),
    stratum=np.array([1, 2, 1, 1, 2]),
)


def test_rows_are_the_samples_and_columns_the_concepts():
    found = annotate(JUDGMENTS, IDS, TOPICS)
    np.testing.assert_array_equal(found.Y, [[-1, -1], [0, 1], [-1, -1], [1, -1]])
    np.testing.assert_array_equal(found.strata, [[-1, -1], [2, 1], [-1, 2], [1, -1]])
    assert found.Y.dtype == found.strata.dtype == np.int8


def test_without_strata_the_pool_is_one():
    one_pool = Judgments(JUDGMENTS.topic, JUDGMENTS.shot, JUDGMENTS.judgment)
    found = annotate(one_pool, IDS, TOPICS)
    np.testing.assert_array_equal(found.strata, [[-1, -1], [0, 0], [-1, 0], [0, -1]])


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"topic 11 \(concept 'ship'\); 1 of 3 concepts have none"):
        annotate(JUDGMENTS, IDS, {**TOPICS, "ship": "11"})
    with pytest.raises(ValueError, match="1 judged shots are not among the 3 samples, first s4"):
        annotate(JUDGMENTS, IDS[:3], TOPICS)
    with pytest.raises(ValueError, match="two samples have the same id"):
        annotate(JUDGMENTS, [*IDS, "s1"], TOPICS)
    with pytest.raises(ValueError, match="'car' and 'auto' have the same topic, 9"):
        annotate(JUDGMENTS, IDS, {"car": "9", "auto": "9"})
    high = Judgments(JUDGMENTS.topic, JUDGMENTS.shot, JUDGMENTS.judgment, JUDGMENTS.stratum + 126)
    with pytest.raises(ValueError, match="stratum 128"):
        annotate(high, IDS, TOPICS)
    with pytest.raises(ValueError, match=r"shape \(3, 2\) for 4 samples and 2 concepts"):
        judgments_of(np.zeros((3, 2)), IDS, TOPICS)


@given(seed=st.integers(0, 2**32 - 1), stratified=st.booleans())
def test_round_trip(seed, stratified):
    rng = np.random.default_rng(seed)
    n, c = 12, 3
    strata = rng.integers(-1, 3, (n, c)) if stratified else np.zeros((n, c), int)
    strata[0] = 0  # every topic has a pool
    Y = np.where(strata < 0, -1, rng.integers(-1, 2, (n, c)))
    ids = [f"shot{i}" for i in rng.permutation(n)]
    topics = {"a": "3", "b": "1", "c": "2"}
    judgments = judgments_of(Y, ids, topics, strata if stratified else None)
    assert (judgments.stratum is not None) == stratified
    found = annotate(judgments, ids, topics)
    np.testing.assert_array_equal(found.Y, Y)
    np.testing.assert_array_equal(found.strata, strata)
