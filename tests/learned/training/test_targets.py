import numpy as np
import pytest

from learned.training.loss import LOSSES
from learned.training.targets import choose_loss, class_weights, informative, targets_of


@pytest.mark.parametrize(
    ("Y", "expected"),
    [
        ([[1, 0], [0, 1]], "softmax"),
        ([[1, 0], [1, 1]], "bce"),
        ([[1, 0], [0, 0]], "bce"),
        ([[1, 0], [-1, 1]], "bce"),
        ([[1], [1]], "bce"),
    ],
)
def test_auto_takes_softmax_only_for_one_positive_a_row_fully_judged(Y, expected):
    assert choose_loss("auto", np.array(Y, np.int8)) == expected


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([[1, 0], [1, 1]], "sample 1 has 2"),
        ([[0, 0], [1, 0]], "sample 0 has 0"),
        ([[1], [0]], "at least two concepts"),
    ],
)
def test_softmax_refuses_what_is_not_single_label(Y, message):
    with pytest.raises(ValueError, match=message):
        choose_loss("softmax", np.array(Y, np.int8))


def test_softmax_accepts_rows_of_unknown_class():
    Y = np.array([[1, 0], [-1, 0], [-1, -1]], np.int8)
    assert choose_loss("softmax", Y) == "softmax"
    assert informative("softmax", Y).tolist() == [True, False, False]
    assert informative("bce", Y).tolist() == [True, True, False]


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="'hinge'"):
        choose_loss("hinge", np.array([[1], [0]], np.int8))


@pytest.mark.parametrize("Y", [[[1, 0], [0, 1]], [[1, 0], [1, 1]], [[1, 0], [-1, 1]], [[1], [0]]])
def test_squared_is_that_of_a_softmax_exactly_where_auto_is_softmax(Y):
    Y = np.array(Y, np.int8)
    kind = {"softmax": "softmax-squared", "bce": "sigmoid-squared"}[choose_loss("auto", Y)]
    assert choose_loss("squared", Y) == kind
    assert kind in LOSSES


def test_a_known_class_makes_the_others_negative():
    Y = np.array([[-1, 1, 0], [1, -1, -1]], np.int8)
    assert targets_of("softmax", Y).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert targets_of("bce", Y).tolist() == Y.tolist()
    assert targets_of("bce", Y).dtype == np.float32


def test_balanced_positives_of_a_rare_concept_weigh_as_its_negatives():
    Y = np.full((20, 3), 0, np.float32)
    Y[:2, 0] = Y[:15, 1] = Y[:5, 2] = 1
    Y[-10:, 2] = -1
    weights = class_weights("bce", Y, 1.0)
    # The second is common: its positives are not made lighter.
    assert weights == pytest.approx([18 / 2, 1, 5 / 5])
    assert class_weights("bce", Y, 0.5) == pytest.approx([3, 1, 1])
    assert class_weights("bce", Y, 0.0) is None


def test_balanced_classes_weigh_the_same_and_one_on_average():
    Y = np.eye(3, dtype=np.float32)[[0] * 6 + [1] * 3 + [2]]
    weights = class_weights("softmax", Y, 1.0)
    assert weights * [6, 3, 1] == pytest.approx([10 / 3] * 3)
    half = class_weights("softmax", Y, 0.5)
    assert half @ [6, 3, 1] == pytest.approx(10)
    assert half / half[0] == pytest.approx(np.sqrt([1, 2, 6]))
