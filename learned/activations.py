"""What a layer of a network makes of images."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import torch
from torch import nn

from learned.networks.layers import last_linear, layers
from learned.networks.pooling import pool

# Names of layers that a message lists in full.
_LISTED = 40


def check_layer(
    network: nn.Module,
    image_size: int,
    layer: str | None,
    pooling: str,
    grids: Sequence[Sequence[int]],
) -> None:
    """Refuse a layer that a network has not, or that cannot be pooled so.

    Parameters
    ----------
    network : torch.nn.Module
        Weights play no part.
    image_size : int
        Side of its input in pixels.
    layer : str or None
        See `layer_output`.
    pooling, grids
        See `learned.networks.pooling.pool`.

    Raises
    ------
    ValueError
        With the layers that there are, or the sides of the layer's maps.
    """
    with torch.no_grad():
        blank = torch.zeros(1, 3, image_size, image_size)
        pool(layer_output(network.eval(), layer, blank), pooling, grids)


class _Reached(Exception):
    """The layer is done; nothing after it needs to be."""


def layer_output(network: nn.Module, layer: str | None, images: torch.Tensor) -> torch.Tensor:
    """Return what a layer makes of images; the network is left as soon as it has.

    Parameters
    ----------
    network : torch.nn.Module
        In evaluation mode.
    layer : str or None
        A name from `learned.networks.layers.layers`. None: what the last linear layer is
        given.
    images : (b, 3, size, size) float32

    Returns
    -------
    (b, ...) tensor
        Of the layer's first run, where it runs several times.

    Raises
    ------
    ValueError
        There is no such layer, the network does not run it in evaluation mode, or it does
        not return a tensor.
    """
    module = find_layer(network, layer)
    found: list[Any] = []

    def before(_: nn.Module, given: tuple[Any, ...]) -> None:
        found.append(given[0])
        raise _Reached

    def after(_: nn.Module, given: tuple[Any, ...], made: Any) -> None:
        found.append(made)
        raise _Reached

    if layer is None:
        hook = module.register_forward_pre_hook(before)
    else:
        hook = module.register_forward_hook(after)
    try:
        network(images)
    except _Reached:
        pass
    finally:
        hook.remove()
    if not found:
        raise ValueError(f"layer {layer!r} is not run in evaluation mode")
    if not isinstance(found[0], torch.Tensor):
        raise ValueError(f"layer {layer!r} returns a {type(found[0]).__name__}, not a tensor")
    return found[0]


def find_layer(network: nn.Module, layer: str | None) -> nn.Module:
    """Return a layer by its name.

    Raises
    ------
    ValueError
        There is none of this name; the message lists the nearest, and all.
    """
    if layer is None:
        return network.get_submodule(last_linear(network))
    known = layers(network)
    if layer in known:
        return known[layer]
    close = get_close_matches(layer, known, n=3)
    hint = f"; did you mean {' or '.join(map(repr, close))}?" if close else "."
    raise ValueError(
        f"the network has no layer {layer!r}{hint} In order, there are: {layer_list(network)}"
    )


def layer_list(network: nn.Module) -> str:
    """Return the names of a network's layers in a sentence; of many, those of the largest parts."""
    known = layers(network)
    listed = list(known)
    if len(listed) > _LISTED:
        listed = [name for name in known if "." not in name]
        listed.append(f"and their parts, such as {next(n for n in known if '.' in n)}")
    return ", ".join(listed)
