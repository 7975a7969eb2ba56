"""The layers of a network by name: what can be looked at, and what is trained."""

from __future__ import annotations

from collections.abc import Iterator
from types import MethodType

from torch import nn
from torchvision.ops import StochasticDepth

from learned.networks.pooling import GridPooling

# The first three hand on what they are given, after training; the last two are never run.
_SILENT = (
    nn.Identity,
    nn.modules.dropout._DropoutNd,
    StochasticDepth,
    nn.ModuleList,
    nn.ModuleDict,
)
_BATCH_NORM = nn.modules.batchnorm._BatchNorm


def layers(network: nn.Module) -> dict[str, nn.Module]:
    """Return what can be looked at in a network, in the order in which it is done.

    A block comes after its parts. The order is that in which modules were made, which
    torchvision and we keep to that of execution. Left out are dropout, which does nothing
    after training, and activations outside of ``nn.Sequential``: residual blocks run one
    and the same in several places. What follows them, the block or the pooling, is there.

    Parameters
    ----------
    network : torch.nn.Module

    Returns
    -------
    dict of str to torch.nn.Module
        By name, as ``network.get_submodule`` takes it.
    """
    return dict(_parts(network, ""))


def _parts(module: nn.Module, prefix: str) -> Iterator[tuple[str, nn.Module]]:
    in_order = isinstance(module, nn.Sequential)
    for name, part in module.named_children():
        inner = list(_parts(part, f"{prefix}{name}."))
        yield from inner
        plain = not inner and next(part.parameters(), None) is None
        pools = isinstance(part, GridPooling) or type(part).__module__ == nn.MaxPool2d.__module__
        if not isinstance(part, _SILENT) and (in_order or pools or not plain):
            yield prefix + name, part


def last_linear(network: nn.Module) -> str:
    """Return the name of the linear layer that makes the logits.

    Raises
    ------
    ValueError
        There is no linear layer.
    """
    linear = [name for name, part in network.named_modules() if isinstance(part, nn.Linear)]
    if not linear:
        raise ValueError(f"the network {type(network).__name__} has no linear layer")
    return linear[-1]


def train_only_last(network: nn.Module, n: int) -> list[str]:
    """Freeze all but the last layers of a network, in place.

    Layers are counted by their weights, so that pooling counts for nothing, and a
    normalisation counts with the layer before it. Frozen batch normalisation keeps its
    statistics and goes on standardising by them, whatever mode the network is in.

    Parameters
    ----------
    network : torch.nn.Module
    n : int
        How many layers go on being trained, from 1 up; 1 is the linear layer that makes
        the logits.

    Returns
    -------
    list of str
        The modules whose parameters are trained, in order.

    Raises
    ------
    ValueError
        There are not as many layers.

    References
    ----------
    J. Yosinski, J. Clune, Y. Bengio, H. Lipson, "How transferable are features in deep
    neural networks?", NeurIPS 2014.
    """
    groups: list[list[tuple[str, nn.Module]]] = [[]]
    counted = False
    for name, part in network.named_modules():
        own = list(part.parameters(recurse=False))
        if not own and not isinstance(part, _BATCH_NORM):
            continue
        # Scales and shifts alone: a normalisation, or an activation that learns its slope.
        minor = all(parameter.ndim <= 1 for parameter in own)
        if counted and not minor:
            groups.append([])
        groups[-1].append((name, part))
        counted = counted or not minor
    if not 1 <= n <= len(groups):
        raise ValueError(
            f"trainable_layers must be from 1 to {len(groups)}, the layers of this network that "
            f"have weights, got {n!r}"
        )
    for group in groups[:-n]:
        for _, part in group:
            for parameter in part.parameters(recurse=False):
                parameter.requires_grad_(False)
            if isinstance(part, _BATCH_NORM):
                # The loop puts the network, and so its parts, into training mode.
                part.train = MethodType(_stay_in_evaluation, part)  # type: ignore[method-assign]
                part.train()
    return [name for group in groups[-n:] for name, _ in group]


def _stay_in_evaluation(module: nn.Module, mode: bool = True) -> nn.Module:
    module.training = False
    return module
