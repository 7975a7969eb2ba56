"""A network as a detector: scikit-learn's conventions around pixels, training and scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import compress
from typing import Any, Protocol

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import nn

from learned.annotations import check_annotations
from learned.device import find_device
from learned.networks.building import build_network
from learned.pixels import Normalization, channel_statistics, stack
from learned.training.augmentation import Augmentation
from learned.training.loop import OPTIMIZERS, reproducible, train
from learned.training.loss import LOSSES, choose_loss, informative, log_odds

# Images decoded ahead of scoring: bounds memory, whatever the collection's size.
CHUNK = 1024
# Scoring goes by batches of this size, which does not change the scores.
SCORING_BATCH = 64


class Timed(Protocol):
    """What the detector needs of the harness: a clock around its parts."""

    def timed(self, stage: str, images: int) -> AbstractContextManager[Any]: ...


class NetworkDetector(BaseEstimator):
    """One network for all concepts, trained from pixels.

    Images are stretched to a square and kept in memory as bytes for training:
    ``n * 3 * image_size**2`` of them (53 MB for 4,300 images at 64 pixels).
    Scoring holds at most 1,024 images at a time.

    Parameters
    ----------
    network : callable
        ``build(n_concepts, image_size, **network_options) -> torch.nn.Module``
        from (b, 3, image_size, image_size) float32 to (b, n_concepts) logits.
    network_options : mapping, optional
        Further keywords of ``network``.
    image_size : int
        Side of the network's input in pixels.
    epochs, batch_size : int
        Passes over the training images, and most images in a step.
    optimizer : {"adamw", "sgd"}
        Adam with decoupled weight decay, or SGD with Nesterov momentum 0.9.
    learning_rate : float
        Peak of the one-cycle schedule.
    weight_decay : float
        On weights; not on biases or normalisations.
    loss : {"auto", "bce", "softmax"}
        A binary cross entropy a concept, or a cross entropy over exclusive
        concepts. ``"auto"`` takes softmax where everything is judged and every
        sample has exactly one of several concepts.
    label_smoothing : float
        In [0, 1).
    shift, scale, rotation, mirror, brightness, contrast
        Strengths of the augmentation, see ``learned.training.augmentation``.
    device : str
        ``"auto"`` (CUDA where there is one), ``"cpu"``, ``"cuda"``, ``"cuda:1"``...
    stages : object, optional
        With ``timed(stage, images)``, a context manager entered around the
        stages ``"decode"``, ``"train"`` and ``"predict"``.
    random_state : int, RandomState or None
        Seeds initial weights, order of the images, augmentation and dropout.

    Attributes
    ----------
    network_ : torch.nn.Module
        The trained network, in evaluation mode.
    n_concepts_ : int
    loss_ : {"bce", "softmax"}
        What ``loss`` resolved to.
    mean_, deviation_ : (3,) float32
        Of each channel of the training images, on the scale 0 to 255.
    loss_curve_ : list of float
        Mean training loss of each epoch, in nats.
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
        device: str = "auto",
        stages: Timed | None = None,
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
        self.device = device
        self.stages = stages
        self.random_state = random_state

    def warm_up(self) -> None:
        """Let torch start up on two blank images, so that no training time includes it."""
        trial = clone(self).set_params(stages=None, epochs=1, loss="bce", device=self.device)
        blank = np.zeros((self.image_size, self.image_size, 3), np.uint8)
        trial.fit([blank, blank], np.array([[1], [0]], np.int8)).decision_function([blank])

    def fit(self, X: Sequence[np.ndarray], Y: np.ndarray) -> NetworkDetector:
        """Train the network.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB
            Of any sizes.
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
        """
        self._check_parameters()
        Y = check_annotations(Y, len(X))
        self.loss_ = choose_loss(self.loss, Y)
        device = find_device(self.device)
        augmentation = Augmentation(
            self.shift, self.scale, self.rotation, self.mirror, self.brightness, self.contrast
        )
        self.n_concepts_ = Y.shape[1]
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))

        with self._timed("decode", len(X)):
            # Samples that say nothing must not shift the statistics of a batch either.
            rows = informative(self.loss_, Y)
            pixels, Y = stack(compress(X, rows), int(rows.sum()), self.image_size), Y[rows]
            self.mean_, self.deviation_ = channel_statistics(pixels)
        with self._timed("train", len(pixels)), reproducible(seed, device) as generator:
            network = self._build().to(device)
            self.loss_curve_ = train(
                network,
                torch.from_numpy(pixels),
                torch.from_numpy(Y).to(device, torch.float32),
                normalization=Normalization(self.mean_, self.deviation_, device),
                augmentation=augmentation,
                loss=LOSSES[self.loss_],
                label_smoothing=self.label_smoothing,
                epochs=self.epochs,
                batch_size=self.batch_size,
                optimizer=self.optimizer,
                learning_rate=self.learning_rate,
                weight_decay=self.weight_decay,
                generator=generator,
            )
        self.network_ = network
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
        device = find_device(self.device)
        network = self.network_.to(device).eval()
        normalization = Normalization(self.mean_, self.deviation_, device)
        scores = np.empty((len(X), self.n_concepts_), dtype=np.float32)
        images = iter(X)
        for start in range(0, len(X), CHUNK):
            count = min(CHUNK, len(X) - start)
            with self._timed("decode", count):
                pixels = torch.from_numpy(stack(images, count, self.image_size))
            with self._timed("predict", count), torch.inference_mode():
                logits = [network(normalization(part)) for part in pixels.split(SCORING_BATCH)]
                scores[start : start + count] = log_odds(self.loss_, torch.cat(logits)).cpu()
        return scores

    def unsupported(self, task: Any) -> str | None:
        """Say why the detector does not apply to a task, if it does not."""
        if self.loss == "softmax" and not task.single_label:
            return "loss 'softmax' needs a task with exactly one concept a sample"
        return None

    def _timed(self, stage: str, images: int) -> AbstractContextManager[Any]:
        return nullcontext() if self.stages is None else self.stages.timed(stage, images)

    def _check_parameters(self) -> None:
        for name in ("image_size", "epochs", "batch_size"):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"{name} must be a whole number from 1 up, got {value!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate!r}")
        if not self.weight_decay >= 0:
            raise ValueError(f"weight_decay must be from 0 up, got {self.weight_decay!r}")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing must be in [0, 1), got {self.label_smoothing!r}")
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {self.optimizer!r}"
            )

    def _build(self) -> nn.Module:
        return build_network(self.network, self.n_concepts_, self.image_size, self.network_options)

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
            with torch.random.fork_rng(devices=[]):
                network = self._build()
            network.load_state_dict(state["network_"])
            self.network_ = network
