"""A folder a concept, split as Caltech-101 is: k training images a class, the rest for test."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from benchmarks.collection import Files, ImageCollection
from benchmarks.decoding import SUFFIXES
from benchmarks.tasks.base import Split, Task
from benchmarks.tasks.files import OnBadImage, readable


class PerClassSplitter:
    """Draw k training images of every class, and at most some of the rest for test.

    Parameters
    ----------
    labels : ndarray of shape (n,), int
        The class of each sample.
    names : sequence of str
        The classes.
    test_per_class : int
        At most so many test images a class, so that large classes do not weigh more in
        figures taken over images.
    default_size : int
        k where a suite gives none.

    Notes
    -----
    A class is permuted once a seed; training takes from the front and test from the back.
    So a smaller training set is part of a larger one, whose test set is part of the smaller
    one's.
    """

    def __init__(
        self, labels: np.ndarray, names: tuple[str, ...], test_per_class: int, default_size: int
    ) -> None:
        self.labels = labels
        self.names = names
        self.test_per_class = test_per_class
        self.default_size = default_size

    def __call__(self, seed: int, train_size: int | None) -> Split:
        k = self.default_size if train_size is None else train_size
        if k < 1:
            raise ValueError(f"a training size of {k} images a class: it must be at least 1")
        train, test = [], []
        for label, name in enumerate(self.names):
            members = np.flatnonzero(self.labels == label)
            if len(members) <= k:
                fewer = "lower train_sizes, add images to it" if k > 1 else "add images to it"
                count = f"{len(members)} image{'s' * (len(members) != 1)}"
                raise ValueError(
                    f"class {name!r} has {count}: too few for {k} to train on and one to test; "
                    f"{fewer}, or leave the class out (exclude)"
                )
            # The class's name seeds its order, so that adding a class moves no other.
            salt = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
            order = np.random.default_rng([seed, salt]).permutation(members)
            train.append(order[:k])
            test.append(order[max(k, len(order) - self.test_per_class) :])
        return Split(
            np.sort(np.concatenate(train)),
            np.zeros(0, dtype=np.intp),
            np.sort(np.concatenate(test)),
        )


def default_size(smallest: int, test_per_class: int) -> int:
    """Return how many images a class to train on where a suite does not say.

    Parameters
    ----------
    smallest : int
        Images of the smallest class.
    test_per_class : int
        At most so many are tested on.

    Returns
    -------
    int
        From 1 to 30. The smallest class keeps a third for test, or `test_per_class` if that
        is less: a class that is tested on one image has its mean decided by it.
    """
    kept = min(test_per_class, -(-smallest // 3))
    return max(1, min(30, smallest - kept))


class FolderTask:
    """A single-label task from a folder whose sub-folders are the classes.

    Parameters
    ----------
    path : str or Path
        The folder.
    test_per_class : int
        At most so many test images a class. Without `train_sizes`, two thirds of the smallest
        class are trained on, of every class as many: more where this leaves so many for test,
        and at most 30.
    exclude : sequence of str
        Sub-folders that are not classes.
    max_classes : int, optional
        Take only the first classes, by name: for a trial of a suite, never for figures.
    on_bad_image : {"error", "skip"}
        What to do about files that do not decode.

    References
    ----------
    L. Fei-Fei, R. Fergus, P. Perona, "Learning generative visual models from few training
    examples", CVPR workshop 2004, for the collection that the protocol comes from.
    """

    def __init__(
        self,
        path: str | Path,
        test_per_class: int = 50,
        exclude: tuple[str, ...] | list[str] = (),
        max_classes: int | None = None,
        on_bad_image: OnBadImage = "error",
    ) -> None:
        self.path = Path(path)
        self.test_per_class = test_per_class
        self.exclude = tuple(exclude)
        self.max_classes = max_classes
        self.on_bad_image = on_bad_image

    def load(self, name: str) -> Task:
        """Scan the folder.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        ValueError
            If it holds fewer than two classes, or `exclude` names none of them.
        """
        if not self.path.is_dir():
            raise FileNotFoundError(f"{self.path} is not a folder")
        folders = sorted(p for p in self.path.iterdir() if p.is_dir() and p.name[0] != ".")
        unknown = set(self.exclude) - {p.name for p in folders}
        if unknown:
            raise ValueError(f"exclude names {sorted(unknown)}, not found in {self.path}")
        folders = [p for p in folders if p.name not in self.exclude][: self.max_classes]
        paths, labels = [], []
        for label, folder in enumerate(folders):
            found = sorted(
                p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.name[0] != "."
            )
            paths += found
            labels += [label] * len(found)
        keep, excluded = readable(paths, self.on_bad_image)
        paths = [p for p, kept in zip(paths, keep) if kept]
        label_of = np.asarray(labels, dtype=np.int64)[keep]
        names = tuple(folder.name for folder in folders)
        empty = [n for i, n in enumerate(names) if not (label_of == i).any()]
        if len(names) < 2 or empty:
            raise ValueError(
                f"{self.path}: "
                + (
                    f"no images in {empty}"
                    if empty
                    else "expected a sub-folder a concept, at least two"
                )
            )
        counts = np.bincount(label_of)
        low, high = int(counts.min()), int(counts.max())
        each = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return Task(
            name=name,
            collection=ImageCollection(
                Files(paths), [p.relative_to(self.path).as_posix() for p in paths]
            ),
            concepts=names,
            annotations=(label_of[:, None] == np.arange(len(names))).astype(np.int8),
            splitter=PerClassSplitter(
                label_of, names, self.test_per_class, default_size(low, self.test_per_class)
            ),
            size_unit="images a class",
            single_label=True,
            metrics=("mean_class_accuracy", "top1_error", "ap"),
            description=(
                f"{len(paths):,} images of {len(names)} classes ({each} each), "
                f"one class an image; at most {self.test_per_class} test images a class."
            ),
            excluded=excluded,
        )
