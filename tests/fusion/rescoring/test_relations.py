"""Relations between concepts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from fusion.rescoring.relations import project, read_relations, resolve

NAMES = ("car", "vehicle", "bus", "sky")
CHAIN = [(0, 1), (2, 1), (1, 3)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.csv", "if,then\ncar,vehicle\nbus, vehicle\n"),
        (
            "r.toml",
            '[[relations]]\nif = "car"\nthen = "vehicle"\n'
            '[[relations]]\nif = "bus"\nthen = "vehicle"\n',
        ),
    ],
)
def test_files_of_both_sorts_say_the_same(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert read_relations(path) == [("car", "vehicle"), ("bus", "vehicle")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("r.csv", "if,then\ncar,\n", "relation 1 must have `if` and `then`"),
        ("r.csv", "car,vehicle\nbus,vehicle\n", "must have `if` and `then`"),
        ("r.toml", "relations = 3\n", "no list of tables"),
        ("r.txt", "car vehicle", "read from .csv or .toml"),
    ],
)
def test_wrong_files_are_told(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_relations(path)


def test_relations_are_ordered_and_faults_are_named():
    assert resolve([("vehicle", "sky"), ("car", "vehicle"), ("bus", "vehicle")], NAMES) == CHAIN
    with pytest.raises(
        ValueError, match=r"relations name 'cars', and .* no such concept; did you mean 'car'"
    ):
        resolve([("cars", "vehicle")], NAMES)
    with pytest.raises(ValueError, match="go in a circle"):
        resolve([("car", "vehicle"), ("vehicle", "car")], NAMES)
    with pytest.raises(ValueError, match="no concept names"):
        resolve([("car", "vehicle")], None)


def test_both_sides_of_a_contradiction_give_way_by_half():
    out = project(np.array([[2.0, 1.0, -3.0], [1.0, 2.0, 0.0]]), [(0, 1)])
    np.testing.assert_allclose(out, [[1.5, 1.5, -3.0], [1.0, 2.0, 0.0]])


@settings(max_examples=40, deadline=None)
@given(values=arrays(np.float64, (1, 4), elements=st.floats(-5, 5)))
def test_is_the_nearest_consistent_point(values):
    out = project(values, CHAIN)
    for first, then in CHAIN:
        assert (out[:, then] >= out[:, first]).all()
    np.testing.assert_allclose(project(out, CHAIN), out)
    constraints = [{"type": "ineq", "fun": lambda x, i=i, j=j: x[j] - x[i]} for i, j in CHAIN]
    best = minimize(lambda x: ((x - values[0]) ** 2).sum(), values[0], constraints=constraints)
    ours = ((out - values) ** 2).sum()
    assert ours <= best.fun + 1e-4
