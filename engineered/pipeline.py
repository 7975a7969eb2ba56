"""The engineered stages in order, as one detector."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.judged import check_annotations
from engineered.images import Images
from engineered.stages import Stages

# For an aggregator that does not say how many vectors and images it wants.
MAX_VECTORS = 100_000
MAX_IMAGES = 1_000


class EngineeredDetector(BaseEstimator):
    """Descriptor, aggregation, optimisation and classifier, one after the other.

    With an aggregator, the descriptor is local: its vectors are sampled from
    training images to fit the aggregator, and then streamed into it image by
    image, never held for two images at once. Without one, the descriptor is
    global and gives a row an image.

    Parameters
    ----------
    descriptor : object
        With ``extract(image) -> (vectors, frames)`` if there is an aggregator,
        else with ``transform(X) -> (n, d)``.
    classifier : estimator
        With ``fit(F, Y)`` and ``decision_function(F)``.
    aggregator : estimator or None, default=None
        With ``fit(vectors)`` and ``encode(vectors, frames, image_shape)``. Its
        `max_vectors` and `max_images`, if it has them, bound the sample.
    optimization : transformer or None, default=None
        Applied to rows between description and classifier.
    stages : Stages or None, default=None
        Where the expensive stages run; None runs them at once.
    random_state : int or None, default=None
        Seed of the sample, and of each component whose own `random_state` is None.

    Attributes
    ----------
    descriptor_, aggregator_, optimization_, classifier_ : object
        The components as used; those given are never changed.
    training_images_ : sequence of images or None
        What the aggregator was fitted on, kept only for injected `stages`, which
        need it as a key.
    """

    def __init__(
        self,
        descriptor: Any,
        classifier: Any,
        aggregator: Any = None,
        optimization: Any = None,
        stages: Any = None,
        random_state: int | None = None,
    ) -> None:
        self.descriptor = descriptor
        self.classifier = classifier
        self.aggregator = aggregator
        self.optimization = optimization
        self.stages = stages
        self.random_state = random_state

    def warm_up(self) -> None:
        """Let the components compile and load what they need before anything is timed."""
        for component in (self.descriptor, self.aggregator, self.optimization, self.classifier):
            if hasattr(component, "warm_up"):
                component.warm_up()

    def fit(self, X: Images, Y: np.ndarray) -> EngineeredDetector:
        """Learn vocabulary and classifier from training images.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB.
        Y : ndarray of shape (len(X), n_concepts), int8
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a concept has no positive or no negative among its judged samples,
            or a component returns rows of a wrong shape or values that are not finite.
        """
        # Before the hours of extraction, not after.
        Y = check_annotations(Y, len(X))
        self._check_components()
        stages = self._stages()
        self.descriptor_ = self._seeded(self.descriptor)
        self.optimization_ = self._seeded(self.optimization)
        self.classifier_ = self._seeded(self.classifier)
        self.aggregator_: Any = None
        self.training_images_ = None
        if self.aggregator is not None:
            self._aggregator_parameters = self._seeded(self.aggregator)
            self.training_images_ = None if self.stages is None else X
            self.aggregator_ = stages.value(
                "vocabulary",
                [self.descriptor_, self._aggregator_parameters, self.random_state],
                lambda: self._fit_aggregator(X),
                fitted_on=X,
            )
        rows = self._rows(X)
        with stages.timed("classifier", len(X)):
            if self.optimization_ is not None:
                rows = self.optimization_.fit(rows).transform(rows)
            self.classifier_.fit(rows, Y)
        self.n_concepts_ = Y.shape[1]
        return self

    def decision_function(self, X: Images) -> np.ndarray:
        """Score images.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB.

        Returns
        -------
        ndarray of shape (len(X), n_concepts), float32
            Higher is likelier; unbounded.
        """
        check_is_fitted(self, "n_concepts_")
        if len(X) == 0:
            return np.empty((0, self.n_concepts_), np.float32)
        rows = self._rows(X)
        with self._stages().timed("scoring", len(X)):
            if self.optimization_ is not None:
                rows = self.optimization_.transform(rows)
            return np.asarray(self.classifier_.decision_function(rows), dtype=np.float32)

    def _stages(self) -> Any:
        return Stages() if self.stages is None else self.stages

    def _check_components(self) -> None:
        name = type(self.descriptor).__name__
        if self.aggregator is None and not hasattr(self.descriptor, "transform"):
            hint = ""
            if hasattr(self.descriptor, "extract"):
                hint = "; it is a local descriptor, so give an aggregator, too"
            raise ValueError(f"the descriptor {name} has no transform(X){hint}")
        if self.aggregator is not None and not hasattr(self.descriptor, "extract"):
            raise ValueError(
                f"the descriptor {name} has no extract(image), which an aggregator needs: "
                "leave the aggregator out or take a local descriptor"
            )

    def _seeded(self, component: Any) -> Any:
        """Return a copy of a component with the detector's seed where it has none."""
        if not hasattr(component, "get_params"):
            return component
        component = clone(component)
        if component.get_params(deep=False).get("random_state", 0) is None:
            component.set_params(random_state=self.random_state)
        return component

    def _rows(self, X: Images) -> np.ndarray:
        if self.aggregator_ is None:
            rows = self._stages().rows("extract", [self.descriptor_], X, self._describe)
        else:
            rows = self._stages().rows(
                "encode",
                [self.descriptor_, self._aggregator_parameters, self.random_state],
                X,
                self._encode,
                fitted_on=self.training_images_,
            )
        return rows

    def _describe(self, X: Images) -> np.ndarray:
        rows = np.asarray(self.descriptor_.transform(X), dtype=np.float32)
        name = type(self.descriptor_).__name__
        if rows.ndim != 2 or len(rows) != len(X):
            raise ValueError(
                f"{name}.transform must return one row an image, ({len(X)}, d); "
                f"got the shape {rows.shape}"
            )
        _check_finite(rows, f"{name}.transform", X)
        return rows

    def _encode(self, X: Images) -> np.ndarray:
        rows: np.ndarray | None = None
        for i, image in enumerate(X):
            vectors, frames = self.descriptor_.extract(image)
            row = self.aggregator_.encode(vectors, frames, image.shape)
            if rows is None:
                rows = np.empty((len(X), len(row)), np.float32)
            rows[i] = row
        if rows is None:
            raise ValueError("there are no images to encode")
        _check_finite(rows, f"{type(self.aggregator_).__name__}.encode", X)
        return rows

    def _fit_aggregator(self, X: Images) -> Any:
        aggregator = clone(self._aggregator_parameters)
        return aggregator.fit(self._sample(X))

    def _sample(self, X: Images) -> np.ndarray:
        """Return local vectors of training images, about equally many from each."""
        aggregator = self._aggregator_parameters
        max_images = min(getattr(aggregator, "max_images", MAX_IMAGES), len(X))
        random = np.random.default_rng(self.random_state)
        chosen = np.sort(random.choice(len(X), max_images, replace=False))
        an_image = math.ceil(getattr(aggregator, "max_vectors", MAX_VECTORS) / max_images)
        sample = []
        for image in _at(X, chosen):
            vectors, _ = self.descriptor_.extract(image)
            # Flat ground teaches a vocabulary nothing.
            candidates = np.flatnonzero(vectors.any(axis=1))
            if len(candidates) > an_image:
                candidates = np.sort(random.choice(candidates, an_image, replace=False))
            sample.append(vectors[candidates])
        return np.concatenate(sample)


def _at(X: Images, indices: np.ndarray) -> Iterator[np.ndarray]:
    # In order and complete: a collection can then decode ahead.
    return iter(X) if len(indices) == len(X) else (X[int(i)] for i in indices)


def _check_finite(rows: np.ndarray, source: str, X: Images) -> None:
    broken = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(broken):
        # A collection knows its images by name; elsewhere their place must do.
        ids = getattr(X, "ids", None)
        first = f"number {broken[0]}" if ids is None else f"{ids[broken[0]]}"
        raise ValueError(
            f"{source} returned NaN or infinite values for {len(broken)} images, "
            f"the first being {first}"
        )
