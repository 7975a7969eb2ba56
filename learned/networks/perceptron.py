"""The perceptron: one formal neuron a concept."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


def build(n_concepts: int, image_size: int) -> nn.Module:
    """Build one formal neuron a concept on all the pixels of a square RGB image.

    Trained with a cross entropy it is logistic regression.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels; each neuron has ``3 * image_size**2`` inputs.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    References
    ----------
    W. McCulloch, W. Pitts, "A logical calculus of the ideas immanent in nervous
    activity", Bulletin of Mathematical Biophysics, 1943; F. Rosenblatt, "The
    perceptron", Psychological Review, 1958.
    """
    return nn.Sequential(
        OrderedDict(flatten=nn.Flatten(), head=nn.Linear(3 * image_size**2, n_concepts))
    )
