"""How much context a score takes: as much as makes held-out annotations likelier, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from engineered.classifiers.folds import assign_folds
from fusion.average_precision import average_precision, can_be_ranked
from fusion.logistic_regression import fit_logistic
from fusion.scores import Scores
from fusion.stacking import log_loss

Array = NDArray[np.float64]

# With positives in one video only, or one positive where there are no videos, nothing about it
# can be held out.
MIN_UNITS_WITH_POSITIVES = 2
# Only keeps the slope of the own score from growing without end.
RIDGE = 1e-2


class Mixture(NamedTuple):
    """What each of c concepts takes of its context.

    Attributes
    ----------
    candidate : array of shape (c,), intp
        Which of the contexts offered is used, -1 for none.
    shares : array of shape (c, 1 + p), float64
        Of the own score and of each part of the context; they sum to 1.
    gain : array of shape (c,), float64
        Gain in average precision on held-out validation samples; 0 where no context is used.
    """

    candidate: NDArray[np.intp]
    shares: Array
    gain: Array


def units_of(S: Scores) -> NDArray[np.intp]:
    """Number what is independent, from 0: the video of each sample, or the sample itself."""
    if S.video is None:
        return np.arange(len(S))
    return np.unique(S.video, return_inverse=True)[1].ravel()


def check_choice(penalties: Sequence[float], standard_errors: float, folds: int) -> None:
    """Raise ValueError for what `choose_mixture` cannot choose by."""
    if not len(penalties) or not min(penalties) > 0:
        raise ValueError(f"penalties must be numbers above 0, got {list(penalties)}")
    if not standard_errors >= 0:
        raise ValueError(f"standard_errors must not be negative, got {standard_errors}")
    if folds < 2:
        raise ValueError(f"folds must be 2 at least, got {folds}")


def choose_mixture(
    own: Array,
    contexts: Sequence[Array],
    Y: NDArray[np.int8],
    units: NDArray[np.intp],
    *,
    penalties: Sequence[float],
    folds: int,
    standard_errors: float,
    per_concept: bool = True,
) -> Mixture:
    """Choose a context and its strength for each concept, drawn towards none.

    A concept's log-odds are ``a + b own + sum_k b_k context_k`` with coefficients that are not
    negative, fitted on judged samples under an L2 penalty on their distance from those without
    context, ``(b, 0, ..., 0)``. Candidate contexts and penalties are compared by the log-likelihood
    of samples held out, whole units at a time, to that of the own score alone. The sum of the
    gains of all units, less `standard_errors` of its standard error, must be above zero, and the
    candidate is taken for which it is highest; the quantile is Student's, since few units make a
    standard error uncertain.

    Likelihood is the criterion, not average precision: it is a sum over samples to which each adds
    a little, so that a few videos show whether it gains. Average precision jumps with the order
    of a few samples.

    Parameters
    ----------
    own : array of shape (n, c)
        Standardised scores.
    contexts : sequence of arrays of shape (n, c, p)
        On the scale of `own`. What is learned in them from annotations must not have seen the
        sample's own.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    units : array of shape (n,)
        As from `units_of`.
    penalties : sequence of float, above 0
    folds : int
        At least 2.
    standard_errors : float
        How many standard errors a gain must exceed.
    per_concept : bool
        Whether each concept has shares of its own; else all together take one context and shares.

    Returns
    -------
    Mixture
        None is used for a concept whose positives lie in a single unit, or which has no
        judged negative.
    """
    c = own.shape[1]
    parts = contexts[0].shape[2] if contexts else 0
    candidate = np.full(c, -1)
    shares = np.zeros((c, 1 + parts))
    shares[:, 0] = 1.0
    gain = np.zeros(c)
    count = int(units.max(initial=-1)) + 1
    holding = np.zeros((count, c), dtype=bool)
    np.logical_or.at(holding, units, Y == 1)
    spread = holding.sum(axis=0) >= MIN_UNITS_WITH_POSITIVES
    concepts = np.flatnonzero(can_be_ranked(Y) & spread)
    none = Mixture(candidate, shares, gain)
    if not concepts.size or not contexts or count < MIN_UNITS_WITH_POSITIVES:
        return none
    Y = Y[:, concepts]
    rows = [
        np.concatenate([own[:, concepts, None], context[:, concepts]], axis=2)
        for context in contexts
    ]
    settings = [(k, float(penalty)) for k in range(len(contexts)) for penalty in sorted(penalties)]
    fold = assign_folds(Y, units, folds)
    loss = np.zeros((1 + len(settings), *Y.shape))
    mixed = np.zeros((len(settings), *Y.shape))
    for held_out in range(int(fold.max()) + 1):
        out = fold == held_out
        usable = np.flatnonzero(can_be_ranked(Y[~out]))
        if not usable.size:
            continue
        for place, fit in enumerate(_fits(rows, Y, ~out, usable, settings, per_concept)):
            given = rows[settings[place - 1][0]] if place else rows[0][:, :, :1]
            there = given[out][:, usable]
            loss[place][np.ix_(out, usable)] = log_loss(fit, there, Y[out][:, usable])
            if place:
                found = _shares(fit.coefficients)
                mixed[place - 1][np.ix_(out, usable)] = np.einsum("ncp,cp->nc", there, found)
    gained = np.zeros((len(settings), count, len(concepts)))
    for place in range(len(settings)):
        np.add.at(gained[place], units, loss[0] - loss[1 + place])
    if not per_concept:
        gained = gained.sum(axis=2, keepdims=True)
    error = gained.std(axis=1, ddof=1) * np.sqrt(count)
    sure = gained.sum(axis=1) - t.ppf(norm.cdf(standard_errors), count - 1) * error
    best = np.broadcast_to(sure.argmax(axis=0), (len(concepts),))
    helps = np.broadcast_to(sure.max(axis=0) > 1e-9, (len(concepts),))
    everything, every = np.ones(len(Y), dtype=bool), np.arange(len(concepts))
    fits = list(_fits(rows, Y, everything, every, settings, per_concept))[1:]
    before = average_precision(own[:, concepts], Y)
    for place, fit in enumerate(fits):
        mine = np.flatnonzero(helps & (best == place))
        mine = mine[fit.coefficients[mine].sum(axis=1) > 0]
        if mine.size:
            candidate[concepts[mine]] = settings[place][0]
            shares[concepts[mine]] = _shares(fit.coefficients[mine])
            after = average_precision(mixed[place][:, mine], Y[:, mine])
            gain[concepts[mine]] = after - before[mine]
    return none


def _fits(rows, Y, kept, concepts, settings, per_concept):  # type: ignore[no-untyped-def]
    """The regression on the own score, then those of all settings, on the samples kept."""
    targets, judged = np.maximum(Y[kept][:, concepts], 0), Y[kept][:, concepts] >= 0
    shared = not per_concept
    alone = rows[0][kept][:, concepts, :1]
    own = fit_logistic(alone, targets, judged, RIDGE, nonnegative=True, shared=shared)
    yield own
    nothing = np.zeros((len(concepts), rows[0].shape[2] - 1))
    centre = np.concatenate([own.coefficients, nothing], axis=1)
    for place, penalty in settings:
        given = rows[place][kept][:, concepts]
        yield fit_logistic(given, targets, judged, penalty, centre, True, shared)


def _shares(coefficients: Array) -> Array:
    """Coefficients divided by their sum; the own score alone where all are 0."""
    total = coefficients.sum(axis=1, keepdims=True)
    alone = np.zeros_like(coefficients)
    alone[:, 0] = 1.0
    return np.divide(coefficients, total, out=alone, where=total > 0)
