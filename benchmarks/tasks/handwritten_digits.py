"""The embedded task `digits`: scikit-learn's handwritten digits, one an image, as they are."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np

from benchmarks.collection import ImageCollection
from benchmarks.tasks.base import Split, Task
from benchmarks.tasks.digits.handwriting import handwriting, handwriting_digest

CONCEPTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

DESCRIPTION = (
    "The 1,797 handwritten digits of scikit-learn, 8 x 8 pixels enlarged, one digit an image."
)

WRITERS = (
    "scikit-learn's digits come without their writers: one hand may be in training and in test, "
    "so that figures are higher than with new writers."
)


class EnlargedDigits:
    """Handwritten digits drawn larger; a recipe, not the pixels.

    Parameters
    ----------
    image_size : int
        Side of an image, in pixels.
    """

    def __init__(self, image_size: int) -> None:
        self.image_size = image_size

    def load(self, index: int) -> np.ndarray:
        """Enlarge digit `index`, by cubic interpolation: black ink on white."""
        ink = handwriting()[0][index]
        side = (self.image_size, self.image_size)
        large = cv2.resize(ink, side, interpolation=cv2.INTER_CUBIC)
        grey = np.rint(255 * (1 - np.clip(large, 0, 1))).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)

    def digest(self, index: int) -> str:
        """Hash the digits, the size and which digit it is."""
        text = f"{handwriting_digest()} {self.image_size} {index}"
        return hashlib.sha256(text.encode()).hexdigest()


class HandwrittenDigits:
    """Maker of the embedded task `digits`.

    Parameters
    ----------
    test_images : int
        How many of the 1,797 are for test; the others are for training. Every class has
        its share of both.
    image_size : int
        Side of an image in pixels; at least 8, the digits' own.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998.
    """

    def __init__(self, test_images: int = 360, image_size: int = 32) -> None:
        n = len(handwriting()[1])
        if not len(CONCEPTS) <= test_images <= n - len(CONCEPTS):
            raise ValueError(
                f"test_images must be in [{len(CONCEPTS)}, {n - len(CONCEPTS)}], got {test_images}"
            )
        if image_size < 8:
            raise ValueError(f"image_size must be at least 8, got {image_size}")
        self.test_images = test_images
        self.image_size = image_size

    def load(self, name: str) -> Task:
        """Make the task; nothing is drawn until an image is asked for."""
        classes = handwriting()[1]
        n = len(classes)
        return Task(
            name=name,
            collection=ImageCollection(
                EnlargedDigits(self.image_size), [f"digit-{i:04d}" for i in range(n)]
            ),
            concepts=CONCEPTS,
            annotations=(classes[:, None] == np.arange(len(CONCEPTS))).astype(np.int8),
            splitter=StratifiedSplitter(classes, self.test_images),
            size_unit="images",
            single_label=True,
            metrics=("mean_class_accuracy", "top1_error", "ap"),
            mirror=False,
            description=DESCRIPTION,
            notes=[WRITERS],
        )


class StratifiedSplitter:
    """Test and training images with the same share of every class, drawn by seed.

    Parameters
    ----------
    classes : ndarray of shape (n,), int
        Class of each sample, from 0 up.
    test_images : int
        How many are for test.
    """

    def __init__(self, classes: np.ndarray, test_images: int) -> None:
        self.classes = classes
        self.test_images = test_images

    def __call__(self, seed: int, train_size: int | None) -> Split:
        """Split; a smaller training size is a part of a larger one, and test stays.

        Raises
        ------
        ValueError
            If there are fewer training images than asked for.
        """
        order = self._mixed(seed)
        test, train = order[: self.test_images], order[self.test_images :]
        size = len(train) if train_size is None else train_size
        if not 0 < size <= len(train):
            raise ValueError(f"train_size must be in [1, {len(train)}], got {size}")
        return Split(np.sort(train[:size]), np.zeros(0, dtype=np.intp), np.sort(test))

    def _mixed(self, seed: int) -> np.ndarray:
        # Each sample's place within its class, as a share of the class: sorted by it, every
        # stretch of the order has each class at its share, give or take one image.
        share = np.empty(len(self.classes))
        for label in np.unique(self.classes):
            members = np.flatnonzero(self.classes == label)
            rng = np.random.default_rng([seed, int(label)])
            share[rng.permutation(members)] = (np.arange(len(members)) + 0.5) / len(members)
        return np.lexsort((self.classes, share))
