import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from engineered.classifiers.folds import assign_folds, held_out, side_by_side, without
from engineered.classifiers.selection import average_precision, candidates, choose, table

annotations = arrays(
    np.int8, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.integers(-1, 1)
)


@settings(deadline=None, max_examples=50)
@given(annotations, st.data())
def test_average_precision_is_scikit_learns(Y, data):
    scores = data.draw(arrays(np.float32, Y.shape, elements=st.sampled_from([0.0, 1.0, 2.5, -3.0])))
    found = average_precision(scores, Y)
    for concept in range(Y.shape[1]):
        judged = Y[:, concept] >= 0
        if (Y[:, concept] == 1).any():
            expected = average_precision_score(Y[judged, concept], scores[judged, concept])
            assert found[concept] == pytest.approx(expected)
        else:
            assert np.isnan(found[concept])


@settings(deadline=None, max_examples=50)
@given(annotations, st.data())
def test_folds_keep_groups_whole(Y, data):
    groups = data.draw(arrays(np.int64, len(Y), elements=st.integers(0, 8)))
    fold = assign_folds(Y, groups, 3)
    n_groups = len(set(groups))
    assert all(len(set(fold[groups == g])) == 1 for g in set(groups))
    assert set(fold) <= set(range(min(3, n_groups)))
    np.testing.assert_array_equal(fold, assign_folds(Y, groups, 3))


@settings(deadline=None, max_examples=50)
@given(arrays(np.int8, st.tuples(st.integers(6, 60), st.just(1)), elements=st.integers(-1, 1)))
def test_the_positives_of_one_concept_are_dealt_out_evenly(Y):
    fold = assign_folds(Y, None, 3)
    positives = np.bincount(fold[Y[:, 0] == 1], minlength=3)
    assert positives.max() - positives.min() <= 1
    assert fold.max() == 2


def test_rare_concepts_have_positives_in_each_fold():
    random = np.random.default_rng(0)
    Y = (random.uniform(size=(300, 20)) < np.linspace(0.02, 0.3, 20)).astype(np.int8)
    Y[:3, 0], Y[3:, 0] = 1, 0
    fold = assign_folds(Y, None, 3)
    for f in range(3):
        assert (Y[fold == f] == 1).any(axis=0).all()
    sizes = np.bincount(fold)
    assert sizes.max() - sizes.min() < 10


def test_folds_side_by_side_are_each_what_is_left_without_it():
    Y = np.array([[1, 1], [0, 1], [1, 0], [0, 0], [-1, 0]], np.int8)
    fold = np.array([0, 0, 1, 1, 1])
    expected = [[-1, -1], [-1, -1], [1, -1], [0, -1], [-1, -1]]
    np.testing.assert_array_equal(without(Y, fold, 0), expected)
    both = side_by_side(Y, fold)
    np.testing.assert_array_equal(both[:, :2], expected)
    np.testing.assert_array_equal(both[:, 2:], without(Y, fold, 1))
    scores = np.arange(20).reshape(5, 4)
    expected = [[0, 1], [4, 5], [10, 11], [14, 15], [18, 19]]
    np.testing.assert_array_equal(held_out(scores, fold), expected)


def test_the_best_candidate_is_chosen_for_all_or_for_each():
    Y = np.tile([[1, 0], [0, 1]], (4, 1)).astype(np.int8)
    fold = np.repeat([0, 1], 4)
    good, bad = Y.astype(float), 1.0 - Y
    scores = [
        bad,
        np.column_stack([good[:, 0], bad[:, 1]]),
        np.column_stack([bad[:, 0], good[:, 1]]),
    ]
    np.testing.assert_array_equal(choose(scores, Y, fold).best, [1, 1])
    each = choose(scores, Y, fold, per_concept=True)
    np.testing.assert_array_equal(each.best, [1, 2])
    columns = table({"C": [1, 2, 3]}, each)
    np.testing.assert_allclose(columns["mean_average_precision"], [0.5, 0.75, 0.75])
    np.testing.assert_array_equal(columns["C"], [1, 2, 3])
    np.testing.assert_allclose(columns["average_precision"], [[0.5, 0.5], [1, 0.5], [0.5, 1]])


def test_what_cannot_be_measured_takes_the_choice_of_the_others_or_the_middle():
    Y = np.zeros((6, 2), np.int8)
    Y[[0, 3], 0] = 1
    Y[0, 1] = 1
    fold = np.repeat([0, 1], 3)
    scores = [Y * 0.0, Y * 0.0, Y * 1.0, Y * 0.0]
    np.testing.assert_array_equal(choose(scores, Y, fold, per_concept=True).best, [2, 2])
    assert np.isnan(choose(scores, Y, fold).average_precision[:, 1]).all()
    np.testing.assert_array_equal(choose(scores, Y[:, 1:], fold).best, [1])


def test_candidates_are_sorted_and_single():
    assert candidates("C", 2) == [2.0]
    assert candidates("C", np.array([3, 1, 3])) == [1.0, 3.0]
    assert candidates("ridge", (0, 1), zero=True) == [0.0, 1.0]
    for wrong in ([], 0, -1, np.nan, [1, "2"], "1", None):
        with pytest.raises(ValueError, match="C "):
            candidates("C", wrong)


def test_wrong_groups_and_folds_are_refused():
    with pytest.raises(ValueError, match="one value a sample"):
        assign_folds(np.ones((4, 1)), np.zeros(3), 2)
    for folds in (1, 2.5, "3"):
        with pytest.raises(ValueError, match="folds must be a whole number"):
            assign_folds(np.ones((4, 1)), None, folds)
