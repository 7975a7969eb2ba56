"""Layers of the perceptron, the multi-layer perceptron, and a small convolutional network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from learned.explicit.activation import Activation, Identity
from learned.explicit.convolution import Convolution
from learned.explicit.flatten import Flatten
from learned.explicit.linear import Linear
from learned.explicit.module import Module
from learned.explicit.pointwise import Pointwise
from learned.explicit.pooling import AveragePooling, MaxPooling
from learned.explicit.windows import positions

POOLINGS: dict[str, type[MaxPooling] | type[AveragePooling]] = {
    "max": MaxPooling,
    "average": AveragePooling,
}

# Side of a convolution's window and of a pooling's in LeNet-5, in pixels.
WINDOW = 5
POOLED = 2


def dense(
    inputs: int,
    hidden: Sequence[int],
    outputs: int,
    activation: Activation,
    generator: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> list[Module]:
    """Make a multi-layer perceptron; without hidden layers, a formal neuron for each output.

    Parameters
    ----------
    inputs : int
    hidden : sequence of int
        Units of each hidden layer.
    outputs : int
        Number of scores.
    activation : Activation
        Of the hidden layers; the outputs have none.
    generator : numpy.random.Generator
        Draws the weights.
    dtype : float32 or float64

    Returns
    -------
    list of Module
        From (n, inputs) to (n, outputs).

    References
    ----------
    F. Rosenblatt, "The perceptron", Psychological Review, 1958; D. Rumelhart, G. Hinton, R.
    Williams, "Learning representations by back-propagating errors", Nature, 1986.
    """
    layers: list[Module] = []
    for units in hidden:
        layers += [
            Linear(inputs, units, generator, activation.gain, dtype),
            Pointwise(activation, units, dtype),
        ]
        inputs = units
    return [
        *layers,
        Linear(inputs, outputs, generator, Identity.gain, dtype),
        Pointwise(Identity(), outputs, dtype),
    ]


def convolutional(
    side: int,
    maps: Sequence[int],
    hidden: Sequence[int],
    outputs: int,
    activation: Activation,
    pooling: str,
    generator: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> list[Module]:
    """Make a network in the manner of LeNet-5: convolutions and poolings, then `dense`.

    Parameters
    ----------
    side : int
        Of the images in pixels.
    maps : sequence of int
        Maps of each convolution by windows of 5 pixels; each is followed by a pooling by 2.
    hidden, outputs, activation, generator, dtype
        As for `dense`.
    pooling : {"max", "average"}

    Returns
    -------
    list of Module
        From (n, 3, side, side) to (n, outputs).

    Raises
    ------
    ValueError
        The images are too small.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE, 1998.
    """
    layers: list[Module] = []
    before, length = 3, side
    for after in maps:
        try:
            length = positions(positions(length, WINDOW, 1), POOLED, POOLED)
        except ValueError as error:
            raise ValueError(
                f"{len(maps)} convolutions do not fit in images of {side} pixels: {error}"
            ) from None
        layers += [
            Convolution(before, after, WINDOW, generator, gain=activation.gain, dtype=dtype),
            Pointwise(activation, after, dtype),
            POOLINGS[pooling](POOLED),
        ]
        before = after
    inputs = before * length**2
    return [*layers, Flatten(), *dense(inputs, hidden, outputs, activation, generator, dtype)]
