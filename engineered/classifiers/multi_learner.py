"""Several learners a concept, each on a part of the negatives: for rare concepts."""

from __future__ import annotations

from importlib import import_module
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.judged import NEGATIVE, POSITIVE, UNJUDGED, check_annotations
from engineered.classifiers.rows import check_rows
from engineered.parameters import check_whole, did_you_mean

LEARNERS = {
    "linear-svm": "linear_svm:LinearSVM",
    "kernel-svm": "kernel_svm:KernelSVM",
    "additive-svm": "additive_svm:AdditiveSVM",
    "logistic-regression": "logistic_regression:LogisticRegression",
}
HALF = "half"
# Rows scored at once: bounds the scores of all learners that are held.
CHUNK = 1024


class MultiLearner(BaseEstimator):
    """Average of learners that see all positives and a part of the negatives each.

    The negatives of a concept are shuffled and dealt out in turn, so that each is
    seen about equally often. What a learner does not see is unjudged to it; all
    learners of all concepts are therefore trained side by side by one classifier,
    which shares their work. A score is the mean over the learners of the logistic
    function of their scores.

    Parameters
    ----------
    learner : str or classifier, default="linear-svm"
        "linear-svm", "kernel-svm", "additive-svm" or "logistic-regression", or a
        classifier to clone.
    ratio : float or "half", default="half"
        Negatives a learner: so many times the positives, above 0 (all if there are
        not as many), or half of the negatives.
    n_learners : int, default=10
        Learners a concept, at least 1; a single one where it sees all negatives.
    C : float or list of float, default=1.0
        Cost of a named learner; of several, the learner's cross-validation takes one.
    options : dict or None, default=None
        Other parameters of a named learner.
    random_state : int or None, default=None
        Seed of the shuffle.

    Attributes
    ----------
    learner_ : classifier
        All learners, one a column.
    concept_of_ : ndarray of shape (n_columns,), intp
        The concept of each column, ascending.

    References
    ----------
    B. Safadi, G. Quénot: Evaluations of multi-learner approaches for concept
    indexing in video documents. RIAO 2010.
    """

    def __init__(
        self,
        learner: Any = "linear-svm",
        ratio: float | str = HALF,
        n_learners: int = 10,
        C: Any = 1.0,
        options: dict[str, Any] | None = None,
        random_state: int | None = None,
    ) -> None:
        self.learner = learner
        self.ratio = ratio
        self.n_learners = n_learners
        self.C = C
        self.options = options
        self.random_state = random_state

    @property
    def inner_products_only(self) -> bool:
        """Whether rows matter by their inner products only, as the learner says."""
        return bool(getattr(self._learner(), "inner_products_only", False))

    @property
    def needs_histograms(self) -> bool:
        """Whether rows must not be negative, as the learner says."""
        return bool(getattr(self._learner(), "needs_histograms", False))

    def warm_up(self) -> None:
        """Let the learner load or compile what it needs."""
        learner = self._learner()
        if hasattr(learner, "warm_up"):
            learner.warm_up()

    def fit(self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None) -> MultiLearner:
        """Train all learners.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.
        Y : ndarray of shape (n, n_concepts)
            1 positive, 0 negative, -1 unjudged.
        groups : ndarray of shape (n,), optional
            Videos: rows of equal value are held out together, where the learner
            chooses parameters.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a concept without judged positives or negatives, values that are
            not finite, or parameters out of range.
        """
        self.check()
        learner = self._learner()
        F = check_rows(F)
        Y = check_annotations(Y, len(F))
        random = np.random.default_rng(self.random_state)
        columns = [self._parts(Y[:, concept], random) for concept in range(Y.shape[1])]
        self.concept_of_ = np.repeat(np.arange(Y.shape[1]), [part.shape[1] for part in columns])
        self.learner_ = learner.fit(F, np.hstack(columns), groups)
        self.n_features_in_ = F.shape[1]
        return self

    def decision_function(self, F: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.

        Returns
        -------
        ndarray of shape (n, n_concepts), float32
            0 to 1, higher is likelier.
        """
        check_is_fitted(self, "learner_")
        F = check_rows(F, self.n_features_in_)
        counts = np.bincount(self.concept_of_)
        first = np.cumsum(counts) - counts
        scores = np.empty((len(F), len(counts)), np.float32)
        for start in range(0, len(F), CHUNK):
            part = slice(start, start + CHUNK)
            # In float64, for near certain scores to stay apart as long as can be.
            single = expit(self.learner_.decision_function(F[part]).astype(np.float64))
            scores[part] = np.add.reduceat(single, first, axis=1) / counts
        return scores

    def _parts(self, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return what each learner of a concept is told, (n, learners)."""
        positives = np.flatnonzero(y == POSITIVE)
        negatives = random.permutation(np.flatnonzero(y == NEGATIVE))
        if isinstance(self.ratio, str):
            size = -(-len(negatives) // 2)
        else:
            size = min(max(round(self.ratio * len(positives)), 1), len(negatives))
        # Learners that saw all negatives would all be the same.
        learners = 1 if size == len(negatives) else self.n_learners
        told = np.full((len(y), learners), UNJUDGED, np.int8)
        told[positives] = POSITIVE
        waiting = negatives
        for learner in range(learners):
            part, waiting = waiting[:size], waiting[size:]
            if len(part) < size:
                # All have been dealt out: go on with the others in another order.
                others = random.permutation(np.setdiff1d(negatives, part))
                missing = size - len(part)
                part, waiting = np.append(part, others[:missing]), others[missing:]
            told[part, learner] = NEGATIVE
        return told

    def _learner(self) -> Any:
        """Return the learner, unfitted."""
        if not isinstance(self.learner, str):
            return clone(self.learner)
        if self.learner not in LEARNERS:
            raise ValueError(
                f"learner must be one of {', '.join(LEARNERS)} or a classifier, "
                f"got {self.learner!r}{did_you_mean(self.learner, LEARNERS)}"
            )
        module, name = LEARNERS[self.learner].split(":")
        kind = getattr(import_module(f"engineered.classifiers.{module}"), name)
        options = dict(self.options or {})
        known = kind().get_params()
        for option in options:
            if option not in known or option == "C":
                allowed = ", ".join(sorted(set(known) - {"C"}))
                raise ValueError(
                    f"options has {option!r}, but those of {self.learner} are {allowed}"
                )
        return kind(C=self.C, **options)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range, the learner's included."""
        if isinstance(self.ratio, str):
            wrong = self.ratio != HALF
        else:
            wrong = not (isinstance(self.ratio, Real) and 0 < self.ratio < np.inf)
        if wrong:
            raise ValueError(f'ratio must be a number above 0 or "{HALF}", got {self.ratio!r}')
        check_whole("n_learners", self.n_learners)
        learner = self._learner()
        if hasattr(learner, "check"):
            learner.check()
