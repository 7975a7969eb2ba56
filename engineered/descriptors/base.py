"""What global descriptors share: one vector an image, image by image."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from engineered.images import Images, check_image


class GlobalDescriptor(BaseEstimator, ABC):
    """A stateless descriptor of whole images.

    A plug-in need not inherit from this: any object with ``transform(X)`` serves.
    """

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of the vector."""

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""

    @abstractmethod
    def describe(self, image: np.ndarray) -> np.ndarray:
        """Return the vector of one image.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        ndarray of shape (dimension,)
            The vector.
        """

    def transform(self, X: Images) -> np.ndarray:
        """Describe images.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB.

        Returns
        -------
        ndarray of shape (len(X), dimension), float32
            One row an image.
        """
        rows = np.empty((len(X), self.dimension), np.float32)
        for i, image in enumerate(X):
            rows[i] = self.describe(check_image(image))
        return rows
