"""What a network that was trained on the task makes of images, as a descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted
from torch import nn

from learned.activation_descriptor import ActivationDescriptor
from learned.activation_reader import ActivationReader
from learned.activations import check_layer
from learned.annotations import check_annotations
from learned.detector import NetworkDetector
from learned.device import find_device
from learned.networks.building import build_network
from learned.networks.pooling import WHOLE, check_pooling
from learned.networks.trial import try_network
from learned.stages import Stages


class TrainedActivations(ActivationDescriptor, BaseEstimator):
    """A layer of a network that is trained on the annotations first, a vector an image.

    With a simple classifier behind, it says how much of the concepts a layer knows: first
    layers little, last layers most of what the network does.

    Parameters
    ----------
    detector : NetworkDetector
        It is cloned, and not changed.
    layer : str, optional
        A name from `learned.networks.layers.layers`. By default, what the last linear layer
        is given.
    pooling : {"average", "max", "average+max"}
        What is kept of a layer's maps; a layer without maps is taken as it is.
    grids : sequence of (rows, columns)
        Each cuts the maps into so many cells, which are pooled apart.
    stages : Stages, optional
        Where the training runs, see `learned.stages`: the same where a system with an equal
        detector trains, so that both have one training.
    random_state : int, RandomState or None
        The detector's, where it has none of its own.

    Attributes
    ----------
    detector_ : NetworkDetector
        Trained.

    References
    ----------
    M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014
    (table 7); G. Alain, Y. Bengio, "Understanding intermediate layers using linear classifier
    probes", ICLR workshops 2017.
    """

    def __init__(
        self,
        detector: NetworkDetector,
        layer: str | None = None,
        pooling: str = "average",
        grids: Sequence[Sequence[int]] = WHOLE,
        stages: Stages | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.detector = detector
        self.layer = layer
        self.pooling = pooling
        self.grids = grids
        self.stages = stages
        self.random_state = random_state

    def check(self) -> None:
        """Refuse parameters that are out of range, before images are read.

        Raises
        ------
        ValueError
            With the parameter, what it may be, and what it is.
        """
        self.detector.check()
        check_pooling(self.pooling, self.grids)
        if self.detector.one_network_a_concept:
            raise ValueError("with one network a concept there is no layer that all concepts share")
        if self.detector.ensemble > 1:
            raise ValueError(
                "an ensemble has several of each layer: take one network's, ensemble = 1"
            )

    def check_network(self) -> None:
        """Refuse a network, or a layer of it, that cannot be, before images are read.

        Raises
        ------
        ValueError
            As `learned.networks.trial.try_network` and `learned.activations.check_layer` say.
        """

        detector = self.detector

        def attempt(network: nn.Module) -> None:
            check_layer(network, detector.image_size, self.layer, self.pooling, self.grids)

        try_network(detector.network, detector.image_size, detector.network_options, attempt)

    def warm_up(self) -> None:
        """Let torch start up, so that no training time includes it."""
        self.detector.warm_up()

    def fit(self, X: Sequence[np.ndarray], Y: np.ndarray) -> TrainedActivations:
        """Train the network.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB
        Y : (n, c) int8
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            There is no such layer, or it cannot be pooled so; and as for
            `NetworkDetector.fit`.
        """
        Y = check_annotations(Y, len(X))
        self.check()
        self._try_layer(Y.shape[1])
        detector = clone(self.detector).set_params(stages=self.stages or self.detector.stages)
        if detector.random_state is None:
            detector.set_params(random_state=self.random_state)
        self.detector_ = detector.fit(X, Y)
        self._made: ActivationReader | None = None
        return self

    def _try_layer(self, n_concepts: int) -> None:
        # Before the hours of training, not after: the untrained network has the same layers.
        detector = self.detector
        with torch.random.fork_rng(devices=[]):
            network = build_network(
                detector.network, n_concepts, detector.image_size, detector.network_options
            )
        self._read_from(network, np.zeros(3, np.float32), np.ones(3, np.float32))

    def _reader(self) -> ActivationReader:
        check_is_fitted(self, "detector_")
        if self._made is None:
            fitted = self.detector_
            self._made = self._read_from(fitted.network_, fitted.mean_, fitted.deviation_)
        return self._made

    def _read_from(
        self, network: nn.Module, mean: np.ndarray, deviation: np.ndarray
    ) -> ActivationReader:
        return ActivationReader(
            network,
            self.detector.image_size,
            mean,
            deviation,
            find_device(self.detector.device),
            layer=self.layer,
            pooling=self.pooling,
            grids=self.grids,
        )

    def __getstate__(self) -> dict[str, Any]:
        # The copy of the network is made again where it is needed.
        state = dict(super().__getstate__())
        return state | {"_made": None} if "_made" in state else state
