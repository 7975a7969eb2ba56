"""Re-scorings one after the other, each learned on what the ones before give unseen samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from fusion.cross_fitting import check_folds, held_out_scores
from fusion.named_methods import Known, Method, make_method
from fusion.rescoring.conceptual import ConceptualRescoring
from fusion.rescoring.relations import read_relations
from fusion.rescoring.temporal import TemporalRescoring
from fusion.rescoring.temporal_regression import TemporalRegression
from fusion.scores import Scores, check_annotations, check_like_fitted

#: What a step can be.
STEPS: Known = {
    "temporal": (TemporalRescoring, {}),
    "temporal-regression": (TemporalRegression, {}),
    "conceptual": (ConceptualRescoring, {}),
}


class RescoringChain(BaseEstimator):  # type: ignore[misc]
    """Re-score what the step before has re-scored, in any order.

    What a step is fitted on are the scores that the step before gives to validation samples held
    out, whole videos at a time (see `fusion.cross_fitting.held_out_scores`). On samples that it
    was fitted on, a step looks better than it is, and the next would build on that.

    Parameters
    ----------
    steps : sequence of str or mapping
        At least one: "temporal", "temporal-regression", "conceptual", or a mapping with such a
        `name` and options of that re-scoring.
    folds : int
        Parts of validation held out in turn, at least 2; 0 for fitting each step on scores of
        samples that the one before was fitted on.

    Attributes
    ----------
    steps_ : list of re-scorings
        Fitted, in order.
    shape_ : tuple (1, c)
    """

    def __init__(self, steps: Sequence[Method], folds: int = 5) -> None:
        self.steps = steps
        self.folds = folds

    def check(self) -> None:
        """Raise ValueError for steps or folds that cannot be right, before scores are read."""
        self._made()

    def locate(self, base: Path) -> RescoringChain:
        """Read the files that steps name; see `ConceptualRescoring.locate`."""
        return RescoringChain([_located(step, base) for step in self.steps], self.folds)

    def check_concepts(self, concepts: Sequence[str]) -> None:
        """Raise ValueError for relations of concepts that a task has not."""
        for step in self._made():
            if hasattr(step, "check_concepts"):
                step.check_concepts(concepts)

    def fit(self, S: Scores, Y: ArrayLike) -> RescoringChain:
        """Fit the steps on validation, the first before the second.

        Parameters
        ----------
        S : Scores
            n validation samples of one system.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        RescoringChain

        Raises
        ------
        ValueError
            For no step or an unknown one, annotations that do not belong to the scores, and what
            the steps raise.
        """
        steps = self._made()
        annotations = check_annotations(S, Y)
        self.shape_ = (1, S.single.shape[1])
        for place, step in enumerate(steps, start=1):
            given = S
            if place < len(steps) and self.folds:
                S = _with_values(given, held_out_scores(step, given, annotations, self.folds))
            step.fit(given, annotations)
            if place < len(steps) and not self.folds:
                S = _with_values(given, step.decision_function(given))
        self.steps_ = steps
        return self

    def _made(self) -> list[Any]:
        check_folds(self.folds)
        if isinstance(self.steps, (str, Mapping)) or not len(self.steps):
            raise ValueError(f"steps must be a list of at least one re-scoring, got {self.steps!r}")
        return [make_method(step, STEPS)[1] for step in self.steps]

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Re-score samples by each step in turn.

        Parameters
        ----------
        S : Scores
            One system's scores, as the steps want them.

        Returns
        -------
        array of shape (n, c), float32

        Raises
        ------
        ValueError
            For several members or other concepts, and what the steps raise.
        """
        check_is_fitted(self, "steps_")
        check_like_fitted(S, self.shape_)
        scores = S.single
        for step in self.steps_:
            scores = step.decision_function(_with_values(S, scores))
        return scores

    def unsupported(self, task: Any) -> str | None:
        """The first reason why a step does not apply to a task."""
        reasons = (step.unsupported(task) for step in self._made())
        return next((reason for reason in reasons if reason), None)


def _with_values(S: Scores, values: NDArray[np.float32]) -> Scores:
    return Scores.from_members([values], S.video, S.shot, S.members, S.concepts)


def _located(step: Method, base: Path) -> Method:
    if isinstance(step, Mapping) and isinstance(step.get("relations"), (str, Path)):
        return {**step, "relations": read_relations(base / step["relations"])}
    return step
