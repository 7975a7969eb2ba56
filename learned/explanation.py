"""Where in an image a network finds its evidence: maps by gradients, of any module.

Three maps, each of a score of one image:

- gradient times input: the gradient at the image, times how far each pixel is from the
  baseline; the terms of the score's linear approximation.
- integrated gradients: the same with the mean of the gradients on the way from the baseline to
  the image. They add up to what the score changes on that way (completeness), for any network.
- Grad-CAM: the last convolution's maps, weighted by the mean gradient on each; what is against
  the concept is left out. Coarse, and only for networks with convolutions.

Integrated gradients are what a detector explains itself by: they alone add up, so that a map
can be checked, has a sign, and stands beside the exact contributions of an engineered system in
the same units; and they ask nothing of the network's layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

Score = Callable[[torch.Tensor], torch.Tensor]

# Images that go through a network together.
BATCH = 16
#: Gradients on the way from baseline to image: so many, then twice as many, until the map adds
#: up to this share of the sum of its magnitudes.
FEWEST, MOST = 16, 256
GAP = 0.01
#: Multiplications and additions that a map may take in forward passes, whatever is left of GAP.
BUDGET = 5e9


@dataclass(frozen=True)
class EvidenceMap:
    """Evidence over an image.

    Attributes
    ----------
    map : ndarray of shape (rows, columns), float64
        Its cells tile the image. Above 0 for the concept, below against it.
    score : float
        The concept's score.
    rest : float
        The score of the baseline, an image of the mean colour of the training images. With the
        sum of the map it is the score, up to the error of the integration.
    exact : bool
        False: gradients estimate what pixels do together.
    method : str
        In words.
    """

    map: np.ndarray
    score: float
    rest: float
    exact: bool = False
    method: str = "integrated gradients"


def gradient_times_input(score: Score, image: torch.Tensor) -> np.ndarray:
    """Return the gradient of a score times the input, summed over channels.

    Parameters
    ----------
    score : callable
        (b, 3, size, size) float32 -> (b,), an image's not depending on the others.
    image : (1, 3, size, size) float32
        The baseline is 0.

    Returns
    -------
    (size, size) float64

    References
    ----------
    A. Shrikumar, P. Greenside, A. Kundaje, "Learning important features through propagating
    activation differences", ICML 2017.
    """
    return _over_channels(_gradients(score, image) * image)


def integrated_gradients(score: Score, image: torch.Tensor, steps: int = 64) -> np.ndarray:
    """Return the mean gradient on the straight way from 0 to the image, times the image.

    Parameters
    ----------
    score, image : as for `gradient_times_input`
    steps : int
        Gradients that the integral is approximated by, at the middles of equal parts.

    Returns
    -------
    (size, size) float64
        Adds up to ``score(image) - score(0)``, up to the error of the approximation.

    References
    ----------
    M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML 2017.
    """
    shares = (torch.arange(steps, device=image.device, dtype=torch.float32) + 0.5) / steps
    total = torch.zeros_like(image, dtype=torch.float64)
    for part in shares.split(BATCH):
        gradients = _gradients(score, part[:, None, None, None] * image)
        total += gradients.sum(dim=0, keepdim=True, dtype=torch.float64)
    return _over_channels(total / steps * image)


def grad_cam(network: nn.Module, score: Score, image: torch.Tensor) -> np.ndarray:
    """Return the maps of the last convolution, weighted by the mean gradient on each, above 0.

    Parameters
    ----------
    network : torch.nn.Module
        That `score` runs, once.
    score, image : as for `gradient_times_input`

    Returns
    -------
    (rows, columns) float64
        As large as the convolution's maps, which tile the image.

    Raises
    ------
    ValueError
        The network runs no convolution with more than one place.

    References
    ----------
    R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", ICCV 2017.
    """
    made: list[torch.Tensor] = []

    def after(_: nn.Module, given: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        if output.shape[-1] * output.shape[-2] > 1:
            made.append(output)

    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [module.register_forward_hook(after) for module in convolutions]
    try:
        with torch.enable_grad():
            # It needs a gradient for the maps to have one, even where all weights are frozen.
            value = score(image.detach().clone().requires_grad_())
    finally:
        for hook in hooks:
            hook.remove()
    if not made:
        raise ValueError("Grad-CAM needs a convolution whose maps have more than one place")
    (gradient,) = torch.autograd.grad(value.sum(), made[-1])
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    cam = (weights * made[-1].detach()).sum(dim=1).relu()
    return cam[0].double().cpu().numpy()


def explain_score(score: Score, image: torch.Tensor, multiply_adds: int) -> EvidenceMap:
    """Return integrated gradients of a score, of as many steps as they need and may take.

    Parameters
    ----------
    score, image : as for `gradient_times_input`
    multiply_adds : int
        Of one image's score.

    Returns
    -------
    EvidenceMap
    """
    with torch.no_grad():
        end, start = (float(score(x)[0]) for x in (image, torch.zeros_like(image)))
    affordable = int(BUDGET / max(multiply_adds, 1))
    steps = FEWEST
    while True:
        found = integrated_gradients(score, image, steps)
        gap = abs(found.sum() - (end - start))
        if gap <= GAP * np.abs(found).sum() or 2 * steps > min(MOST, affordable):
            return EvidenceMap(found, end, start)
        steps *= 2


def _gradients(score: Score, images: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        images = images.detach().clone().requires_grad_()
        # The images' scores do not depend on each other, so that one pass gives all gradients.
        (gradients,) = torch.autograd.grad(score(images).sum(), images)
    return gradients


def _over_channels(values: torch.Tensor) -> np.ndarray:
    return np.asarray(values.detach()[0].double().sum(dim=0).cpu().numpy())
