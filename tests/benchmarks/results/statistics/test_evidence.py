"""Is A better than B?"""

import numpy as np
import pytest

from benchmarks.results.metrics import evaluate
from benchmarks.results.statistics import (
    Replicate,
    compare,
    correct,
    holm,
    paired_bootstrap_over_replicates,
    sign_flip_test,
)

C = 8


def replicate(seed, n=300):
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, C)) < 0.3).astype(np.int8)
    common = rng.normal(size=Y.shape)
    scores = {
        name: gain * Y + 0.7 * common + 0.5 * rng.normal(size=Y.shape)
        for name, gain in (("weak", 0.6), ("strong", 1.8), ("twin", 0.6))
    }
    return Replicate(scores, Y, samples=np.arange(n) + 1000 * seed)


def test_what_is_clear_and_what_is_not():
    found = [replicate(0), replicate(1)]
    clear, twin = compare(found, [("strong", "weak"), ("twin", "weak")], resamples=300)
    assert (clear.verdict, clear.wins, clear.losses) == ("better", C, 0)
    assert clear.superiority == 1.0
    assert clear.d_z > 1
    assert clear.p_value == pytest.approx(2 / 2**C)
    assert clear.p_holm == pytest.approx(4 / 2**C)
    assert clear.difference.low > 0
    assert twin.verdict == "undecided"
    assert twin.units == 600
    assert twin.least_concepts == 7
    assert 0 < twin.smallest_difference == pytest.approx(2.8016 * twin.standard_error, rel=1e-4)
    per_concept = np.stack(
        [
            evaluate("ap", r.scores["twin"], r.Y).per_concept
            - evaluate("ap", r.scores["weak"], r.Y).per_concept
            for r in found
        ]
    )
    assert twin.p_value == sign_flip_test(per_concept).p_value
    assert twin.difference.estimate == pytest.approx(per_concept.mean())


def test_the_other_way_round_is_the_opposite():
    one = compare([replicate(0)], [("strong", "weak")], resamples=200)[0]
    other = compare([replicate(0)], [("weak", "strong")], resamples=200)[0]
    assert other.verdict == "worse"
    assert other.p_value == one.p_value
    assert other.difference.estimate == pytest.approx(-one.difference.estimate)
    assert (other.wins, other.losses) == (one.losses, one.wins)
    assert other.d_z == pytest.approx(-one.d_z)


def test_a_lower_error_is_better():
    rng = np.random.default_rng(0)
    Y = np.eye(C, dtype=np.int8)[np.arange(400) % C]
    scores = {"good": Y + 0.2 * rng.random(Y.shape), "bad": Y + 3 * rng.random(Y.shape)}
    found = compare([Replicate(scores, Y)], [("good", "bad")], "top1_error", resamples=200)[0]
    assert found.difference.high < 0
    assert found.verdict == "better"
    assert found.wins == C
    assert found.d_z > 0


def test_evidence_parted_into_questions_is_corrected_within_each():
    pairs = [("strong", "weak"), ("twin", "weak"), ("twin", "strong")]
    together = compare([replicate(0)], pairs, resamples=200)
    assert [e.hypotheses for e in together] == [3, 3, 3]
    p_values = [e.p_value for e in together]
    np.testing.assert_array_equal([e.p_holm for e in together], holm(p_values))
    (alone,) = correct(together[:1])
    assert alone == compare([replicate(0)], pairs[:1], resamples=200)[0]
    assert (alone.p_holm, alone.hypotheses, alone.least_concepts) == (p_values[0], 1, 6)
    assert correct(correct(together)) == together


def test_too_few_concepts_decide_nothing():
    whole = replicate(0)
    few = Replicate({k: v[:, :4] for k, v in whole.scores.items()}, whole.Y[:, :4])
    found = compare([few], [("strong", "weak")], resamples=200)[0]
    assert found.difference.low > 0
    assert found.concepts < found.least_concepts
    assert found.verdict == "undecided"


def test_pairs_that_cannot_be_asked_about():
    assert compare([replicate(0)], []) == []
    with pytest.raises(ValueError, match="no scores of nobody"):
        compare([replicate(0)], [("strong", "nobody")])
    with pytest.raises(ValueError, match="with itself"):
        compare([replicate(0)], [("weak", "weak")])


def test_a_bootstrap_that_was_drawn_already_is_taken_and_another_refused():
    found, pairs = [replicate(0), replicate(1)], [("strong", "weak"), ("twin", "weak")]
    drawn = paired_bootstrap_over_replicates(found, resamples=200)
    assert compare(found, pairs, bootstrap=drawn) == compare(found, pairs, resamples=200)
    for metric, level in (("roc_auc", 0.05), ("ap", 0.1)):
        with pytest.raises(ValueError, match=r"the bootstrap given is of ap at 0\.95"):
            compare(found, pairs, metric, level=level, bootstrap=drawn)
