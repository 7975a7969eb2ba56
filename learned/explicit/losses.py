"""Errors of outputs against annotations, with the derivatives that back-propagation starts from."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from learned.explicit.activation import Sigmoid


class Loss(ABC):
    """An error: summed over the concepts, averaged over the samples.

    ``E = 1/m sum_n sum_k e(y_nk, t_nk)``, where unjudged annotations weigh nothing and ``m``
    counts the samples with something judged. So a concept's derivatives do not depend on how many
    other concepts there are. Where nothing is judged, all is exactly zero.

    Every second derivative here is exact and at least 0. Errors that are sums over outputs have
    no others; the softmax cross entropy has off-diagonal ones, which it names.
    """

    def error(self, y: np.ndarray, targets: np.ndarray) -> float:
        """Compute ``E``.

        Parameters
        ----------
        y : (n, c) float32 or float64
            Outputs of the network.
        targets : (n, c) int8
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        float
            From 0 up; infinite or not a number if outputs are.
        """
        return float(self._average(self._error(y, np.maximum(targets, 0)), targets).sum())

    def gradient(self, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Compute ``dE/dy``.

        Parameters
        ----------
        y, targets
            As for `error`.

        Returns
        -------
        (n, c), of the dtype of ``y``
        """
        return self._average(self._gradient(y, np.maximum(targets, 0)), targets)

    def second_derivative(self, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Compute the diagonal of ``d2E/dy2``.

        Parameters
        ----------
        y, targets
            As for `error`.

        Returns
        -------
        (n, c), of the dtype of ``y``
        """
        return self._average(self._second_derivative(y, np.maximum(targets, 0)), targets)

    def judged(self, targets: np.ndarray) -> np.ndarray:
        """Say which entries count.

        Parameters
        ----------
        targets : (n, c) int8

        Returns
        -------
        (n, c) bool
            For errors of single labels, whole rows: those whose class is known.
        """
        return targets >= 0

    @abstractmethod
    def _error(self, y: np.ndarray, t: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _gradient(self, y: np.ndarray, t: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _second_derivative(self, y: np.ndarray, t: np.ndarray) -> np.ndarray: ...

    def _average(self, entries: np.ndarray, targets: np.ndarray) -> np.ndarray:
        judged = self.judged(targets)
        samples = max(1, int(judged.any(axis=1).sum()))
        # where, not a product: an infinite value of a masked entry would leave 0 * inf.
        return np.where(judged, entries, 0).astype(entries.dtype, copy=False) / samples


class SquaredError(Loss):
    """Multi-label: a squared error a concept, ``(y - t)^2 / 2``; ``e' = y - t``, ``e'' = 1``."""

    def _error(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return (y - t) ** 2 / 2

    def _gradient(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return y - t

    def _second_derivative(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.ones_like(y)


class SingleLabelSquaredError(SquaredError):
    """Single-label: the squared distance to the vector of the class, 1 at it and else 0.

    The formulas are those of `SquaredError`. But the one positive of a row says that all
    others are negative, judged or not, and a row without one says nothing.
    """

    def judged(self, targets: np.ndarray) -> np.ndarray:
        """(n, c) int8 -> (n, c) bool: rows that have a positive."""
        return _of_known_class(targets)


class BinaryCrossEntropy(Loss):
    """Multi-label: a cross entropy a concept between ``t`` and ``p = sigmoid(y)``.

    ``e = -t log p - (1 - t) log(1 - p)`` in nats, ``e' = p - t``, ``e'' = p (1 - p)``. It takes
    the scores ``y``, not ``p``, so that it is finite wherever ``y`` is.
    """

    def _error(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.maximum(y, 0) - t * y + np.log1p(np.exp(-np.abs(y)))

    def _gradient(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return Sigmoid().value(y) - t

    def _second_derivative(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return Sigmoid().derivative(Sigmoid().value(y))


class SoftmaxCrossEntropy(Loss):
    """Single-label: the cross entropy between the class and ``p = softmax(y)``.

    ``-log p_k`` for the class ``k`` of a sample, in nats; ``dE/dy = p - t``. The second
    derivatives are ``p (1 - p)``, and off the diagonal ``-p_j p_k``: the recurrence drops these
    at the first module that mixes outputs. It takes the scores ``y``, not ``p``.
    """

    def judged(self, targets: np.ndarray) -> np.ndarray:
        """(n, c) int8 -> (n, c) bool: rows that have a positive."""
        return _of_known_class(targets)

    def _error(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return t * -_log_softmax(y)

    def _gradient(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.exp(_log_softmax(y)) - t

    def _second_derivative(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        p = np.exp(_log_softmax(y))
        return p * (1 - p)


def _log_softmax(y: np.ndarray) -> np.ndarray:
    y = y - y.max(axis=1, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=1, keepdims=True))


def _of_known_class(targets: np.ndarray) -> np.ndarray:
    known = np.equal(targets, 1).any(axis=1, keepdims=True)
    return np.broadcast_to(known, targets.shape)
