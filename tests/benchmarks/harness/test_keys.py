"""Keys are equal for what behaves equally and differ for what may not."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from benchmarks.harness.keys import describe, key


class Component(BaseEstimator):
    def __init__(self, a=1, b=None):
        self.a = a
        self.b = b


class Plain:
    def __init__(self, a):
        self.a = a


def of(value):
    return key(describe(value))


def test_equal_things_have_equal_keys():
    assert of(Component(a=2)) == of(Component(a=2))
    assert of(Plain(3)) == of(Plain(3))
    assert of({"x": 1, "y": 2}) == of({"y": 2, "x": 1})
    assert of(np.arange(3)) == of(np.arange(3))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Component(a=1), Component(a=2)),
        (Component(a=1), Component(a=1.5)),
        (Component(a=1), Plain(1)),
        (Plain(1), Plain(2)),
        (Component(b=Component(a=1)), Component(b=Component(a=2))),
        (Component(b=[1, 2]), Component(b=[2, 1])),
        (np.arange(3), np.arange(3.0)),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        ([1, [2]], [1, 2]),
        (True, 1.5),
        (np.mean, np.std),
    ],
)
def test_other_things_have_other_keys(one, other):
    assert of(one) != of(other)


def test_fitted_state_plays_no_part():
    component = Component()
    before = of(component)
    component.fitted_ = 3
    assert of(component) == before


def test_what_has_no_description_is_refused():
    with pytest.raises(TypeError, match="no key can be made of a"):
        describe(Component(a=iter([1])))
    with pytest.raises(TypeError):
        describe(Component(a=object()))
