"""Methods by name."""

import pytest

from fusion.late import LateFusion
from fusion.named_methods import make_method

KNOWN = {"late": (LateFusion, {}), "ap": (LateFusion, {"weights": "ap"})}


def test_a_name_stands_for_a_class_and_its_options():
    name, fusion = make_method({"name": "ap", "per_concept": True}, KNOWN)
    assert name == "ap"
    assert fusion.weights == "ap"
    assert fusion.per_concept
    assert make_method("late", KNOWN)[1].weights == "search"


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("latte", "a method must be one of late, ap, got 'latte'"),
        ({"weights": "ap"}, "got None"),
        ({"name": "late", "weight": "ap"}, "no option 'weight'; near it: weights"),
    ],
)
def test_wrong_names_and_options_are_told(method, message):
    with pytest.raises(ValueError, match=message):
        make_method(method, KNOWN)
