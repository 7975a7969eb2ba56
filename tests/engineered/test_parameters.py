"""Checks of parameters: what they let pass, and what they say of the rest."""

import re

import numpy as np
import pytest

from engineered import parameters
from engineered.aggregation.fisher_vector import FisherVector
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.pipeline import EngineeredDetector


@pytest.mark.parametrize("value", [1, 4, 4.0, np.int64(4), np.float32(2)])
def test_whole_numbers(value):
    parameters.check_whole("words", value)
    parameters.check_whole("words", None, or_none=True)


@pytest.mark.parametrize("value", [0, 1.5, "4", None, True, [4], np.inf, np.nan, 9])
def test_what_is_no_whole_number_of_the_range(value):
    said = re.escape(f"words must be a whole number from 1 to 8, got {value!r}")
    with pytest.raises(ValueError, match=said):
        parameters.check_whole("words", value, most=8)


def test_numbers_by_their_bounds():
    for value in (0, 0.5, 1, np.float32(1)):
        parameters.check_number("share", value, least=0, most=1)
    for value in (-0.1, 1.1, "1", None, True, np.nan):
        with pytest.raises(ValueError, match="of at least 0 and at most 1, got"):
            parameters.check_number("share", value, least=0, most=1)
    for value in (0, 1, -np.inf):
        with pytest.raises(ValueError, match="a finite number above 0 and below 1, got"):
            parameters.check_number("share", value, above=0, below=1)


def test_a_choice_suggests_the_nearest_only_if_it_is_near():
    parameters.check_choice("kernel", "chi2", ("chi2", "rbf"))
    parameters.check_choice("class_weight", None, (None, "balanced"))
    for value, hint in (("chi", "; did you mean 'chi2'\\?$"), ("linear", "got 'linear'$")):
        with pytest.raises(ValueError, match=hint):
            parameters.check_choice("kernel", value, ("chi2", "rbf"))
    # 1 is not True, nor a list anything that could be looked up.
    for value in (1, ["chi2"], {}):
        with pytest.raises(ValueError, match="must be one of True"):
            parameters.check_choice("kernel", value, (True,))


def test_flags_and_lists():
    parameters.check_flag("root", np.bool_(False))
    parameters.check_list("sizes", (4,))
    parameters.check_list("widths", [], empty=True)
    for value in (1, "true", None):
        with pytest.raises(ValueError, match="root must be true or false"):
            parameters.check_flag("root", value)
    for value in (4, "4", [], None):
        with pytest.raises(ValueError, match="sizes must be a list"):
            parameters.check_list("sizes", value)


@pytest.mark.parametrize("gaussians", ["16", -1])
def test_a_detector_tells_a_wrong_value_before_it_describes_an_image(gaussians):
    detector = EngineeredDetector(DenseSIFT(), None, FisherVector(gaussians))
    # There are no images that it could have looked at.
    with pytest.raises(ValueError, match="gaussians must be a whole number from 1, got"):
        detector.fit_rows(None, None)
