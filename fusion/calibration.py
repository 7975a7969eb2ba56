"""Calibration: scores turned into chances that a concept is there, learned on validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.isotonic import isotonic_regression
from sklearn.utils.validation import check_is_fitted

from fusion.logistic_regression import fit_logistic
from fusion.scaling import LARGEST, Rank, ZScore, finite

# Only keeps a column without any variance from being undetermined.
RIDGE = 1e-6


def platt_targets(Y: NDArray[np.int8]) -> NDArray[np.float64]:
    """Platt's targets: a class is never quite certain, the less so the fewer samples it has.

    ``(N+ + 1) / (N+ + 2)`` for the N+ positives of a concept, ``1 / (N- + 2)`` for its N-
    negatives.

    Parameters
    ----------
    Y : array of shape (n, c)
        1, 0, or -1 for unjudged.

    Returns
    -------
    array of shape (n, c), float64
        In (0, 1); of no meaning where unjudged.
    """
    positives, negatives = (Y == 1).sum(axis=0), (Y == 0).sum(axis=0)
    return np.where(Y == 1, (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0))


def prior_log_odds(Y: NDArray[np.int8]) -> NDArray[np.float64]:
    """Log-odds of each concept before any score is seen, shape (c,), as if one more positive
    and one more negative had been judged."""
    return np.log((Y == 1).sum(axis=0) + 1.0) - np.log((Y == 0).sum(axis=0) + 1.0)


class _Calibration(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the calibrations have in common: annotations that belong to the scores."""

    def _check(self, values: ArrayLike, y: ArrayLike | None) -> tuple[NDArray, NDArray]:
        array = finite(values)
        if y is None:
            raise ValueError("a calibration is fitted on annotations: fit(values, Y)")
        Y = np.asarray(y)
        if array.shape[0] != len(Y) or array.shape[-1] != Y.shape[-1]:
            raise ValueError(
                f"annotations have shape {Y.shape}, the scores {array.shape}: samples come first "
                "and concepts last in both"
            )
        return array, Y.astype(np.int8)


class LogOdds(_Calibration):
    """Map a score to the log-odds of its concept by a logistic regression a member and concept.

    ``log-odds = slope * score + intercept``, fitted by maximum likelihood to Platt's targets on
    judged samples (the score is standardised first, which changes nothing but the rounding). The
    slope is never negative: a member that ranks positives below negatives on validation is
    taken to know nothing, and says the same of every sample. A concept without positives or
    without negatives takes the member's mean slope over its other concepts, per standard
    deviation (1 where no concept has both), and its mean is the prior ``log((N+ + 1) / (N- + 1))``.

    References
    ----------
    J. Platt: Probabilistic outputs for support vector machines and comparisons to regularized
    likelihood methods. Advances in Large Margin Classifiers, 1999. H.-T. Lin, C.-J. Lin, R. Weng:
    A note on Platt's probabilistic outputs for support vector machines. Machine Learning 68, 2007.
    """

    def fit(self, values: ArrayLike, y: ArrayLike | None = None) -> LogOdds:
        """Learn slopes and intercepts.

        Parameters
        ----------
        values : array of shape (n, ..., c)
            Validation scores.
        y : array of shape (n, c)
            1, 0, or -1 for unjudged.

        Returns
        -------
        LogOdds

        Raises
        ------
        ValueError
            Without annotations, or with those of other samples or concepts.
        """
        array, Y = self._check(values, y)
        self.scaling_ = ZScore().fit(array)
        z = self.scaling_.transform(array).astype(np.float64).reshape(len(Y), -1, Y.shape[1])
        m, c = z.shape[1:]
        both = (Y == 1).any(axis=0) & (Y == 0).any(axis=0)
        slope, intercept = np.ones((m, c)), np.tile(prior_log_odds(Y), (m, 1))
        if both.any():
            target = np.tile(platt_targets(Y)[:, both], m)
            fit = fit_logistic(
                z[:, :, both].reshape(len(Y), -1, 1),
                target,
                np.tile(Y[:, both] >= 0, m),
                RIDGE,
                nonnegative=True,
            )
            slope[:, both] = fit.coefficients.reshape(m, -1)
            intercept[:, both] = fit.intercepts.reshape(m, -1)
            slope[:, ~both] = slope[:, both].mean(axis=1, keepdims=True)
        self.slope_ = slope.reshape(array.shape[1:])
        self.intercept_ = intercept.reshape(array.shape[1:])
        return self

    def transform(self, values: ArrayLike) -> NDArray[np.float32]:
        """Return log-odds.

        Parameters
        ----------
        values : array of shape (n, ..., c)
            The columns of `fit`.

        Returns
        -------
        array of the same shape, float32
        """
        return np.clip(self._log_odds(values), -LARGEST, LARGEST).astype(np.float32)

    def _log_odds(self, values: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self, "slope_")
        scaled = self.scaling_.transform(values).astype(np.float64)
        log_odds: NDArray[np.float64] = scaled * self.slope_ + self.intercept_
        return log_odds


