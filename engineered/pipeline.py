"""The engineered stages in order, as one detector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.judged import check_annotations
from engineered.explanation.contributions import contributions
from engineered.fitting import fit_supervised, seeded, videos_of
from engineered.images import Images
from engineered.representation import Representation
from engineered.sampling import sample_vectors
from engineered.span import ShortRows, project, span
from engineered.stages import Stages

Folds = Iterable[tuple[np.ndarray, np.ndarray]]

# Rows of more dimensions than this many times the training rows are told by inner products.
LONG = 8


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
        else with ``transform(X) -> (n, d)``. If it has ``fit(X, Y)``, it is fitted first; it is
        told `stages` if it has such a parameter.
    classifier : estimator
        With ``fit(F, Y)`` and ``decision_function(F)``.
    aggregator : estimator or None, default=None
        With ``fit(vectors)`` and ``encode(vectors, frames, image_shape)``. Its
        `max_vectors` and `max_images`, if it has them, bound the sample.
    optimization : transformer or None, default=None
        Applied to rows between description and classifier.
    stages : Stages or None, default=None
        Where the expensive stages run, and on how many threads; None runs them at once on one.
    random_state : int or None, default=None
        Seed of the sample, and of each component whose own `random_state` is None.

    Attributes
    ----------
    descriptor_, aggregator_, optimization_, classifier_ : object
        The components as used; those given are never changed.
    training_images_ : sequence of images or None
        What the aggregator was fitted on, where it is needed later.
    span_ : ndarray of shape (n, n + 1), float32, or None
        The training rows as `engineered.span` tells them, if rows are long and the
        classifier knows them by inner products only.
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
        """Learn vocabulary, optimisation and classifier from training images.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB. If it has an attribute `video`, an
            array of their videos' names, nothing that is chosen by cross-validation parts
            the images of a video.
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
        rows = self.fit_rows(X, Y)
        self.classifier_ = seeded(self.classifier, self.random_state)
        with self._stages().timed("classifier", len(X)):
            fit_supervised(self.classifier_, rows, Y, videos_of(X))
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
        rows = self.rows(X)
        with self._stages().timed("scoring", len(X)):
            return np.asarray(self.classifier_.decision_function(rows), dtype=np.float32)

    def explain(self, image: np.ndarray, concept: int) -> Any:
        """Tell what each local vector of an image adds to a concept's score.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.
        concept : int
            Column of the scores.

        Returns
        -------
        Contributions or str
            See `engineered.explanation.contributions`; a reason where the score is no sum.
        """
        check_is_fitted(self, "n_concepts_")
        return contributions(self, image, concept)

    def fit_rows(self, X: Images, Y: np.ndarray) -> np.ndarray:
        """Learn all but the classifier.

        Parameters
        ----------
        X, Y : as for `fit`

        Returns
        -------
        ndarray of shape (len(X), d), float32
            The rows of the training images that a classifier takes.
        """
        self.check()
        stages = self._stages()
        self.descriptor_ = seeded(self.descriptor, self.random_state)
        self._taught: list[Any] = []
        if hasattr(self.descriptor_, "fit"):
            if "stages" in self.descriptor_.get_params(deep=False):
                self.descriptor_.set_params(stages=self.stages)
            self.descriptor_.fit(X, Y)
            # Its rows depend on what it was shown.
            self._taught = [Y]
        self.optimization_ = seeded(self.optimization, self.random_state)
        self.aggregator_: Any = None
        self.training_images_ = X if self._taught else None
        self.span_: np.ndarray | None = None
        self._training: ShortRows | None = None
        if self.aggregator is not None:
            self._aggregator_parameters = seeded(self.aggregator, self.random_state)
            # Injected stages need them as a key, rows told by inner products in order to exist.
            self.training_images_ = None if self.stages is None else X
            self.aggregator_ = stages.value(
                "vocabulary",
                self._parts(),
                lambda: self._fit_aggregator(X),
                fitted_on=X,
            )
        if self._by_span(len(X)):
            self.training_images_ = X
            if self.optimization_ is not None:
                # It looks at each row alone: there is nothing to fit but the length.
                self.optimization_.fit(np.zeros((1, self.aggregator_.dimension), np.float32))
            self.span_ = stages.value(
                "encode", self._span_key(), lambda: self._fit_span(X), fitted_on=X
            )
            return self.span_
        rows = self._plain_rows(X)
        if self.optimization_ is not None:
            with stages.timed("optimization", len(X)):
                fit_supervised(self.optimization_, rows, Y, videos_of(X), self.classifier)
                rows = self.optimization_.transform(rows)
        return rows

    def rows(self, X: Images) -> np.ndarray:
        """Return what the classifier takes.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB.

        Returns
        -------
        ndarray of shape (len(X), d), float32
            A row an image.
        """
        if self.span_ is not None:
            return self._stages().rows(
                "encode", self._span_key(), X, self._project, fitted_on=self.training_images_
            )
        rows = self._plain_rows(X)
        return rows if self.optimization_ is None else self.optimization_.transform(rows)

    def held_out_scores(self, X: Images, Y: np.ndarray, folds: Folds) -> np.ndarray:
        """Score the training images by classifiers that were trained without them.

        Only what learns from annotations is trained anew: classifier and optimisation, and all
        of it where the descriptor does. A vocabulary has seen the training images, but not
        their annotations.

        Parameters
        ----------
        X, Y : as for `fit`
            The very images and annotations that the detector was fitted on.
        folds : iterable of (fitted, held_out)
            Positions of the images that a classifier is trained on, and that it scores.

        Returns
        -------
        ndarray of shape (len(X), n_concepts), float32
            0 where no fold holds an image out.
        """
        check_is_fitted(self, "n_concepts_")
        if self._taught:
            return self._held_out_anew(X, Y, folds)
        spanned = self.span_ is not None
        rows = self._plain_rows(X) if self.span_ is None else self.span_
        groups = videos_of(X)
        scores = np.zeros(Y.shape, np.float32)
        for fitted, held_out in folds:
            optimization = None if spanned else seeded(self.optimization, self.random_state)
            classifier = seeded(self.classifier, self.random_state)
            mine = None if groups is None else groups[fitted]
            with self._stages().timed("classifier", len(fitted)):
                known, unknown = rows[fitted], rows[held_out]
                if optimization is not None:
                    fit_supervised(optimization, known, Y[fitted], mine, self.classifier)
                    known, unknown = map(optimization.transform, (known, unknown))
                fit_supervised(classifier, known, Y[fitted], mine)
            scores[held_out] = classifier.decision_function(unknown)
        return scores

    def _held_out_anew(self, X: Any, Y: np.ndarray, folds: Folds) -> np.ndarray:
        scores = np.zeros(Y.shape, np.float32)
        for fitted, held_out in folds:
            anew = EngineeredDetector(**self.get_params(deep=False))
            scores[held_out] = anew.fit(X[fitted], Y[fitted]).decision_function(X[held_out])
        return scores

    def _stages(self) -> Any:
        return Stages() if self.stages is None else self.stages

    def check(self) -> None:
        """Raise ValueError for components that do not fit together, or a parameter of theirs."""
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
        for component in (self.descriptor, self.aggregator, self.optimization, self.classifier):
            if hasattr(component, "check"):
                component.check()
        if getattr(self.classifier, "needs_histograms", False) and (signed := self.signed_by()):
            raise ValueError(
                f"the classifier {type(self.classifier).__name__} compares histograms, as its "
                f"options are, but rows of {signed} hold negative values: take linear-svm, or "
                'kernel-svm with kernel = "rbf"'
            )

    def signed_by(self) -> str | None:
        """Return the component that makes rows hold negative values, where one is known to."""
        for component in (self.optimization, self.aggregator or self.descriptor):
            if getattr(component, "signed", False):
                return type(component).__name__
        return None

    def _fit_aggregator(self, X: Images) -> Any:
        aggregator = clone(self._aggregator_parameters)
        threads = self._representation().threads
        vectors, places = sample_vectors(
            self.descriptor_, aggregator, X, self.random_state, threads
        )
        if getattr(aggregator, "wants_places", False):
            return aggregator.fit(vectors, places)
        return aggregator.fit(vectors)

    def _representation(self) -> Representation:
        threads = getattr(self._stages(), "threads", 1)
        return Representation(self.descriptor_, self.aggregator_, threads)

    def _parts(self) -> list[Any]:
        """Return what plain rows depend on, but for the images."""
        if self.aggregator is None:
            return [self.descriptor_, *self._taught]
        return [self.descriptor_, *self._taught, self._aggregator_parameters, self.random_state]

    def _plain_rows(self, X: Images) -> np.ndarray:
        stage = "extract" if self.aggregator_ is None else "encode"
        return self._stages().rows(
            stage, self._parts(), X, self._representation().rows, fitted_on=self.training_images_
        )

    def _by_span(self, n: int) -> bool:
        """Whether rows are so long that they are better told by their inner products."""
        return (
            self.aggregator_ is not None
            and getattr(self.aggregator_, "dimension", 0) > LONG * n
            and getattr(self.classifier, "inner_products_only", False)
            and (self.optimization is None or self.optimization.per_row)
        )

    def _span_key(self) -> list[Any]:
        return [*self._parts(), self.optimization_, ShortRows, project]

    def _optimize(self, rows: np.ndarray) -> np.ndarray:
        return rows if self.optimization_ is None else self.optimization_.transform(rows)

    def folded_bytes(self, n_concepts: int) -> int:
        """Return how much larger the model is where no training row is at hand.

        Told by inner products, rows need the training rows; a linear classifier can do
        without them by weights at full length instead.

        Parameters
        ----------
        n_concepts : int
            Number of concepts.

        Returns
        -------
        int
            Bytes; 0 for rows that are used as they are.
        """
        if self.span_ is None:
            return 0
        return 4 * self.aggregator_.dimension * n_concepts - self.span_.nbytes

    def release(self) -> None:
        """Forget the training rows at full length, gigabytes as a rule.

        They are made again if rows of other images are asked for that no cache has.
        """
        self._training = None

    def _training_rows(self, X: Images) -> ShortRows:
        if self._training is None:
            self._training = self._representation().short_rows(X, self._optimize)
        return self._training

    def _fit_span(self, X: Images) -> np.ndarray:
        return span(self._training_rows(X).gram())

    def _project(self, X: Images) -> np.ndarray:
        assert self.span_ is not None
        assert self.training_images_ is not None
        training = self._training_rows(self.training_images_)
        blocks = self._representation().blocks(X, self._optimize)
        told = []
        for rows in blocks:
            squares = np.einsum("ij,ij->i", rows, rows)
            told.append(project(training.inner(rows), squares, self.span_))
        return np.concatenate(told)

    def __getstate__(self) -> dict[str, Any]:
        # Gigabytes that can be made again.
        return {**super().__getstate__(), "_training": None}
