"""What a network that was trained elsewhere makes of images, as a descriptor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from sklearn.base import BaseEstimator
from torch import nn

from learned.activation_descriptor import ActivationDescriptor
from learned.activation_reader import ActivationReader
from learned.activations import check_layer, find_layer
from learned.device import find_device
from learned.networks.building import build_network
from learned.networks.layers import last_linear, layers
from learned.networks.pooling import WHOLE, check_pooling
from learned.networks.trial import try_network
from learned.parameters import check_count, check_flag, check_name
from learned.training.precision import PRECISIONS
from learned.weights import Weights


class PretrainedActivations(ActivationDescriptor, BaseEstimator):
    """A layer of a pretrained network, a vector an image.

    Images are stretched to a square; cutting their middle out instead costs concepts at the
    borders more than true proportions gain.

    Parameters
    ----------
    network : callable
        ``build(n_concepts, image_size, **network_options) -> torch.nn.Module``.
    weights : Weights
        From `learned.weights`.
    network_options : mapping, optional
        Further keywords of ``network``.
    layer : str, optional
        A name from `learned.networks.layers.layers`. By default, what the last linear layer
        is given: the usual descriptor.
    image_size : int
        Side of the network's input in pixels.
    pooling : {"average", "max", "average+max"}
        What is kept of a layer's maps; a layer without maps is taken as it is.
    grids : sequence of (rows, columns)
        Each cuts the maps into so many cells, which are pooled apart.
    mirror : bool
        Whether to take the mean of an image's vector and its mirror image's, at twice the
        cost. Not where a mirror changes the concepts, as it does digits.
    precision : {"float32", "bf16", "fp16"}
        See `learned.training.precision`. On a CPU with instructions for bf16 it takes half
        the time, and changes values by some hundredths.
    device : str
        ``"auto"`` (CUDA where there is one), ``"cpu"``, ``"cuda"``, ``"cuda:1"``...

    References
    ----------
    J. Donahue et al., "DeCAF: a deep convolutional activation feature for generic visual
    recognition", ICML 2014; A. Razavian et al., "CNN features off-the-shelf: an astounding
    baseline for recognition", CVPR workshops 2014.
    """

    def __init__(
        self,
        network: Callable[..., nn.Module],
        weights: Weights,
        network_options: Mapping[str, Any] | None = None,
        layer: str | None = None,
        image_size: int = 224,
        pooling: str = "average",
        grids: Sequence[Sequence[int]] = WHOLE,
        mirror: bool = False,
        precision: str = "float32",
        device: str = "auto",
    ) -> None:
        self.network = network
        self.weights = weights
        self.network_options = network_options
        self.layer = layer
        self.image_size = image_size
        self.pooling = pooling
        self.grids = grids
        self.mirror = mirror
        self.precision = precision
        self.device = device

    def check(self) -> None:
        """Refuse parameters that are out of range, before weights or images are read.

        Raises
        ------
        ValueError
            With the parameter, what it may be, and what it is.
        """
        check_count("image_size", self.image_size)
        check_flag("mirror", self.mirror)
        check_name("precision", self.precision, PRECISIONS)
        check_pooling(self.pooling, self.grids)

    def check_network(self) -> None:
        """Refuse a network, or a layer of it, that cannot be, before weights or images are read.

        Raises
        ------
        ValueError
            As `learned.networks.trial.try_network` and `learned.activations.check_layer` say.
        """

        def attempt(network: nn.Module) -> None:
            check_layer(network, self.image_size, self.layer, self.pooling, self.grids)

        try_network(self.network, self.image_size, self.network_options, attempt)

    def warm_up(self) -> None:
        """Load the weights, and let torch start up on a blank image."""
        self._reader()

    def _reader(self) -> ActivationReader:
        parameters = self.get_params(deep=False)
        made: tuple[dict[str, Any], ActivationReader] | None = self.__dict__.get("_made")
        if made is None or made[0] != parameters:
            made = (parameters, self._make())
            self._made = made
        return made[1]

    def _make(self) -> ActivationReader:
        if not hasattr(self.weights, "load"):
            raise ValueError(f"weights must be from learned.weights, got {self.weights!r}")
        network = self._filled(1)
        find_layer(network, self.layer)
        head = last_linear(network)
        names = list(layers(network))
        if self.layer is not None and names.index(self.layer) >= names.index(head):
            outputs = self.weights.outputs(network)
            if outputs is None:
                raise ValueError(
                    f"layer {self.layer!r} needs the last linear layer, which {self.weights!r} "
                    "has no values for"
                )
            network = self._filled(outputs)
        return ActivationReader(
            network,
            self.image_size,
            self.weights.mean,
            self.weights.deviation,
            find_device(self.device),
            layer=self.layer,
            pooling=self.pooling,
            grids=self.grids,
            mirror=self.mirror,
            precision=self.precision,
        )

    def _filled(self, outputs: int) -> nn.Module:
        # Initial weights are drawn only to be replaced: no seed may depend on it.
        with torch.random.fork_rng(devices=[]):
            network = build_network(self.network, outputs, self.image_size, self.network_options)
        self.weights.load(network)
        return network

    def __getstate__(self) -> dict[str, Any]:
        # The network is made again where it is needed.
        return {name: value for name, value in super().__getstate__().items() if name != "_made"}
