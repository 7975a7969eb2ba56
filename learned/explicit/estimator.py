"""What detectors of modules written out by hand share: pixels, training and scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from learned.annotations import check_annotations
from learned.explicit.feed_forward import FeedForward
from learned.explicit.module import Module
from learned.explicit.objective import NAMES, choose_objective, log_odds
from learned.explicit.schedules import SCHEDULES
from learned.explicit.standardization import Standardization
from learned.explicit.training import train
from learned.parameters import check_between, check_count, check_flag, check_name
from learned.pixels import CHUNK, channel_statistics, squares
from learned.stages import Stages

# The first rate in LeCun 1998, "Gradient-based learning", to be divided by 0.02 + h.
SECOND_ORDER_RATE = 5e-4
# Scoring goes by batches of this size, which bounds what modules remember.
SCORING_BATCH = 64


class ExplicitDetector(BaseEstimator, ABC):
    """A network of modules as a detector; a subclass gives the layers.

    Images are stretched to a square and standardised by channel. One network
    scores all concepts; it is trained by `learned.explicit.training`, in float32. The
    parameters are those of `learned.explicit.detector.ExplicitMLP`.

    Attributes
    ----------
    module_ : FeedForward
        The trained network: (n, image_size, image_size, 3) bytes -> (n, c) scores.
    n_concepts_, n_parameters_ : int
        Concepts, and numbers that were learned.
    loss_ : {"bce", "softmax", "squared"}
        What ``loss`` resolved to.
    single_label_ : bool
        Whether the concepts were trained to exclude each other.
    learning_rate_ : float
        What ``learning_rate`` resolved to.
    loss_curve_ : list of float
        Mean training error of each epoch.
    """

    # What converges on standardised pixels; more inputs that move together want less.
    _first_order_rate = 1e-3

    image_size: int
    epochs: int
    batch_size: int
    learning_rate: float | None
    momentum: float
    second_order: bool
    loss: str
    schedule: str
    stages: Stages | None
    random_state: int | np.random.RandomState | None

    @abstractmethod
    def _layers(self, n_concepts: int, generator: np.random.Generator) -> list[Module]:
        """Make untrained layers, (n, 3, image_size, image_size) -> (n, n_concepts), float32."""

    def fit(self, X: Sequence[np.ndarray], Y: np.ndarray) -> ExplicitDetector:
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
            A parameter or the annotations are out of range, or a concept has no
            positive or no negative training sample.
        FloatingPointError
            The training error is not finite; the message names epoch, step and learning rate.
        """
        self.check()
        Y = check_annotations(Y, len(X))
        objective = choose_objective(self.loss, Y)
        self.learning_rate_ = self.learning_rate
        if self.learning_rate_ is None:
            self.learning_rate_ = SECOND_ORDER_RATE if self.second_order else self._first_order_rate
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        generator = np.random.default_rng(seed)
        layers = self._layers(Y.shape[1], generator)
        stages = self._stages()
        with stages.timed("decode", len(X)):
            # Samples that say nothing must not shift the statistics either.
            rows = np.asarray(objective.loss.judged(Y).any(axis=1))
            parts = squares(X, self.image_size, chosen=rows, threads=stages.threads)
            pixels, targets = np.concatenate(list(parts)), Y[rows]
            standardization = Standardization(*channel_statistics(pixels))
        with stages.timed("train", len(pixels)):
            network = FeedForward([standardization, *layers])
            output = objective.output
            self.loss_curve_ = train(
                network if output is None else FeedForward([network, output]),
                objective.loss,
                pixels,
                targets,
                epochs=self.epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate_,
                generator=generator,
                momentum=self.momentum,
                schedule=SCHEDULES[self.schedule],
                second_order=self.second_order,
            )
        self.module_ = network
        self.n_concepts_ = Y.shape[1]
        self.n_parameters_ = sum(w.size for w in network.parameters.values())
        self.loss_ = objective.name
        self.single_label_ = objective.single_label
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
        check_is_fitted(self, "module_")
        scores = np.empty((len(X), self.n_concepts_), dtype=np.float32)
        stages = self._stages()
        parts = squares(X, self.image_size, threads=stages.threads, chunk=CHUNK)
        for start in range(0, len(X), CHUNK):
            count = min(CHUNK, len(X) - start)
            with stages.timed("decode", count):
                pixels = next(parts)
            with stages.timed("predict", count):
                for first in range(0, count, SCORING_BATCH):
                    logits = self.module_.forward(pixels[first : first + SCORING_BATCH])
                    rows = slice(start + first, start + first + len(logits))
                    scores[rows] = log_odds(logits) if self.single_label_ else logits
        return scores

    def unsupported(self, task: Any) -> str | None:
        """Say why the detector does not apply to a task, if it does not."""
        if self.loss == "softmax" and not task.single_label:
            return "loss 'softmax' needs a task with exactly one concept a sample"
        return None

    def _stages(self) -> Stages:
        return Stages() if self.stages is None else self.stages

    def check(self) -> None:
        """Refuse parameters that are out of range, before images are read.

        Raises
        ------
        ValueError
            With the parameter, what it may be, and what it is.
        """
        for name in ("image_size", "epochs", "batch_size"):
            check_count(name, getattr(self, name))
        if self.learning_rate is not None:
            check_between("learning_rate", self.learning_rate, 0.0, above=True)
        check_between("momentum", self.momentum, 0.0, 1.0)
        check_flag("second_order", self.second_order)
        check_name("loss", self.loss, NAMES)
        check_name("schedule", self.schedule, SCHEDULES)
