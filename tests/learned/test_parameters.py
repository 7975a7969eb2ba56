"""Checks of parameters: the boundary on either side, and what is no number at all."""

import math

import numpy as np
import pytest

from learned import parameters


@pytest.mark.parametrize("value", [1, 7, np.int64(3)])
def test_a_count_is_a_whole_number_from_one_up(value):
    parameters.check_count("epochs", value)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "3", None, math.nan])
def test_what_is_no_count_is_told(value):
    with pytest.raises(ValueError, match=r"epochs must be a whole number from 1 up, got "):
        parameters.check_count("epochs", value)


@pytest.mark.parametrize("values", ["64", 64, None])
def test_counts_are_a_list(values):
    with pytest.raises(ValueError, match="hidden must be a list of whole numbers"):
        parameters.check_counts("hidden", values)


def test_no_counts_at_all_are_counts():
    parameters.check_counts("hidden", [])


@pytest.mark.parametrize(
    ("value", "above", "sound"),
    [
        (0, False, True),
        (0, True, False),
        (0.999, False, True),
        (1, False, False),
        (-1e-9, False, False),
        (math.nan, False, False),
        (True, False, False),
        ("0.5", False, False),
    ],
)
def test_a_range_has_its_ends_as_said(value, above, sound):
    if sound:
        parameters.check_between("momentum", value, 0, 1, above=above)
    else:
        least = "above 0" if above else "from 0 up"
        with pytest.raises(ValueError, match=f"momentum must be a number {least}, below 1, got"):
            parameters.check_between("momentum", value, 0, 1, above=above)


def test_a_range_without_a_top_says_none():
    with pytest.raises(ValueError, match=r"^rate must be a number above 0, got inf$"):
        parameters.check_between("rate", math.inf, 0, above=True)


@pytest.mark.parametrize("value", [math.inf, math.nan, "1", False, None])
def test_a_number_is_finite(value):
    with pytest.raises(ValueError, match="weight must be a finite number"):
        parameters.check_number("weight", value)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_flag_is_true_or_false(value):
    with pytest.raises(ValueError, match="mirror must be true or false"):
        parameters.check_flag("mirror", value)


def test_a_name_comes_with_the_nearest():
    with pytest.raises(ValueError, match="optimizer must be") as raised:
        parameters.check_name("optimizer", "adam", ["adamw", "sgd"])
    assert str(raised.value).endswith("one of adamw, sgd, got 'adam'; did you mean 'adamw'?")
