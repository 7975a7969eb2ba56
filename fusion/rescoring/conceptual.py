"""Conceptual re-scoring: what other concepts are likely in a sample tells of this one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from engineered import parameters
from fusion.calibration import LogOdds
from fusion.rescoring.co_occurrence import co_occurrence, most_related
from fusion.rescoring.mixing import Mask, check_choice, choose_mixture, parts_of
from fusion.rescoring.relations import project, read_relations, resolve
from fusion.scaling import ZScore
from fusion.scores import Scores, check_annotations, check_like_fitted

CONTEXTS = ("regression", "co-occurrence", "none")
# Bounds the working memory: concepts are taken in blocks of about so many values.
BLOCK = 8_000_000
# A concept whose scores tell nothing has log-odds of slope 0, which could not be undone.
LEAST_SLOPE = 0.05


class ConceptTask(Protocol):
    """What a conceptual re-scoring asks of a task."""

    name: str
    concepts: Sequence[str]


class ConceptualRescoring(BaseEstimator):  # type: ignore[misc]
    """Mix each concept's score with those of the concepts that are related to it.

    With z the scores standardised on validation, concept c's becomes ``b_c z_c + sum_k b_ck z_k``
    over the `related` concepts k whose annotations are most correlated with its own (see
    `fusion.rescoring.co_occurrence`), brought back to the mean and the deviation that the
    concept's scores had. "regression": the b are coefficients of a logistic regression on the
    vector of these scores. "co-occurrence": b_ck is ``g r_ck``, r being the correlation of
    annotations and g the one strength that is learned, not negative; the weighted sum is
    standardised.

    Strength is a concept's own and drawn to none: the regression is drawn to the concept's own
    score, its penalty is that of the highest likelihood on validation samples held out (whole
    videos at a time), and a concept is left as it is unless this exceeds the likelihood of its own
    score by `standard_errors` of the gain's standard error (see
    `fusion.rescoring.mixing.choose_mixture`).

    `relations` are applied to the result: log-odds are fitted to each concept's re-scored
    validation scores, and moved as little as makes each implied concept at least as likely as
    what implies it (see `fusion.rescoring.relations.project`).

    Parameters
    ----------
    context : {"regression", "co-occurrence", "none"}
        "none" leaves the relations only.
    related : int, at least 1
        How many other concepts tell of each. Many are right for large validation sets only: each
        is a coefficient to learn.
    penalties : sequence of float, above 0
        Penalties to choose from; the larger, the weaker the context.
    shrinkage : float, at least 0
        Positives at which a correlation of annotations counts half.
    standard_errors : float, at least 0
        How many standard errors a gain must exceed.
    folds : int, at least 2
        Parts of validation held out in turn.
    relations : path, sequence of (if, then), or None
        Names of concepts, or a file of them (see `fusion.rescoring.relations.read_relations`).

    Attributes
    ----------
    weights_ : array of shape (c, c), float64
        What concept c (row) takes of the standardised score of each concept (column); the identity
        where nothing is taken.
    gain_ : array of shape (c,), float64
        Gain in log-likelihood a judged sample held out, in nats; 0 where nothing is taken.

    References
    ----------
    A. Hamadi, P. Mulhem, G. Quénot: Conceptual feedback for semantic multimedia indexing. CBMI
    2013. J. Smith, M. Naphade, A. Natsev: Multimedia semantic indexing using model vectors. ICME
    2003, for classifiers on the vector of concepts' scores.
    """

    def __init__(
        self,
        context: str = "regression",
        related: int = 5,
        penalties: Sequence[float] = (30.0, 100.0, 300.0),
        shrinkage: float = 5.0,
        standard_errors: float = 1.0,
        folds: int = 10,
        relations: str | Path | Sequence[Sequence[str]] | None = None,
    ) -> None:
        self.context = context
        self.related = related
        self.penalties = penalties
        self.shrinkage = shrinkage
        self.standard_errors = standard_errors
        self.folds = folds
        self.relations = relations

    def check(self) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        parameters.check_choice("context", self.context, CONTEXTS)
        parameters.check_whole("related", self.related)
        parameters.check_number("shrinkage", self.shrinkage, least=0)
        check_choice(self.penalties, self.standard_errors)
        parameters.check_whole("folds", self.folds, least=2)

    def check_concepts(self, concepts: Sequence[str]) -> None:
        """Raise ValueError for relations of concepts that a task has not, or in a circle."""
        if self.relations is not None and not isinstance(self.relations, (str, Path)):
            resolve(self.relations, concepts)

    def locate(self, base: Path) -> ConceptualRescoring:
        """Read the file of relations, so that they are known by what they say.

        Parameters
        ----------
        base : Path
            Folder that a relative path starts from.

        Returns
        -------
        ConceptualRescoring
            Itself where no file is named, else an unfitted one with the relations in its place.

        Raises
        ------
        OSError, ValueError
            For a file that cannot be read, or is none of relations.
        """
        if not isinstance(self.relations, (str, Path)):
            return self
        located: ConceptualRescoring = clone(self)
        return located.set_params(relations=read_relations(base / self.relations))

    def fit(self, S: Scores, Y: ArrayLike) -> ConceptualRescoring:
        """Learn weights on validation.

        Parameters
        ----------
        S : Scores
            n validation samples of one system; with videos, where there are any, and with the
            concepts' names, where there are relations.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        ConceptualRescoring

        Raises
        ------
        ValueError
            For several members, annotations that do not belong to the scores, an option out of
            its range, or relations that do not fit the concepts.
        """
        self.check()
        annotations = check_annotations(S, Y)
        scores, c = S.single, S.n_concepts
        self.pairs_ = self._pairs(S)
        self.scaling_ = ZScore().fit(scores)
        own = self.scaling_.transform(scores).astype(np.float64)
        self.weights_, self.gain_ = np.eye(c), np.zeros(c)
        if self.context != "none" and c > 1:
            self._learn(own, S, annotations)
        mixed = own @ self.weights_.T
        # The deviation of a sum that never varies may be a rounding error instead of 0.
        varies = np.ptp(mixed, axis=0) > 1e-9
        self.mean_, self.deviation_ = mixed.mean(axis=0), np.where(varies, mixed.std(axis=0), 1.0)
        if self.pairs_:
            self.calibration_ = LogOdds().fit(self._rescored(scores), annotations)
        return self

    def _pairs(self, S: Scores) -> list[tuple[int, int]]:
        if self.relations is None:
            return []
        given = self.relations
        read = read_relations(given) if isinstance(given, (str, Path)) else given
        return resolve(read, S.concepts)

    def _learn(self, own: NDArray[np.float64], S: Scores, Y: NDArray[np.int8]) -> None:
        parts = parts_of(S, Y, self.folds)
        n, c = own.shape
        width = min(int(self.related), c - 1)
        size = max(1, BLOCK // (n * (width + 1) * 2))
        for first in range(0, c, size):
            block = slice(first, min(first + size, c))

            def contexts(fitted: Mask, block: slice = block) -> list[NDArray[np.float64]]:
                places, strengths = self._related(Y[fitted], block)
                scores = own[:, places]
                if self.context == "regression":
                    return [scores]
                total = (scores * strengths).sum(axis=2, keepdims=True)
                return [total / _deviation(total[fitted])]

            mixture = choose_mixture(
                own[:, block],
                contexts,
                Y[:, block],
                parts,
                penalties=self.penalties,
                standard_errors=self.standard_errors,
                nonnegative=self.context == "co-occurrence",
            )
            places, strengths = self._related(Y, block)
            others = mixture.shares[:, 1:]
            if self.context == "co-occurrence":
                total = (own[:, places] * strengths).sum(axis=2, keepdims=True)
                others = others * strengths / _deviation(total)[0]
            rows = np.arange(block.start, block.stop)
            self.weights_[rows, rows] = mixture.shares[:, 0]
            self.weights_[rows[:, None], places] = others
            self.gain_[block] = mixture.gain

    def _related(
        self, Y: NDArray[np.int8], block: slice
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The concepts that tell of those in a block, and their correlations, (block, related)."""
        correlations = co_occurrence(Y, self.shrinkage)
        places = most_related(correlations, int(self.related))[block]
        return places, np.take_along_axis(correlations[block], places, axis=1)

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Re-score samples.

        Parameters
        ----------
        S : Scores
            One system's scores. Each sample is re-scored by itself.

        Returns
        -------
        array of shape (n, c), float32
            On the scale of the scores given; concepts that take nothing and are in no relation
            are returned as they are.

        Raises
        ------
        ValueError
            For several members or other concepts.
        """
        check_is_fitted(self, "weights_")
        scores = S.single
        check_like_fitted(S, (1, len(self.weights_)))
        out = self._rescored(scores)
        if self.pairs_:
            calibration = self.calibration_
            slope = np.maximum(calibration.slope_, LEAST_SLOPE)
            z = calibration.scaling_.transform(out).astype(np.float64)
            log_odds = z * slope + calibration.intercept_
            moved = project(log_odds, self.pairs_) - log_odds
            spread = np.where(calibration.scaling_.scale_ > 0, calibration.scaling_.scale_, 1.0)
            out = np.where(moved != 0, out + moved / slope * spread, out)
        return out.astype(np.float32)

    def _rescored(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores under the weights, on the scale that each concept's had on validation."""
        z = self.scaling_.transform(scores).astype(np.float64)
        mixed = (z @ self.weights_.T - self.mean_) / self.deviation_
        back = mixed * self.scaling_.scale_ + self.scaling_.offset_
        taken = (self.weights_ != np.eye(len(self.weights_))).any(axis=1)
        return np.where(taken, back, scores)

    def unsupported(self, task: ConceptTask) -> str | None:
        """The reason why a task cannot be re-scored: it has no other concepts."""
        if len(task.concepts) > 1:
            return None
        return f"task {task.name} has one concept: there are no others to tell of it"


def _deviation(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation over samples, 1 where nothing varies, shape (1, ...)."""
    deviation = values.std(axis=0, keepdims=True)
    return np.where(deviation > 1e-12, deviation, 1.0)
