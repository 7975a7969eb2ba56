"""A recipe: how a network is trained, apart from the network and the data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from learned.parameters import check_count, check_name
from learned.training.augmentation import Augmentation
from learned.training.averaging import AVERAGES
from learned.training.loss import LOSSES
from learned.training.optimizer import OPTIMIZERS
from learned.training.precision import PRECISIONS
from learned.training.schedule import SCHEDULES
from learned.training.validation import METRICS


@dataclass(frozen=True)
class Recipe:
    """Everything that the training loop is told to do.

    Parameters
    ----------
    epochs, batch_size : int
        Passes over the training images, and most images in a step. An epoch is
        cut into batches of equal size, give or take one image: a remainder of
        one would have no variance to normalise by.
    optimizer : {"adamw", "sgd"}
        See ``learned.training.optimizer``.
    learning_rate : float
        At the schedule's peak.
    weight_decay : float
        On matrices and kernels.
    schedule : {"one-cycle", "cosine", "linear", "constant"}
        See ``learned.training.schedule``.
    warm_up_share : float, optional
        Share of the steps spent rising to the peak; the schedule's own by default.
    loss : {"bce", "softmax", "sigmoid-squared", "softmax-squared"}
        See ``learned.training.loss``.
    label_smoothing : float
        In [0, 1).
    class_balance : float
        In [0, 1]: how far rare concepts weigh more, see ``learned.training.targets``.
    mixup : float
        From 0, none, up: an image's share in a blend of two is drawn from Beta(mixup, mixup); 0.2
        to 0.8 are usual. See ``learned.training.mixup``.
    cutmix : float
        In [0, 1], of the batches: how many are cut and pasted, instead of blended by mixup; see
        ``learned.training.cutmix``.
    augmentation : Augmentation
        Drawn anew for each image in each epoch.
    start_scale : float
        In (0, 1]: side of the first epoch's views, as a share of the image's. Views grow from
        there; see ``learned.training.growth``.
    growth_share : float
        In (0, 1], of the epochs: when they have grown.
    average : {"exponential", "last"}, optional
        See ``learned.training.averaging``; none by default.
    average_share : float
        In (0, 1], of the training that the average reaches back over.
    validation_metric : {"ap", "loss"}
        What tells the best epoch, where samples are held out.
    patience : int, optional
        Epochs without a better one after which the training stops; never by default.
    precision : {"float32", "bf16", "fp16"}
        See ``learned.training.precision``.
    compile : bool
        Whether the network runs through ``torch.compile``.

    Raises
    ------
    ValueError
        A value is out of range; the message begins with its name.
    """

    epochs: int = 30
    batch_size: int = 32
    optimizer: str = "adamw"
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    schedule: str = "one-cycle"
    warm_up_share: float | None = None
    loss: str = "bce"
    label_smoothing: float = 0.0
    class_balance: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    start_scale: float = 1.0
    growth_share: float = 0.7
    average: str | None = None
    average_share: float = 0.1
    validation_metric: str = "ap"
    patience: int | None = None
    precision: str = "float32"
    compile: bool = False

    def __post_init__(self) -> None:
        check_count("epochs", self.epochs)
        check_count("batch_size", self.batch_size)
        if self.patience is not None:
            check_count("patience", self.patience)
        self._check("learning_rate", 0 < self.learning_rate < math.inf, "above 0")
        self._check("weight_decay", 0 <= self.weight_decay < math.inf, "from 0 up")
        self._check("label_smoothing", 0 <= self.label_smoothing < 1, "in [0, 1)")
        self._check("class_balance", 0 <= self.class_balance <= 1, "in [0, 1]")
        self._check("mixup", 0 <= self.mixup < math.inf, "from 0 up")
        self._check("cutmix", 0 <= self.cutmix <= 1, "in [0, 1]")
        self._check("start_scale", 0 < self.start_scale <= 1, "in (0, 1]")
        self._check("growth_share", 0 < self.growth_share <= 1, "in (0, 1]")
        self._check("average_share", 0 < self.average_share <= 1, "in (0, 1]")
        if self.warm_up_share is not None:
            self._check("warm_up_share", 0 <= self.warm_up_share < 1, "in [0, 1)")
        check_name("optimizer", self.optimizer, OPTIMIZERS)
        check_name("schedule", self.schedule, SCHEDULES)
        check_name("loss", self.loss, LOSSES)
        check_name("validation_metric", self.validation_metric, METRICS)
        check_name("precision", self.precision, PRECISIONS)
        if self.average is not None:
            check_name("average", self.average, AVERAGES)

    def _check(self, name: str, sound: bool, expected: str) -> None:
        if not sound:
            raise ValueError(f"{name} must be {expected}, got {getattr(self, name)!r}")
