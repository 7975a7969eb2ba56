"""Weights to start from."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike


def scaled_normal(
    shape: tuple[int, ...],
    inputs: int,
    gain: float,
    generator: np.random.Generator,
    dtype: DTypeLike,
) -> np.ndarray:
    """Draw weights so that a sum over the inputs has the deviation of one input, times ``gain``.

    Parameters
    ----------
    shape : tuple of int
    inputs : int
        Terms of the weighted sum that the weights are for.
    gain : float
        `Activation.gain` of the function that follows.
    generator : numpy.random.Generator
    dtype : float32 or float64

    Returns
    -------
    ndarray of that shape and dtype
        Normal, of mean 0 and standard deviation ``gain / sqrt(inputs)``.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998, section 4.6.
    """
    return (generator.standard_normal(shape) * (gain / inputs**0.5)).astype(dtype)
