"""What a network consists of: parameters, units and multiplications, layer by layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True)
class LayerSize:
    """Size of one layer with weights.

    Attributes
    ----------
    name : str
        As in ``network.named_modules()``.
    kind : str
        Name of its class.
    output : tuple of int
        Shape of what it returns for one image: channels first.
    parameters : int
        Its own weights and biases.
    multiply_adds : int
        For one image.
    """

    name: str
    kind: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int

    @property
    def units(self) -> int:
        """Number of activations that it returns for one image."""
        return math.prod(self.output)


@dataclass(frozen=True)
class NetworkSize:
    """Size of a network for one image of a given size.

    Attributes
    ----------
    layers : tuple of LayerSize
        The layers with weights, in order of execution.
    parameters : int
        All of them, trained or not, those of normalisations included.
    multiply_adds : int
        Of convolutions and matrix products, for one image.
    """

    layers: tuple[LayerSize, ...]
    parameters: int
    multiply_adds: int

    @property
    def units(self) -> int:
        """Number of activations of all layers with weights, the logits included."""
        return sum(layer.units for layer in self.layers)


def network_size(network: nn.Module, image_size: int) -> NetworkSize:
    """Count what a network consists of, by running it on one blank image.

    A layer is a module that itself owns a weight of two dimensions or more: convolutions
    and linear layers, by whatever class. The scales and biases of normalisations count
    among the parameters of the network only.

    Parameters
    ----------
    network : torch.nn.Module
        On any device; on ``meta``, nothing is computed. It is left as it was.
    image_size : int
        Side of the image in pixels.

    Returns
    -------
    NetworkSize
    """
    counter = FlopCounterMode(display=False)
    outputs: dict[str, tuple[int, ...]] = {}
    flops: dict[str, int] = {}
    hooks = []
    layers = {name: module for name, module in network.named_modules() if _has_weight(module)}
    for name, layer in layers.items():

        def before(module: nn.Module, inputs: Any, name: str = name) -> None:
            flops[name] = flops.get(name, 0) - counter.get_total_flops()

        def after(module: nn.Module, inputs: Any, output: Any, name: str = name) -> None:
            first = output[0] if isinstance(output, tuple) else output
            outputs[name] = tuple(first.shape[1:])
            flops[name] += counter.get_total_flops()

        hooks += [layer.register_forward_pre_hook(before), layer.register_forward_hook(after)]
    modes = {module: module.training for module in network.modules()}
    device = next((p.device for p in network.parameters()), torch.device("cpu"))
    try:
        with torch.no_grad(), counter:
            network.eval()(torch.zeros(1, 3, image_size, image_size, device=device))
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    return NetworkSize(
        layers=tuple(
            LayerSize(
                name,
                type(layers[name]).__name__,
                shape,
                sum(p.numel() for p in layers[name].parameters(recurse=False)),
                flops[name] // 2,
            )
            for name, shape in outputs.items()
        ),
        parameters=sum(p.numel() for p in network.parameters()),
        multiply_adds=counter.get_total_flops() // 2,
    )


def _has_weight(module: nn.Module) -> bool:
    return any(parameter.ndim > 1 for parameter in module.parameters(recurse=False))
