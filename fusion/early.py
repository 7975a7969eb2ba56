"""Early fusion: the systems' rows or kernels become one before any concept is learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.fitting import fit_supervised, seeded, videos_of
from engineered.images import Images
from engineered.parameters import check_choice, check_number, did_you_mean
from engineered.pipeline import EngineeredDetector
from engineered.span import project, span
from engineered.stages import Stages
from fusion.kernel_weights import search_weights, weighted_sum
from fusion.member_kernel import MemberKernel

#: How members can be made one, with a line on each.
METHODS = {
    "concatenation": "The members' rows, each member's of unit variance, side by side.",
    "kernel-sum": "The members' kernels, each of unit variance, summed.",
}
#: What may take the place of a classifier of histograms.
SUITED = 'take linear-svm, logistic-regression, or kernel-svm with kernel = "rbf"'


class EarlyFusion(BaseEstimator):  # type: ignore[misc]
    """One classifier on several engineered systems at once.

    Each member describes the images its own way, vocabulary and optimisation included;
    its classifier is not trained, but tells which kernel it would use.

    Parameters
    ----------
    members : sequence of EngineeredDetector
        At least two.
    classifier : estimator
        With ``fit(F, Y)`` and ``decision_function(F)``.
    method : {"kernel-sum", "concatenation"}, default="kernel-sum"
        "kernel-sum": the members' kernels, each of unit variance, are summed. The classifier
        takes rows whose inner products are that sum (see `engineered.span`), and should
        depend on inner products only.
        "concatenation": the members' rows, each member's of unit variance, side by side.
    weights : {"search", "equal"} or sequence of float, default="search"
        Weight of each member's kernel (of its squared rows). "search": those with which kernel
        ridge regression best ranks training images of which it has not seen the image or, where
        there are videos, the video.
    stages : Stages or None, default=None
        Where the members' expensive stages run; None runs them at once.
    random_state : int or None, default=None
        Seed of all that has none of its own.

    Attributes
    ----------
    weights_ : array of shape (n_members,), float64
        The weights used, summing to 1.
    members_ : list of EngineeredDetector
        Fitted but for their classifiers.

    References
    ----------
    P. Gehler, S. Nowozin: On feature combination for multiclass object classification.
    ICCV 2009.
    C. Snoek, M. Worring, A. Smeulders: Early versus late fusion in semantic video analysis.
    ACM Multimedia 2005.
    """

    def __init__(
        self,
        members: Sequence[EngineeredDetector],
        classifier: Any,
        method: str = "kernel-sum",
        weights: str | Sequence[float] = "search",
        stages: Any = None,
        random_state: int | None = None,
    ) -> None:
        self.members = members
        self.classifier = classifier
        self.method = method
        self.weights = weights
        self.stages = stages
        self.random_state = random_state

    def warm_up(self) -> None:
        """Let the components compile and load what they need before anything is timed."""
        for component in (*self.members, self.classifier):
            if hasattr(component, "warm_up"):
                component.warm_up()

    def check(self, members: Sequence[str] | None = None) -> None:
        """Raise ValueError for parameters that cannot be right, before images are read.

        Parameters
        ----------
        members : sequence of str, optional
            The members' names, for the message.
        """
        check_choice("method", self.method, METHODS)
        if len(self.members) < 2:
            raise ValueError(f"early fusion needs two members at least, got {len(self.members)}")
        names = members or [_called(place, member) for place, member in enumerate(self.members, 1)]
        for name, member in zip(names, self.members, strict=True):
            try:
                member.check()
            except ValueError as error:
                raise ValueError(f"member {name!r}: {error}") from error
        if hasattr(self.classifier, "check"):
            self.classifier.check()
        self._check_histograms(names)
        if isinstance(self.weights, str):
            if self.weights not in ("search", "equal"):
                hint = did_you_mean(self.weights, ("search", "equal"))
                raise ValueError(
                    'weights must be "search", "equal" or a number a member, got '
                    f"{self.weights!r}{hint}"
                )
            return
        for weight in self.weights:
            check_number("weights", weight, least=0)
        given = np.asarray(self.weights, dtype=np.float64)
        if given.shape != (len(self.members),) or (given < 0).any() or not given.sum() > 0:
            raise ValueError(
                f"weights must be {len(self.members)} numbers, one a member, none negative and "
                f"one above 0; got {list(self.weights)}"
            )

    def _check_histograms(self, names: Sequence[str]) -> None:
        """Refuse a classifier of histograms where what is fused holds negative values."""
        if not getattr(self.classifier, "needs_histograms", False):
            return
        kind = type(self.classifier).__name__
        if self.method == "kernel-sum":
            raise ValueError(
                f"the classifier {kind} compares histograms, as its options are, but kernel-sum "
                f"gives it rows with negative values, which stand for the sum of kernels: {SUITED}"
            )
        for name, member in zip(names, self.members, strict=True):
            if signed := member.signed_by():
                raise ValueError(
                    f"the classifier {kind} compares histograms, as its options are, but rows of "
                    f"the member {name!r} hold negative values, by {signed}: {SUITED}"
                )

    def fit(self, X: Images, Y: NDArray[np.int8]) -> EarlyFusion:
        """Learn from training images.

        Parameters
        ----------
        X : sequence of images
            Each (height, width, 3), uint8, RGB.
        Y : array of shape (len(X), n_concepts), int8
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        EarlyFusion

        Raises
        ------
        ValueError
            For an unknown method, weights that do not fit the members, or what a member
            raises.
        """
        self.check()
        self.members_ = [self._own(member) for member in self.members]
        rows = []
        for member in self.members_:
            rows.append(member.fit_rows(X, Y))
            member.release()
        with self._stages().timed("classifier", len(X)):
            self.kernels_ = [MemberKernel(member.classifier) for member in self.members_]
            kernels = self._kernels(rows)
            self.weights_ = self._weigh(kernels, Y, videos_of(X))
            self.span_ = None
            if self.method == "kernel-sum":
                self.span_ = span(weighted_sum(kernels, self.weights_))
                del kernels
                joint = self.span_
            else:
                self._check_rows(rows)
                joint = self._side_by_side(rows)
            self.classifier_ = seeded(self.classifier, self.random_state)
            fit_supervised(self.classifier_, joint, Y, videos_of(X))
        self._joint = joint
        self.n_concepts_ = Y.shape[1]
        return self

    def decision_function(self, X: Images) -> NDArray[np.float32]:
        """Score images.

        Parameters
        ----------
        X : sequence of images

        Returns
        -------
        array of shape (len(X), n_concepts), float32
            Higher is likelier; unbounded.
        """
        check_is_fitted(self, "n_concepts_")
        if len(X) == 0:
            return np.empty((0, self.n_concepts_), np.float32)
        rows = []
        for member in self.members_:
            rows.append(member.rows(X))
            member.release()
        with self._stages().timed("scoring", len(X)):
            if self.span_ is None:
                joint = self._side_by_side(rows)
            else:
                total = np.zeros((len(X), len(self.span_)), np.float32)
                itself = np.zeros(len(X), np.float32)
                for kernel, mine, weight in zip(self.kernels_, rows, self.weights_):
                    if weight > 0:
                        total += np.float32(weight) * kernel.between(mine)
                        itself += np.float32(weight) * kernel.itself(mine)
                joint = project(total, itself, self.span_)
            return np.asarray(self.classifier_.decision_function(joint), dtype=np.float32)

    def folded_bytes(self, n_concepts: int) -> int:
        """Return how much larger the model is where no training row is at hand, in bytes."""
        return sum(member.folded_bytes(n_concepts) for member in self.members_)

    def held_out_scores(
        self,
        X: Images,
        Y: NDArray[np.int8],
        folds: Iterable[tuple[NDArray[np.intp], NDArray[np.intp]]],
    ) -> NDArray[np.float32]:
        """Score the training images by classifiers that were trained without them.

        The weights of the members, a handful of numbers, are those of all training images.

        Parameters
        ----------
        X, Y : as for `fit`
            The very images and annotations that were fitted on.
        folds : iterable of (fitted, held_out)
            Positions of the images that a classifier is trained on, and that it scores.

        Returns
        -------
        array of shape (len(X), n_concepts), float32
            0 where no fold holds an image out.
        """
        check_is_fitted(self, "n_concepts_")
        groups = videos_of(X)
        scores = np.zeros(Y.shape, np.float32)
        for fitted, held_out in folds:
            classifier = seeded(self.classifier, self.random_state)
            mine = None if groups is None else groups[fitted]
            with self._stages().timed("classifier", len(fitted)):
                fit_supervised(classifier, self._joint[fitted], Y[fitted], mine)
            scores[held_out] = classifier.decision_function(self._joint[held_out])
        return scores

    def _check_rows(self, rows: list[NDArray[np.float32]]) -> None:
        if not getattr(self.classifier, "needs_histograms", False):
            return
        for place, (member, mine) in enumerate(zip(self.members_, rows, strict=True), 1):
            if mine.min(initial=0) < 0:
                raise ValueError(
                    f"the classifier {type(self.classifier).__name__} compares histograms, but "
                    f"rows of member {_called(place, member)} hold negative values: {SUITED}"
                )

    def _stages(self) -> Any:
        return Stages() if self.stages is None else self.stages

    def _own(self, member: EngineeredDetector) -> EngineeredDetector:
        # Not sklearn's clone: it would copy the stages, and costs would go to the copy.
        parameters = member.get_params(deep=False)
        parameters["stages"] = self.stages
        if parameters["random_state"] is None:
            parameters["random_state"] = self.random_state
        return type(member)(**parameters)

    def _kernels(self, rows: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        if self.method == "kernel-sum":
            return [kernel.fit(mine) for kernel, mine in zip(self.kernels_, rows)]
        # Side by side, rows know nothing of kernels but the inner product.
        self.kernels_ = [MemberKernel(None) for _ in rows]
        needed = isinstance(self.weights, str) and self.weights == "search"
        self.scales_ = np.array([_variance(mine) for mine in rows])
        return [kernel.fit(mine) for kernel, mine in zip(self.kernels_, rows)] if needed else []

    def _weigh(
        self,
        kernels: list[NDArray[np.float32]],
        Y: NDArray[np.int8],
        videos: NDArray[Any] | None,
    ) -> NDArray[np.float64]:
        if not isinstance(self.weights, str):
            given = np.asarray(self.weights, dtype=np.float64)
            return given / given.sum()
        if self.weights == "search":
            return search_weights(kernels, Y, videos)
        return np.full(len(self.members), 1.0 / len(self.members))

    def _side_by_side(self, rows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        factors = np.sqrt(self.weights_ / self.scales_)
        used = [
            mine * np.float32(factor)
            for mine, factor in zip(rows, factors)
            if np.isfinite(factor) and factor > 0
        ]
        return np.concatenate(used, axis=1)


def _called(place: int, member: EngineeredDetector) -> str:
    return f"{place} ({type(member.aggregator or member.descriptor).__name__})"


def _variance(rows: NDArray[np.float32]) -> float:
    """Mean squared distance to the mean row; infinite for equal rows, which then count 0."""
    total = float(rows.var(axis=0, dtype=np.float64).sum())
    return total if total > 1e-12 else np.inf
