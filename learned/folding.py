"""Batch normalisation folded into the convolution before it: a trained network, made faster."""

from __future__ import annotations

import copy
from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_normalization(network: nn.Module, but: str | None = None) -> nn.Module:
    """Return a copy of a network, in evaluation mode, with fewer passes over its maps.

    A batch normalisation that follows a convolution in an ``nn.Sequential`` becomes a
    factor of its kernels and a bias, and an identity takes its place. Outputs agree to
    float32's rounding; the copy is not for training.

    Parameters
    ----------
    network : torch.nn.Module
        Not changed.
    but : str, optional
        A layer whose own output is to be looked at: as a convolution, it keeps it.

    Returns
    -------
    torch.nn.Module
        With the same names of layers.
    """
    network = copy.deepcopy(network).eval()
    kept = None if but is None else network.get_submodule(but)
    for module in list(network.modules()):
        if not isinstance(module, nn.Sequential):
            continue
        for (name, first), (after, second) in pairwise(list(module.named_children())):
            if not (isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d)):
                continue
            if first is not kept and second.running_var is not None:
                setattr(module, name, fuse_conv_bn_eval(first, second))
                setattr(module, after, nn.Identity())
    return network
