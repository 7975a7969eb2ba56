"""Conceptual re-scoring."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from fusion import Scores
from fusion.average_precision import average_precision
from fusion.rescoring import conceptual
from fusion.rescoring.conceptual import ConceptualRescoring

LEARNED = ("regression", "co-occurrence")


def gains(rescoring, S, Y):
    return average_precision(rescoring.decision_function(S), Y) - average_precision(S.single, Y)


@pytest.mark.parametrize("context", LEARNED)
def test_a_concept_gains_by_one_that_goes_with_it(related, context):
    S, Y = related()
    rescoring = ConceptualRescoring(context).fit(S, Y)
    assert rescoring.weights_[0, 1] > 0.2
    assert rescoring.gain_[0] > 0.02
    gain = gains(rescoring, *related(seed=1))
    assert gain[0] > 0.15
    assert gain[1:].min() > -0.03


@pytest.mark.parametrize("context", LEARNED)
def test_concepts_that_exclude_each_other_count_against(context):
    rng = np.random.default_rng(0)
    first = rng.random(500) < 0.5
    Y = np.stack([first, ~first], axis=1).astype(np.int8)
    S = Scores.from_members([np.array([0.5, 2.0]) * Y + rng.normal(size=Y.shape)])
    rescoring = ConceptualRescoring(context).fit(S, Y)
    assert rescoring.weights_[0, 1] < -0.2
    assert gains(rescoring, S, Y)[0] > 0.1


@pytest.mark.parametrize("context", LEARNED)
def test_unrelated_concepts_neither_gain_nor_lose(related, context):
    found, taken = [], []
    for seed in range(4):
        S, Y = related(together=False, c=8, seed=seed)
        rescoring = ConceptualRescoring(context).fit(S, Y)
        taken.append((rescoring.gain_ > 0).mean())
        found.append(gains(rescoring, *related(together=False, c=8, seed=seed + 50)))
    assert np.mean(taken) < 0.3
    assert abs(np.mean(found)) < 0.005


@pytest.mark.parametrize("context", LEARNED)
def test_shuffled_annotations_of_related_concepts_neither_gain_nor_lose(related, context):
    # Each concept keeps its scores and its annotations, but in an order of its own.
    S, Y = related(c=6)
    rng = np.random.default_rng(0)
    for concept in range(6):
        order = rng.permutation(len(Y))
        S.values[:, 0, concept] = S.values[order, 0, concept]
        Y[:, concept] = Y[order, concept]
    half = np.arange(len(Y)) % 2 == 0
    rescoring = ConceptualRescoring(context).fit(S[half], Y[half])
    assert abs(gains(rescoring, S[~half], Y[~half]).mean()) < 0.01


def test_concepts_that_take_nothing_are_returned_as_they_are(related):
    S, Y = related()
    rescoring = ConceptualRescoring().fit(S, Y)
    out = rescoring.decision_function(S)
    untouched = rescoring.gain_ == 0
    assert untouched.any()
    np.testing.assert_array_equal(out[:, untouched], S.single[:, untouched])
    np.testing.assert_array_equal(rescoring.weights_[untouched], np.eye(5)[untouched])
    # What is changed keeps its scale.
    np.testing.assert_allclose(out.mean(axis=0), S.single.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(out.std(axis=0), S.single.std(axis=0), rtol=1e-4)


@pytest.mark.parametrize("context", LEARNED)
def test_unjudged_annotations_are_not_read_as_negatives(related, context):
    S, Y = related(unjudged=0.0, n=600)
    rng = np.random.default_rng(99)
    hidden = np.where((Y == 1) & (rng.random(Y.shape) < 0.5), -1, Y).astype(np.int8)
    rescoring = ConceptualRescoring(context).fit(S, hidden)
    assert gains(rescoring, S, Y)[0] > 0.1
    nothing = ConceptualRescoring(context).fit(S, np.full_like(Y, -1))
    np.testing.assert_array_equal(nothing.decision_function(S), S.single)


def test_each_sample_is_rescored_by_itself_and_blocks_do_not_matter(related, monkeypatch):
    S, Y = related()
    rescoring = ConceptualRescoring(relations=[("c2", "c3")]).fit(S, Y)
    out = rescoring.decision_function(S)
    np.testing.assert_allclose(rescoring.decision_function(S[3:9]), out[3:9], rtol=1e-5)
    monkeypatch.setattr(conceptual, "BLOCK", 1)
    again = ConceptualRescoring(relations=[("c2", "c3")]).fit(S, Y)
    np.testing.assert_allclose(again.weights_, rescoring.weights_, atol=1e-6)


def test_related_bounds_how_many_concepts_tell(related):
    S, Y = related()
    rescoring = ConceptualRescoring(related=1).fit(S, Y)
    assert ((rescoring.weights_ != 0).sum(axis=1) <= 2).all()
    assert rescoring.weights_[0, 1] > 0.2


def implied(n=600, seed=0):
    """A car that is seen well, a vehicle that is seen poorly."""
    rng = np.random.default_rng(seed)
    car = rng.random(n) < 0.2
    Y = np.stack([car, car | (rng.random(n) < 0.2)], axis=1).astype(np.int8)
    scores = np.array([4.0, 1.0]) * Y + rng.normal(size=Y.shape)
    return Scores.from_members([scores], concepts=["car", "vehicle"]), Y


@pytest.mark.parametrize("suffix", ["csv", "toml"])
def test_a_relation_from_a_file_lifts_what_is_implied(tmp_path, suffix):
    path = tmp_path / f"relations.{suffix}"
    path.write_text(
        "if,then\ncar,vehicle\n"
        if suffix == "csv"
        else '[[relations]]\nif = "car"\nthen = "vehicle"\n'
    )
    S, Y = implied()
    rescoring = ConceptualRescoring("none", relations=path).fit(S, Y)
    test, Y_test = implied(seed=1)
    out = rescoring.decision_function(test)
    gain = average_precision(out, Y_test) - average_precision(test.single, Y_test)
    assert gain[1] > 0.1
    assert gain[0] > -0.02
    # Samples that contradict nothing stay as they are, and some do.
    same = (out == test.single).all(axis=1)
    assert 0.1 < same.mean() < 1
    # The calibrated chances agree with the relation.
    located = ConceptualRescoring("none", relations=path.name).locate(tmp_path)
    assert located.relations == [("car", "vehicle")]
    again = located.fit(S, Y).decision_function(test)
    np.testing.assert_array_equal(again, out)


def test_relations_come_on_top_of_what_is_learned():
    S, Y = implied()
    test, Y_test = implied(seed=1)
    both = ConceptualRescoring(relations=[("car", "vehicle")]).fit(S, Y)
    learned = ConceptualRescoring().fit(S, Y)
    assert both.locate(None) is both
    assert gains(both, test, Y_test)[1] > gains(learned, test, Y_test)[1] - 0.02


def test_clone_pickle_unsupported_and_faults(related):
    S, Y = related(n=150)
    rescoring = ConceptualRescoring().fit(S, Y)
    expected = rescoring.decision_function(S)
    assert expected.dtype == np.float32
    again = pickle.loads(pickle.dumps(rescoring))
    np.testing.assert_array_equal(again.decision_function(S), expected)
    np.testing.assert_array_equal(clone(rescoring).fit(S, Y).decision_function(S), expected)
    assert rescoring.unsupported(SimpleNamespace(name="t", concepts=["a", "b"])) is None
    reason = rescoring.unsupported(SimpleNamespace(name="faces", concepts=["a"]))
    assert "faces has one concept" in reason
    for options, message in (
        ({"context": "both"}, "context must be one of"),
        ({"related": 0}, "related must be a whole number"),
        ({"shrinkage": -1}, "shrinkage must be"),
        ({"penalties": []}, "penalties must be"),
        ({"relations": [("c0", "c9")]}, "relations name 'c9'"),
    ):
        with pytest.raises(ValueError, match=message):
            ConceptualRescoring(**options).fit(S, Y)
    with pytest.raises(ValueError, match="no concept names"):
        ConceptualRescoring(relations=[("c0", "c1")]).fit(Scores(S.values), Y)
    with pytest.raises(ValueError, match="fuse them first"):
        ConceptualRescoring().fit(Scores.from_members([S.single] * 2), Y)
    with pytest.raises(ValueError, match="fitted on"):
        rescoring.decision_function(Scores(S.values[:, :, :2]))
