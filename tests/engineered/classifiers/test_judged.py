import numpy as np
import pytest

from engineered.classifiers.judged import check_annotations, signs


def test_good_annotations_pass():
    Y = [[1, 0], [0, 1], [-1, -1]]
    checked = check_annotations(Y, 3)
    assert checked.dtype == np.int8
    np.testing.assert_array_equal(checked, Y)
    np.testing.assert_array_equal(signs(checked), [[1, -1], [-1, 1], [0, 0]])


def test_every_concept_that_cannot_be_learned_is_named():
    Y = np.array([[1, 0, 1, -1], [0, 0, 1, 1], [0, -1, -1, -1]])
    with pytest.raises(ValueError, match="concept 1 has no positive") as raised:
        check_annotations(Y, 3)
    assert "concept 2 has no negative" in str(raised.value)
    assert "concept 3 has no negative" in str(raised.value)
    assert "concept 0" not in str(raised.value)


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([1, 0], "shape"),
        ([[1], [0], [1]], "3 samples for 2"),
        (np.empty((2, 0)), "no concept"),
        ([[1], [2]], "got 2 for sample 1, concept 0"),
        ([[1], [np.nan]], "nan"),
        ([[1], [0.5]], "0.5"),
    ],
)
def test_wrong_annotations_are_refused(Y, message):
    with pytest.raises(ValueError, match=message):
        check_annotations(np.array(Y), 2)
