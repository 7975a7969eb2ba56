"""Which parameters a network's detector refuses before it reads an image."""

from __future__ import annotations

from inspect import signature
from typing import Any

from learned.parameters import check_between, check_count, check_flag, check_name, check_number
from learned.training.ranks import launched
from learned.training.targets import NAMES as LOSS_NAMES


def check_detector(detector: Any) -> None:
    """Refuse parameters that are out of range, or do not go together.

    Parameters
    ----------
    detector : NetworkDetector
        What its recipe and its views refuse themselves is not asked here.

    Raises
    ------
    ValueError
        With the parameter, what it may be, and what it is.
    """
    for name, parameter in signature(type(detector)).parameters.items():
        # The recipe compares numbers, and would not say which of them is none.
        if isinstance(parameter.default, float):
            check_number(name, getattr(detector, name))
        elif isinstance(parameter.default, bool):
            check_flag(name, getattr(detector, name))
    check_name("loss", detector.loss, LOSS_NAMES)
    check_count("image_size", detector.image_size)
    check_count("processes", detector.processes)
    check_count("ensemble", detector.ensemble)
    if detector.trainable_layers is not None:
        check_count("trainable_layers", detector.trainable_layers)
    check_between("validation", detector.validation, 0, 1)
    if detector.patience is not None and not detector.validation:
        raise ValueError("patience needs samples to validate on: set validation above 0")
    if detector.loss == "softmax" and detector.one_network_a_concept:
        raise ValueError("loss 'softmax' needs one network for all concepts, not one a concept")
    if detector.processes > 1 and launched() > 1:
        raise ValueError("torchrun started this process as one of several: set processes = 1")
