"""Training by mini-batches."""

from __future__ import annotations

import math

import numpy as np

from learned.explicit.descent import Descent
from learned.explicit.losses import Loss
from learned.explicit.module import Module
from learned.explicit.schedules import Schedule, constant
from learned.explicit.second_order import Curvature

# Samples that an epoch's estimate of the second derivatives looks at; LeCun's number.
CURVATURE_SAMPLES = 500


def train(
    network: Module,
    loss: Loss,
    X: np.ndarray,
    targets: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    generator: np.random.Generator,
    momentum: float = 0.0,
    schedule: Schedule = constant,
    second_order: bool = False,
) -> list[float]:
    """Train a network in place by mini-batches.

    Parameters
    ----------
    network : Module
    loss : Loss
    X : (n, ...)
        Inputs of the network.
    targets : (n, c) int8
        1 positive, 0 negative, -1 unjudged.
    epochs : int
        Passes over the samples, in a new order each.
    batch_size : int
        Most samples in a step. An epoch is cut into batches of equal size, give or take one.
    learning_rate : float
        The first one; with ``second_order``, what is divided by ``mu + h``.
    generator : numpy.random.Generator
        Orders the samples, and takes those of the second derivatives.
    momentum : float
        In [0, 1), see `Descent`.
    schedule : callable
        From the share of the steps that are done to a share of ``learning_rate``.
    second_order : bool
        Whether each parameter has its own rate, see `Curvature`. At the start of each
        epoch, 500 samples are looked at for it.

    Returns
    -------
    list of float
        Mean error of each epoch, each batch at the parameters before its step.

    Raises
    ------
    FloatingPointError
        The error or a parameter is not finite; the message names epoch, step and learning rate.
    """
    descent = Descent(network, momentum)
    curvature = Curvature(network) if second_order else None
    batches = math.ceil(len(X) / batch_size)
    curve = []
    # What overflows shows in the error, and is told there.
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(epochs):
            divisors = None
            if curvature is not None:
                subset = generator.permutation(len(X))[:CURVATURE_SAMPLES]
                for rows in np.array_split(subset, math.ceil(len(subset) / batch_size)):
                    curvature.observe(loss, X[rows], targets[rows])
                divisors = curvature.divisors()
            total = 0.0
            order = generator.permutation(len(X))
            for batch, rows in enumerate(np.array_split(order, batches)):
                rate = learning_rate * schedule((epoch * batches + batch) / (epochs * batches))
                error = backpropagate(network, loss, X[rows], targets[rows])
                place = (
                    f"in epoch {epoch + 1} of {epochs}, step {batch + 1} of {batches}, "
                    f"at learning rate {rate:.3g}"
                )
                if not math.isfinite(error):
                    raise FloatingPointError(
                        f"the training error became {error} {place}; lower learning_rate"
                    )
                descent.step(rate, divisors)
                total += error * len(rows)
            curve.append(total / len(X))
    # The last step has no error after it that would tell.
    if not all(np.isfinite(w).all() for w in network.parameters.values()):
        raise FloatingPointError(f"parameters became infinite {place}; lower learning_rate")
    return curve


def backpropagate(network: Module, loss: Loss, x: np.ndarray, targets: np.ndarray) -> float:
    """Go forward and backward through a network once, from cleared gradients.

    Parameters
    ----------
    network : Module
        Its `gradients` are those of this batch afterwards.
    loss : Loss
    x : (n, ...)
    targets : (n, c) int8

    Returns
    -------
    float
        The error.
    """
    network.clear_gradients()
    y = network.forward(x)
    network.backward(loss.gradient(y, targets))
    return loss.error(y, targets)
