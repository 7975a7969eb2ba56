"""What has levels, what is flat, and what both rest on."""

from benchmarks.results.levels import flat, in_levels, late_members, singles_of

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


def test_an_early_fusion_makes_no_level_of_what_joins_its_scores():
    members = {"a": [], "b": [], "sum": ["a", "b"], "late": ["a", "sum"], "hier": ["a", "sum"]}
    assert flat(members, {"hier"}) == ["sum"]
    late = late_members(members, {"sum"})
    assert flat(late, {"hier"}) == ["late"]
    assert in_levels(late, {"hier"}) == ["hier"]
    assert singles_of("hier", late) == singles_of("late", late) == ["a", "sum"]
