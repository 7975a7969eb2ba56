"""The multi-layer perceptron: fully connected hidden layers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

from learned.parameters import check_between, check_counts


def build(
    n_concepts: int, image_size: int, hidden: Sequence[int] = (256,), dropout: float = 0.0
) -> nn.Module:
    """Build a multi-layer perceptron on all the pixels of a square RGB image.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels; the first layer has ``3 * image_size**2`` inputs.
    hidden : sequence of int
        Units of each hidden layer (ReLU), at least one layer.
    dropout : float
        Probability in [0, 1) with which a hidden unit is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        No hidden layer: that is the perceptron.

    References
    ----------
    D. Rumelhart, G. Hinton, R. Williams, "Learning representations by
    back-propagating errors", Nature, 1986.
    """
    check_counts("hidden", hidden)
    check_between("dropout", dropout, 0, 1)
    if not hidden:
        raise ValueError("hidden is empty: a network without hidden layers is the perceptron")
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    inputs = 3 * image_size**2
    for i, units in enumerate(hidden, start=1):
        layers[f"hidden{i}"] = nn.Linear(inputs, units)
        layers[f"relu{i}"] = nn.ReLU(inplace=True)
        if dropout:
            layers[f"dropout{i}"] = nn.Dropout(dropout)
        inputs = units
    layers["head"] = nn.Linear(inputs, n_concepts)
    return nn.Sequential(layers)
