"""The perceptron: from the formal neuron to fully connected hidden layers."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn


def build(
    n_concepts: int, image_size: int, hidden: Sequence[int] = (256,), dropout: float = 0.0
) -> nn.Module:
    """Build a perceptron on all the pixels of a square RGB image.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels; the first layer has ``3 * image_size**2`` inputs.
    hidden : sequence of int
        Units of each hidden layer (ReLU). Empty: one formal neuron a concept,
        which is logistic regression.
    dropout : float
        Probability in [0, 1) with which a hidden unit is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    References
    ----------
    F. Rosenblatt, "The perceptron", Psychological Review, 1958; D. Rumelhart,
    G. Hinton, R. Williams, "Learning representations by back-propagating
    errors", Nature, 1986.
    """
    layers: list[nn.Module] = [nn.Flatten()]
    inputs = 3 * image_size**2
    for units in hidden:
        layers += [nn.Linear(inputs, units), nn.ReLU(inplace=True)]
        if dropout:
            layers.append(nn.Dropout(dropout))
        inputs = units
    layers.append(nn.Linear(inputs, n_concepts))
    return nn.Sequential(*layers)
