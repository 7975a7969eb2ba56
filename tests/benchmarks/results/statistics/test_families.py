"""The pairs that a question is about."""

import pytest

from benchmarks.results.statistics import (
    against_best_member,
    against_reference,
    all_pairs,
    between_families,
)


def test_pairs():
    assert all_pairs("abc") == [("a", "b"), ("a", "c"), ("b", "c")]
    assert against_reference("b", "abc") == [("a", "b"), ("c", "b")]
    families = {"words": "engineered", "net": "learned", "fisher": "engineered", "all": "fused"}
    assert between_families(families, "learned", "engineered") == [
        ("net", "words"),
        ("net", "fisher"),
    ]


def test_best_member_is_that_of_validation():
    members = {"fused": ["a", "b"], "all": ["a", "b", "c"]}
    values = {"a": 0.3, "b": 0.4, "c": 0.9}
    assert against_best_member(members, values) == [("fused", "b"), ("all", "c")]
    assert against_best_member(members, values, higher_is_better=False) == [
        ("fused", "a"),
        ("all", "a"),
    ]


def test_what_was_not_there_is_named():
    with pytest.raises(ValueError, match="'x' is not among a, b"):
        against_reference("x", ["a", "b"])
    with pytest.raises(ValueError, match="no system is of the family 'learned'"):
        between_families({"a": "engineered"}, "engineered", "learned")
    with pytest.raises(ValueError, match="got 'x' twice"):
        between_families({"a": "x"}, "x", "x")
    with pytest.raises(ValueError, match="'b', a member of 'f', has no validation value"):
        against_best_member({"f": ["a", "b"]}, {"a": 1.0})
    with pytest.raises(ValueError, match="no members"):
        against_best_member({"f": []}, {})
