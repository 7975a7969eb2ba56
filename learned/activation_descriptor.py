"""What descriptors that read activations of a network have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from learned.activation_reader import ActivationReader
from learned.explanation import EvidenceMap


class ActivationDescriptor(ABC):
    """A descriptor whose vectors an `ActivationReader` reads."""

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return self._reader().dimension

    def transform(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """Describe images.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB

        Returns
        -------
        (len(X), dimension) float32

        Raises
        ------
        ValueError
            Pretrained weights do not fit the network; there is no such layer, or it cannot be
            pooled so; an image's vector is not finite.
        """
        return self._reader().read(X)

    def explain(self, image: np.ndarray, weights: np.ndarray) -> EvidenceMap:
        """Map where in an image a linear function of its vector comes from.

        Parameters
        ----------
        image : (height, width, 3) uint8, RGB
        weights : (dimension,) float

        Returns
        -------
        EvidenceMap
            Of ``weights . vector``.
        """
        return self._reader().explain(image, weights)

    @abstractmethod
    def _reader(self) -> ActivationReader:
        """Return the reader of the network, made once."""
