"""A network as a detector: scikit-learn's conventions around pixels, training and scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted
from torch import nn

from learned.annotations import check_annotations
from learned.detector_parameters import check_detector
from learned.device import find_device
from learned.explanation import EvidenceMap, explain_score
from learned.fitting import built, restored, take_weights, train_networks
from learned.networks.building import check_sizes
from learned.networks.layers import train_only_last
from learned.networks.size import network_size
from learned.networks.trial import try_network
from learned.pixels import Normalization, resize
from learned.scoring import score_images
from learned.stages import Stages
from learned.training.augmentation import Augmentation
from learned.training.growth import view_sides
from learned.training.recipe import Recipe
from learned.training.targets import choose_loss
from learned.views import Views


class NetworkDetector(BaseEstimator):
    """One network for all concepts, or one a concept, trained from pixels.

    Images are stretched to a square and kept as bytes for training, more than 2
    GiB of them in a temporary file. Scoring holds at most 1,024 images at a time,
    and is done in float32.

    Parameters
    ----------
    network : callable
        ``build(n_concepts, image_size, **network_options) -> torch.nn.Module``
        from (b, 3, image_size, image_size) float32 to (b, n_concepts) logits. A
        module with a method ``initialize(pixels)`` is shown up to 5,000 training
        images before it is trained.
    network_options : mapping, optional
        Further keywords of ``network``.
    image_size : int
        Side of the network's input in pixels.
    epochs, batch_size, optimizer, learning_rate, weight_decay
        See ``learned.training.recipe``, as for those that name no other file.
    loss : {"auto", "bce", "softmax", "squared"}
        A binary cross entropy a concept, a cross entropy over exclusive concepts,
        or the squared error of either's probabilities. ``"auto"`` takes softmax
        where everything is judged and every sample has exactly one of several
        concepts, and so does ``"squared"``.
    label_smoothing, class_balance, mixup, cutmix
        Smooth targets, heavier rare concepts, samples blended or cut and pasted.
    shift, scale, rotation, mirror, brightness, contrast, aspect, colour, cutout
        Strengths of the augmentation, see ``learned.training.augmentation``.
    start_scale, growth_share
        Views that start small and grow, see ``learned.training.growth``.
    schedule, warm_up_share, average, average_share
        The learning rate in time, and averaged weights; see
        ``learned.training.schedule`` and ``learned.training.averaging``.
    validation : float
        Share of the training images held out to tell the best epoch, whose weights
        are kept, in [0, 1); see ``learned.training.validation``.
    validation_metric, patience
        What to tell it by, and after how many worse epochs to stop.
    precision, compile
        The training's arithmetic, and whether it goes through ``torch.compile``.
    weights : object, optional
        Pretrained weights, with ``load(network)``, ``mean`` and ``deviation``, see
        ``learned.weights``.
    trainable_layers : int, optional
        How many layers, from the last, to train; all by default.
    one_network_a_concept : bool
        Whether to train an independent network for each concept, on its own
        judged samples, instead of one for all.
    ensemble : int
        How many networks to train, each from a seed of its own, whose logits are averaged: the
        first is the one that is trained without others; see `learned.several.Ensemble`.
    test_mirror, test_scales
        Further views of an image that are scored, and averaged over: its mirror image, and
        sizes as shares of ``image_size``; see ``learned.views``. Training knows nothing of them.
    processes : int
        How many processes of this machine train each network together, on CUDA
        one a device; see ``learned.training.distributed``.
    device : str
        ``"auto"`` (CUDA where there is one), ``"cpu"``, ``"cuda"``, ``"cuda:1"``...
    stages : object, optional
        Where ``"train"``, and in scoring ``"decode"`` and ``"predict"``, run and are
        measured, see ``learned.stages``.
    random_state : int, RandomState or None
        Seeds initial weights, order of the images, augmentation and dropout.

    Attributes
    ----------
    network_ : torch.nn.Module
        In evaluation mode; with one network a concept, a ``SideBySide`` of them, and of several
        to average an ``Ensemble``.
    n_concepts_ : int
    loss_ : {"bce", "softmax", "sigmoid-squared", "softmax-squared"}
        What ``loss`` resolved to.
    mean_, deviation_ : (3,) float32
        That pixels are standardised by, on the scale 0 to 255: of each channel of
        the training images, or of the pretrained weights.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    validation_curve_ : list of float
        Metric after each epoch; empty without validation.
    best_epoch_ : int or None
        From 1: whose weights were kept, where there is validation. With several networks, each
        of these three is a list with one of them for each.
    accumulation_ : int
        Parts that batches were computed in because GPU memory ran out; 1 if it did not.
    """

    def __init__(
        self,
        network: Callable[..., nn.Module],
        network_options: Mapping[str, Any] | None = None,
        image_size: int = 64,
        epochs: int = 30,
        batch_size: int = 32,
        optimizer: str = "adamw",
        learning_rate: float = 3e-3,
        weight_decay: float = 0.05,
        loss: str = "auto",
        label_smoothing: float = 0.0,
        shift: float = 0.1,
        scale: float = 0.15,
        rotation: float = 10.0,
        mirror: bool = False,
        brightness: float = 0.2,
        contrast: float = 0.2,
        aspect: float = 0.0,
        colour: float = 0.0,
        cutout: float = 0.0,
        mixup: float = 0.0,
        cutmix: float = 0.0,
        start_scale: float = 1.0,
        growth_share: float = 0.7,
        class_balance: float = 0.0,
        schedule: str = "one-cycle",
        warm_up_share: float | None = None,
        average: str | None = None,
        average_share: float = 0.1,
        validation: float = 0.0,
        validation_metric: str = "ap",
        patience: int | None = None,
        precision: str = "float32",
        compile: bool = False,
        weights: Any = None,
        trainable_layers: int | None = None,
        one_network_a_concept: bool = False,
        ensemble: int = 1,
        test_mirror: bool = False,
        test_scales: Sequence[float] = (1.0,),
        processes: int = 1,
        device: str = "auto",
        stages: Stages | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.network = network
        self.network_options = network_options
        self.image_size = image_size
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.loss = loss
        self.label_smoothing = label_smoothing
        self.shift = shift
        self.scale = scale
        self.rotation = rotation
        self.mirror = mirror
        self.brightness = brightness
        self.contrast = contrast
        self.aspect = aspect
        self.colour = colour
        self.cutout = cutout
        self.mixup = mixup
        self.cutmix = cutmix
        self.start_scale = start_scale
        self.growth_share = growth_share
        self.class_balance = class_balance
        self.schedule = schedule
        self.warm_up_share = warm_up_share
        self.average = average
        self.average_share = average_share
        self.validation = validation
        self.validation_metric = validation_metric
        self.patience = patience
        self.precision = precision
        self.compile = compile
        self.weights = weights
        self.trainable_layers = trainable_layers
        self.one_network_a_concept = one_network_a_concept
        self.ensemble = ensemble
        self.test_mirror = test_mirror
        self.test_scales = test_scales
        self.processes = processes
        self.device = device
        self.stages = stages
        self.random_state = random_state

    def warm_up(self) -> None:
        """Let torch start up on two blank images, so that no training time includes it."""
        trial = clone(self).set_params(
            stages=None, epochs=1, loss="bce", validation=0.0, patience=None, processes=1,
            one_network_a_concept=False, ensemble=1, device=self.device,
        )  # fmt: skip
        blank = np.zeros((self.image_size, self.image_size, 3), np.uint8)
        trial.fit([blank, blank], np.array([[1], [0]], np.int8)).decision_function([blank])

    def fit(self, X: Sequence[np.ndarray], Y: np.ndarray) -> NetworkDetector:
        """Train the network.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB
            Of any sizes; its ``video``, if it has one, names each image's video.
        Y : (n, c) int8
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            A parameter or the annotations are out of range; a concept has no
            positive or no negative training sample; the network does not take its
            options or does not return (b, c) logits.
        FloatingPointError
            The loss became infinite or not a number.
        torch.cuda.OutOfMemoryError
            Not even two images at a time fit in the GPU's memory.
        """
        self.check()
        Y = check_annotations(Y, len(X))
        self.n_concepts_ = n = Y.shape[1]
        parts = [slice(k, k + 1) for k in range(n)] if self.one_network_a_concept else [slice(n)]
        # A concept by itself excludes no other.
        self.loss_ = choose_loss(self.loss, Y[:, parts[0]])
        if self._other_sizes():
            with torch.random.fork_rng(devices=[]):
                self._check_sizes(built(self, 1))
        device = find_device(self.device)
        trained = train_networks(self, X, Y, parts, self._recipe(), device)
        take_weights(self, trained, device)
        return self

    def decision_function(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """Score each concept in each image; an image's scores do not depend on the others.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB

        Returns
        -------
        (n, c) float32
            Log-odds: higher is likelier, 0 is even.
        """
        check_is_fitted(self, "network_")
        device, stages = find_device(self.device), self.stages or Stages()
        network = self.network_.to(device).eval()
        normalization = Normalization(self.mean_, self.deviation_, device)
        views = self._views()
        return score_images(
            views, network, self.loss_, X, self.image_size, normalization, stages, self.n_concepts_
        )

    def explain(self, image: np.ndarray, concept: int) -> EvidenceMap:
        """Map where in an image the evidence for a concept lies, by integrated gradients.

        Parameters
        ----------
        image : (height, width, 3) uint8, RGB
        concept : int
            Column of the scores.

        Returns
        -------
        EvidenceMap
            Of the square that the network sees, whose cells tile the image.
        """
        check_is_fitted(self, "network_")
        device, views = find_device(self.device), self._views()
        network = self.network_.to(device).eval()
        # A copy: an image that has the size already is read-only, which torch warns of.
        square = torch.from_numpy(np.array(resize(image, self.image_size)))[None]
        pixels = Normalization(self.mean_, self.deviation_, device)(square)

        def score(images: torch.Tensor) -> torch.Tensor:
            return views.score(network, self.loss_, images)[:, concept]

        work = network_size(network, self.image_size).multiply_adds
        return explain_score(score, pixels, work)

    def unsupported(self, task: Any) -> str | None:
        """Say why the detector does not apply to a task, if it does not."""
        if self.loss == "softmax" and not task.single_label:
            return "loss 'softmax' needs a task with exactly one concept a sample"
        return None

    def check(self) -> None:
        """Refuse parameters that are out of range, before images are read.

        Raises
        ------
        ValueError
            With the parameter, what it may be, and what it is.
        """
        check_detector(self)
        self._views()
        self._recipe()

    def check_network(self) -> None:
        """Refuse a network that does not fit, before images are read and without its weights.

        It is tried on all sizes that training and scoring will show it.

        Raises
        ------
        ValueError
            The network cannot be built, or does not take its options, one of the sizes, or so
            many trainable layers.
        """

        def attempt(network: nn.Module) -> None:
            self._check_sizes(network)
            if self.trainable_layers is not None:
                train_only_last(network, self.trainable_layers)

        try_network(self.network, self.image_size, self.network_options, attempt)

    def _views(self) -> Views:
        return Views(self.test_mirror, tuple(self.test_scales))

    def _other_sizes(self) -> dict[str, set[int]]:
        """Return what training and scoring will show the network beside its size, by option."""
        asked = {
            "test_scales": self._views().sizes(self.image_size),
            "start_scale": view_sides(self._recipe(), self.image_size),
        }
        return {o: others for o in asked if (others := set(asked[o]) - {self.image_size})}

    def _check_sizes(self, network: nn.Module) -> None:
        for option, sizes in self._other_sizes().items():
            check_sizes(network, self.image_size, sizes, option)

    def _recipe(self) -> Recipe:
        views = Augmentation(**{f.name: getattr(self, f.name) for f in fields(Augmentation)})
        own = {f.name: getattr(self, f.name) for f in fields(Recipe) if hasattr(self, f.name)}
        # Before there are annotations the recipe is only tried, which any loss will do for.
        loss = getattr(self, "loss_", "bce")
        return Recipe(**(own | {"loss": loss, "augmentation": views}))

    def __getstate__(self) -> dict[str, Any]:
        # The weights, not the module: a network loaded from a file has no
        # importable class, and the callable that built it builds it again.
        state = dict(super().__getstate__())
        if "network_" in state:
            weights = state["network_"].state_dict()
            state["network_"] = {name: tensor.cpu() for name, tensor in weights.items()}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "network_" in state:
            self.network_ = restored(self, state["network_"])
