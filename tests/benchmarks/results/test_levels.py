"""What has levels, what is flat, and what both rest on."""

from benchmarks.results.levels import flat, in_levels, singles_of

MEMBERS = {
    "a": [], "b": [], "c": [],
    "late": ["a", "b", "c"],
    "hier": ["a", "b", "c"],
    "pair": ["a", "b"],
    "tower": ["pair", "c"],
    "a-t": ["a"],
    "hier-t": ["hier"],
    "over re-scored": ["a-t", "b"],
    "tower over re-scored": ["pair", "a-t"],
}  # fmt: skip


def test_levels_are_declared_or_built():
    # A re-scored system is never one of them, nor what re-scoring is part of.
    assert in_levels(MEMBERS, {"hier"}) == ["hier", "tower"]


def test_flat_fusions_join_single_systems():
    assert flat(MEMBERS, {"hier"}) == ["late", "pair"]


def test_what_is_inside_through_all_levels():
    assert singles_of("tower", MEMBERS) == ["a", "b", "c"]
    assert singles_of("hier-t", MEMBERS) == ["a", "b", "c"]
