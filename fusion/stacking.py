"""Stacking: a logistic regression a concept over the members' scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.parameters import check_choice, check_flag, check_list, check_number, check_whole
from fusion.average_precision import can_be_ranked
from fusion.calibration import prior_log_odds
from fusion.cross_fitting import held_out_folds
from fusion.logistic_regression import LogisticFit, fit_logistic, log_loss
from fusion.member_weights import PENALTY, regress_shared
from fusion.normalization import normalization
from fusion.scores import Scores, check_annotations, check_like_fitted

COEFFICIENTS = ("shrunk", "shared", "own")


class StackingFusion(BaseEstimator):  # type: ignore[misc]
    """Log-odds of each concept, linear in the members' normalised scores.

    ``f_c = a_c + sum_m b_mc z_mc``, fitted on judged validation samples by maximum likelihood with
    an L2 penalty. Its strength is that of the highest likelihood on samples held out, whole
    videos at a time, summed over concepts.

    Parameters
    ----------
    normalization : {"z-score", "min-max", "rank", "logistic", "log-odds", "isotonic"}
        How members' scores are brought to one scale. Penalties suppose scales near 1.
    coefficients : {"shrunk", "shared", "own"}
        "own": each concept's, drawn to 0. "shared": the same for all concepts, drawn to equal
        coefficients of all members; intercepts stay each concept's own. "shrunk": each concept's,
        drawn to the shared ones: the fewer positives a concept has, the less they pull away.
    penalties : sequence of float, above 0
        Strengths to choose from: the penalty is half of it times the squared distance from where
        coefficients are drawn to. Samples pull against it with their number.
    nonnegative : bool
        Whether coefficients are kept from falling below 0, so that no member counts against a
        concept that it finds.
    folds : int
        Parts held out in turn, at least 2; read for several penalties only.

    Attributes
    ----------
    coefficients_ : array of shape (m, c), float64
        A concept without positives or without judged negatives on validation has the shared
        ones, and the prior's log-odds for an intercept.
    intercepts_ : array of shape (c,), float64
    penalty_ : float
        The strength chosen.
    normalization_ : fitted normalisation

    References
    ----------
    D. Wolpert: Stacked generalization. Neural Networks 5(2), 1992. K. Ting, I. Witten: Issues in
    stacked generalization. Journal of Artificial Intelligence Research 10, 1999, for
    coefficients that are not negative.
    """

    def __init__(
        self,
        normalization: str = "z-score",
        coefficients: str = "shrunk",
        penalties: Sequence[float] = (3.0, 10.0, 30.0, 100.0, 1000.0),
        nonnegative: bool = True,
        folds: int = 5,
    ) -> None:
        self.normalization = normalization
        self.coefficients = coefficients
        self.penalties = penalties
        self.nonnegative = nonnegative
        self.folds = folds

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        normalization(self.normalization)
        check_choice("coefficients", self.coefficients, COEFFICIENTS)
        check_list("penalties", self.penalties)
        for penalty in self.penalties:
            check_number("penalties", penalty, above=0)
        check_flag("nonnegative", self.nonnegative)
        check_whole("folds", self.folds, least=2)

    def fit(self, S: Scores, Y: ArrayLike) -> StackingFusion:
        """Fit normalisation, strength and coefficients on validation.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        StackingFusion

        Raises
        ------
        ValueError
            For an option out of its range, annotations that do not belong to the scores, a
            validation set on which no concept can be ranked, or one of a single video.
        """
        self.check()
        penalties = sorted(float(penalty) for penalty in self.penalties)
        annotations = check_annotations(S, Y)
        ranked = np.flatnonzero(can_be_ranked(annotations))
        if not ranked.size:
            raise ValueError(
                "no concept has both a positive and a judged negative on validation: stacking "
                "has nothing to learn from; use a larger validation set"
            )
        self.normalization_ = normalization(self.normalization).fit(S.values, annotations)
        values = self.normalization_.transform(S.values).transpose(0, 2, 1)
        rows, known = values[:, ranked].astype(np.float64), annotations[:, ranked]
        self.penalty_ = penalties[0]
        if len(penalties) > 1:
            loss = np.zeros(len(penalties))
            for fitted, held_out in held_out_folds(S, known, self.folds):
                usable = np.flatnonzero(can_be_ranked(known[fitted]))
                if not usable.size:
                    continue
                part, there = rows[:, usable], known[:, usable]
                centre = self._centre(part[fitted], there[fitted])
                for place, penalty in enumerate(penalties):
                    fit = self._regress(part[fitted], there[fitted], penalty, centre)
                    loss[place] += log_loss(fit, part[held_out], there[held_out]).sum()
            # Of equally likely ones the strongest.
            self.penalty_ = penalties[int(np.flatnonzero(loss <= loss.min() + 1e-9)[-1])]
        fit = self._regress(rows, known, self.penalty_, self._centre(rows, known))
        shared = (
            fit
            if self.coefficients == "shared"
            else regress_shared(rows, known, PENALTY, self.nonnegative)
        )
        self.coefficients_ = np.repeat(shared.coefficients[:1].T, S.n_concepts, axis=1)
        self.coefficients_[:, ranked] = fit.coefficients.T
        self.intercepts_ = prior_log_odds(annotations)
        self.intercepts_[ranked] = fit.intercepts
        return self

    def _centre(
        self, rows: NDArray[np.float64], Y: NDArray[np.int8]
    ) -> NDArray[np.float64] | float:
        """Where a concept's own coefficients are drawn to."""
        if self.coefficients != "shrunk":
            return 0.0
        return regress_shared(rows, Y, PENALTY, self.nonnegative).coefficients

    def _regress(
        self,
        rows: NDArray[np.float64],
        Y: NDArray[np.int8],
        penalty: float,
        centre: NDArray[np.float64] | float,
    ) -> LogisticFit:
        if self.coefficients == "shared":
            return regress_shared(rows, Y, penalty, self.nonnegative)
        return fit_logistic(rows, np.maximum(Y, 0), Y >= 0, penalty, centre, self.nonnegative)

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Fuse scores.

        Parameters
        ----------
        S : Scores
            Members and concepts of `fit`.

        Returns
        -------
        array of shape (n, c), float32
            Log-odds.

        Raises
        ------
        ValueError
            For another number of members or concepts.
        """
        check_is_fitted(self, "coefficients_")
        check_like_fitted(S, self.coefficients_.shape)
        values = self.normalization_.transform(S.values)
        fused = np.einsum("nmc,mc->nc", values, self.coefficients_) + self.intercepts_
        return fused.astype(np.float32)

    def unsupported(self, task: object) -> str | None:
        """None: it applies to every task."""
        return None
