"""Claims on what is added: stages, fusion, re-scoring; and on the device."""

import pytest

from reports.claims.device import device
from reports.claims.fusing import fusing, rescoring
from reports.claims.incorporating import incorporating
from reports.document import plain
from reports.summary import Summary

MEMBERS = {"both": ("words", "hog"), "all": ("words", "hog", "net")}


def of(case, differences, source="", members=MEMBERS, more=()):
    means = [
        ("words", "engineered", {None: 0.5}),
        ("hog", "engineered", {None: 0.4}),
        ("net", "learned", {None: 0.5}),
        ("both", "fused", {None: 0.6}),
        ("all", "fused", {None: 0.7}),
        *more,
    ]
    rows = [(a, b, None, d, d - 0.05, d + 0.05, sure) for a, b, d, sure in differences]
    return case(means, rows, source, members=members)


@pytest.mark.parametrize(
    ("d", "sure", "verdict"),
    [(0.1, True, "holds"), (-0.1, True, "fails"), (0.1, False, "open"), (0.01, False, "open")],
)
def test_without_stages_the_widest_engineered_fusion_is_held_to_the_best_single(
    case, answers, d, sure, verdict
):
    # A suite's first of a pair is the single one: what is made of others stands below it.
    summary = of(case, [("words", "both", -d, sure), ("words", "all", -0.2, True)])
    found = incorporating(summary)
    assert answers(found)[0][0] == verdict
    assert "both (0.600)" in answers(found)[0][1]
    assert "names no stages" in found.claim.tested


def test_stages_are_taken_from_the_suite(case, answers):
    source = "incorporation = ['hog', 'words', 'both']"
    rows = [
        ("hog", "both", -0.2, True),
        ("hog", "words", -0.1, True),
        ("words", "both", -0.1, False),
    ]
    found = incorporating(of(case, rows, source))
    ((verdict, evidence, _),) = answers(found)
    assert verdict == "holds"
    assert "both (0.600) is ahead of hog (0.400)" in evidence
    assert "Of 2 steps, 1 gains over the one before beyond doubt." in evidence
    assert found.claim.answers[0].shown == "incorporation-0"


def test_without_fusions_and_stages_it_says_what_to_run(case, answers):
    ((verdict, _, to_do),) = answers(incorporating(case([("a", "learned", {None: 0.5})])))
    assert verdict == "open"
    assert "caltech101-ablation" in to_do


def test_fusion(case, answers):
    rows = [("words", "all", -0.2, True), ("words", "both", -0.1, True)]
    ((verdict, evidence, _),) = answers(fusing(of(case, rows)))
    assert verdict == "holds"
    assert "all (0.700) is ahead of words" in evidence


@pytest.mark.parametrize(
    ("beyond", "verdict"),
    [((0.1, True), "holds"), ((-0.1, True), "fails"), ((0.01, False), "open")],
)
def test_fusion_is_held_to_the_member_that_is_best_on_test_as_well(case, answers, beyond, verdict):
    members = {"all": ("words", "net")}
    means = [
        ("words", "engineered", {None: 0.5}),
        ("net", "learned", {None: 0.6}),
        ("lone", "learned", {None: 0.4}),
        ("all", "fused", {None: 0.7}),
    ]

    def ruled(means):
        best = max((m for m in means if m[1] != "fused"), key=lambda m: m[2][None])[0]
        d, sure = beyond
        rows = [("words", "all", None, -0.2, -0.25, -0.15, True),
                (best, "all", None, -d, -d - 0.05, -d + 0.05, sure)]  # fmt: skip
        summary = case(means, rows, members=members)
        # That validation chose words is told by the question asked about it alone.
        frame = summary.tables.comparisons
        frame.loc[frame["system_a"] == best, "question"] = "all pairs"
        return answers(fusing(Summary(summary.run, summary.tables)))[0]

    found = ruled(means)
    assert found[0] == verdict
    assert "net (0.600) scores best on test" in found[1]
    assert bool(found[2]) == (verdict == "open")
    # One that is not part of it says nothing of what fusing adds.
    means[2] = ("lone", "learned", {None: 0.9})
    found = ruled(means)
    assert found[0] == "holds"
    assert "lone" not in found[1]


def test_rescoring_holds_if_one_gains_and_none_loses(case, answers):
    members = {**MEMBERS, "words+": ("words",), "net+": ("net",)}
    more = [("words+", "fused", {None: 0.6}), ("net+", "fused", {None: 0.51})]

    def ruled(first, second):
        rows = [("words", "words+", *first), ("net", "net+", *second)]
        return answers(rescoring(of(case, rows, members=members, more=more)))[0]

    gain, loss, tie = (-0.1, True), (0.1, True), (-0.01, False)
    assert ruled(gain, gain)[0] == "holds"
    assert "Of 2 re-scored systems 1 gains, 1 cannot be told." in ruled(gain, tie)[1]
    assert ruled(gain, tie)[0] == "holds"
    assert ruled(gain, loss)[0] == "fails"
    assert ruled(tie, tie)[0] == "open"
    assert ruled((-0.1, False), tie)[0] == "open"


def test_without_any_it_says_what_to_run(case, answers):
    summary = case([("a", "learned", {None: 0.5})])
    for claim, option in ((fusing, "members"), (rescoring, "rescorer")):
        ((verdict, _, to_do),) = answers(claim(summary))
        assert verdict == "open"
        assert "conceptbench run fusion" in to_do
        assert option in to_do


def test_the_device_is_told_and_the_other_one_asked_for(case, answers):
    summary = case([("a", "learned", {None: 0.5}), ("b", "engineered", {None: 0.5})])
    ((verdict, evidence, to_do),) = answers(device(summary))
    assert verdict == "open"
    assert "on the CPU (x86_64) alone: the slowest, a," in evidence
    assert "--device cuda" in to_do
    none = device(case([("b", "engineered", {None: 0.5})]))
    assert plain(none.claim.answers[0].evidence) == "There are no costs of a learned system."