class Logistic(LogOdds):
    """Map a score to the chance of its concept: Platt's calibration, as `LogOdds` fits it.

    The chance is ``1 / (1 + exp(-log-odds))``, in [0, 1]. Beyond log-odds of some 17 single
    precision rounds it to 1, so that samples of which a member is that certain are tied; a mean
    of `LogOdds` is not subject to this.
    """

    def transform(self, values: ArrayLike) -> NDArray[np.float32]:
        """Return chances.

        Parameters
        ----------
        values : array of shape (n, ..., c)
            The columns of `fit`.

        Returns
        -------
        array of the same shape, float32
            In [0, 1].
        """
        return expit(self._log_odds(values)).astype(np.float32)


class Isotonic(_Calibration):
    """Map a score to the chance of its concept by isotonic regression a member and concept.

    The regression r is the non-decreasing function of the score that comes nearest to the
    annotations in least squares, on the N judged samples; tied scores have one value, and
    between two judged scores it is interpolated. It is constant over blocks of scores and
    beyond the extremes, where it would tie samples that the member tells apart. The answer is
    therefore ``(N r + s) / (N + 1)``, s being the share of validation scores below (`Rank`): it
    strictly increases wherever the share does, and differs from r by less than 1 / N. A concept
    without positives or without negatives has a constant r, so that s alone ranks its samples.

    References
    ----------
    B. Zadrozny, C. Elkan: Transforming classifier scores into accurate multiclass probability
    estimates. KDD 2002.
    """

    def fit(self, values: ArrayLike, y: ArrayLike | None = None) -> Isotonic:
        """Learn the regression of each column.

        Parameters
        ----------
        values : array of shape (n, ..., c)
            Validation scores.
        y : array of shape (n, c)
            1, 0, or -1 for unjudged.

        Returns
        -------
        Isotonic

        Raises
        ------
        ValueError
            Without annotations, or with those of other samples or concepts.
        """
        array, Y = self._check(values, y)
        self.rank_ = Rank().fit(array)
        flat = array.reshape(len(Y), -1)
        self.knots_: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self.judged_ = np.tile((Y >= 0).sum(axis=0), flat.shape[1] // Y.shape[1])
        for column in range(flat.shape[1]):
            of_concept = Y[:, column % Y.shape[1]]
            judged = of_concept >= 0
            points, where = np.unique(flat[judged, column], return_inverse=True)
            count = np.bincount(where, minlength=len(points))
            share = np.bincount(where, weights=of_concept[judged], minlength=len(points)) / count
            level = isotonic_regression(share, sample_weight=count) if len(points) else share
            self.knots_.append((points, level))
        return self

    def transform(self, values: ArrayLike) -> NDArray[np.float32]:
        """Return chances.

        Parameters
        ----------
        values : array of shape (n, ..., c)
            The columns of `fit`.

        Returns
        -------
        array of the same shape, float32
            In [0, 1].
        """
        check_is_fitted(self, "knots_")
        array = finite(values)
        out = self.rank_.transform(array).astype(np.float64).reshape(len(array), -1)
        flat = array.reshape(len(array), -1)
        for column, (points, level) in enumerate(self.knots_):
            if len(points):
                out[:, column] += self.judged_[column] * np.interp(flat[:, column], points, level)
        out /= self.judged_ + 1.0
        return out.reshape(array.shape).astype(np.float32)
