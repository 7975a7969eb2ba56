"""The perceptron, the multi-layer perceptron and a convolutional network, each as a detector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from learned.explicit.activation import ACTIVATIONS, Identity
from learned.explicit.estimator import ExplicitDetector
from learned.explicit.flatten import Flatten
from learned.explicit.module import Module
from learned.explicit.networks import POOLINGS, convolutional, dense
from learned.parameters import check_counts, check_name
from learned.stages import Stages


class ExplicitPerceptron(ExplicitDetector):
    """One formal neuron a concept, on all the pixels.

    Parameters
    ----------
    image_size, epochs, batch_size, learning_rate, momentum, second_order, loss, schedule
        As for `ExplicitMLP`.
    stages, random_state
        As for `ExplicitMLP`.

    References
    ----------
    F. Rosenblatt, "The perceptron", Psychological Review, 1958.
    """

    def __init__(
        self,
        image_size: int = 32,
        epochs: int = 30,
        batch_size: int = 32,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        second_order: bool = False,
        loss: str = "auto",
        schedule: str = "linear",
        stages: Stages | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_size = image_size
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.second_order = second_order
        self.loss = loss
        self.schedule = schedule
        self.stages = stages
        self.random_state = random_state

    def _layers(self, n_concepts: int, generator: np.random.Generator) -> list[Module]:
        inputs = 3 * self.image_size**2
        return [Flatten(), *dense(inputs, (), n_concepts, Identity(), generator, np.float32)]


class ExplicitMLP(ExplicitDetector):
    """A multi-layer perceptron on all the pixels.

    Parameters
    ----------
    image_size : int
        Side in pixels that images are stretched to.
    hidden : sequence of int
        Units of each hidden layer.
    activation : {"relu", "tanh", "sigmoid"}
        Of the hidden layers.
    epochs, batch_size : int
        Passes over the training images, and most images in a step.
    learning_rate : float, optional
        At the start; 0.001 by default (0.01 for `ExplicitCNN`). With ``second_order``, a
        parameter's is this over ``0.02 + h``, with ``h`` the mean second derivative of the error;
        0.0005 by default.
    momentum : float
        In [0, 1).
    second_order : bool
        Whether each parameter has a learning rate of its own, see
        `learned.explicit.second_order`.
    loss : {"auto", "bce", "softmax", "squared"}
        A binary cross entropy a concept, a cross entropy over exclusive concepts, or the squared
        error of either's probabilities. ``"auto"`` takes softmax where everything is judged and
        every sample has exactly one of several concepts, else ``"bce"``.
    schedule : {"constant", "inverse", "steps", "linear"}
        The learning rate as a function of time, see `learned.explicit.schedules`.
    stages : Stages, optional
        Where the stages ``"decode"``, ``"train"`` and ``"predict"`` are timed, and on how many
        threads images are decoded.
    random_state : int, RandomState or None
        Seeds initial weights and the order of the images.

    References
    ----------
    D. Rumelhart, G. Hinton, R. Williams, "Learning representations by
    back-propagating errors", Nature, 1986.
    """

    def __init__(
        self,
        image_size: int = 32,
        hidden: Sequence[int] = (128,),
        activation: str = "relu",
        epochs: int = 30,
        batch_size: int = 32,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        second_order: bool = False,
        loss: str = "auto",
        schedule: str = "linear",
        stages: Stages | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_size = image_size
        self.hidden = hidden
        self.activation = activation
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.second_order = second_order
        self.loss = loss
        self.schedule = schedule
        self.stages = stages
        self.random_state = random_state

    def check(self) -> None:
        """Refuse parameters that are out of range; see `ExplicitDetector.check`."""
        super().check()
        check_counts("hidden", self.hidden)
        check_name("activation", self.activation, ACTIVATIONS)

    def _layers(self, n_concepts: int, generator: np.random.Generator) -> list[Module]:
        activation = ACTIVATIONS[self.activation]
        inputs = 3 * self.image_size**2
        return [
            Flatten(),
            *dense(inputs, self.hidden, n_concepts, activation, generator, np.float32),
        ]


class ExplicitCNN(ExplicitDetector):
    """A small convolutional network in the manner of LeNet-5.

    Parameters
    ----------
    image_size, activation, epochs, batch_size, learning_rate, momentum, second_order, loss
        As for `ExplicitMLP`; 16 pixels or more with two convolutions.
    maps : sequence of int
        Maps of each convolution (windows of 5 pixels), which a pooling by 2 follows.
    hidden : sequence of int
        Units of each layer after them.
    pooling : {"max", "average"}
    schedule, stages, random_state
        As for `ExplicitMLP`.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE, 1998.
    """

    _first_order_rate = 1e-2

    def __init__(
        self,
        image_size: int = 32,
        maps: Sequence[int] = (6, 16),
        hidden: Sequence[int] = (120, 84),
        activation: str = "relu",
        pooling: str = "max",
        epochs: int = 30,
        batch_size: int = 32,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        second_order: bool = False,
        loss: str = "auto",
        schedule: str = "linear",
        stages: Stages | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_size = image_size
        self.maps = maps
        self.hidden = hidden
        self.activation = activation
        self.pooling = pooling
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.second_order = second_order
        self.loss = loss
        self.schedule = schedule
        self.stages = stages
        self.random_state = random_state

    def check(self) -> None:
        """Refuse parameters that are out of range; see `ExplicitDetector.check`."""
        super().check()
        check_counts("maps", self.maps)
        check_counts("hidden", self.hidden)
        check_name("activation", self.activation, ACTIVATIONS)
        check_name("pooling", self.pooling, POOLINGS)

    def _layers(self, n_concepts: int, generator: np.random.Generator) -> list[Module]:
        return convolutional(
            self.image_size,
            self.maps,
            self.hidden,
            n_concepts,
            ACTIVATIONS[self.activation],
            self.pooling,
            generator,
            np.float32,
        )
