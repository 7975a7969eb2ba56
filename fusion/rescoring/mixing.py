"""How much context a score takes: as much as makes held-out annotations likelier, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from engineered.classifiers.folds import assign_folds
from engineered.parameters import check_list, check_number
from fusion.average_precision import can_be_ranked
from fusion.logistic_regression import LogisticFit, fit_logistic, log_loss
from fusion.scores import Scores

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Contexts on offer, each of shape (n, c, p), given the samples whose annotations may be read.
Contexts = Callable[[Mask], Sequence[Array]]

# Only keeps the slope of the own score from growing without end.
RIDGE = 1e-2


class Mixture(NamedTuple):
    """What each of c concepts takes of its context.

    Attributes
    ----------
    candidate : array of shape (c,), intp
        Which of the contexts offered is used, -1 for none.
    shares : array of shape (c, 1 + p), float64
        Of the own score and of each part of the context; their magnitudes sum to 1.
    gain : array of shape (c,), float64
        Gain in log-likelihood a judged sample held out, in nats; 0 where no context is used.
    """

    candidate: NDArray[np.intp]
    shares: Array
    gain: Array


class Parts(NamedTuple):
    """Validation samples in parts.

    Attributes
    ----------
    unit : array of shape (n,), intp
        What is independent, numbered from 0: the video of each sample, or the sample itself.
    fold : array of shape (n,), intp
        When each sample is held out; units are kept whole.
    """

    unit: NDArray[np.intp]
    fold: NDArray[np.intp]


def parts_of(S: Scores, Y: NDArray[np.int8], folds: int) -> Parts:
    """Deal units into folds, each concept's positives spread; ValueError for fewer than 2 folds."""
    if S.video is None:
        unit = np.arange(len(S))
    else:
        unit = np.unique(S.video, return_inverse=True)[1].ravel()
    return Parts(unit, assign_folds(Y, unit, folds))


def check_choice(penalties: Sequence[float], standard_errors: float) -> None:
    """Raise ValueError for what `choose_mixture` cannot choose by."""
    check_list("penalties", penalties)
    for penalty in penalties:
        check_number("penalties", penalty, above=0)
    check_number("standard_errors", standard_errors, least=0)


def choose_mixture(
    own: Array,
    contexts: Contexts,
    Y: NDArray[np.int8],
    parts: Parts,
    *,
    penalties: Sequence[float],
    standard_errors: float,
    nonnegative: bool = True,
    per_concept: bool = True,
) -> Mixture:
    """Choose a context and its strength for each concept, drawn towards none.

    A concept's log-odds are ``a + b own + sum_k b_k context_k``, fitted on judged samples under an
    L2 penalty on the coefficients' distance from those without context, ``(b, 0, ..., 0)``.
    Candidate contexts and penalties are compared by the log-likelihood of samples held out, whole
    units at a time, with that of the own score alone. The gains of all units, summed, less
    `standard_errors` of the sum's standard error, must be above zero; the candidate is taken for
    which this is highest. The quantile is Student's, with a degree of freedom for each unit that
    holds a positive, but one: a few units tell little of how uncertain their sum is.

    Likelihood is the criterion, not average precision: every sample adds a little to it, so that a
    few videos show whether it gains. Average precision jumps with the order of a few samples.

    Parameters
    ----------
    own : array of shape (n, c)
        Standardised scores.
    contexts : callable
        On the scale of `own`; see `Contexts`. It is asked anew for each fold, so that what it
        learns from annotations has not seen those held out.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    parts : Parts
    penalties : sequence of float, above 0
    standard_errors : float
        How many standard errors a gain must exceed.
    nonnegative : bool
        Whether coefficients are kept from falling below 0.
    per_concept : bool
        Whether each concept has shares of its own; else all together take one context and shares.

    Returns
    -------
    Mixture
        Without context for a concept whose positives lie in a single fold, or which has no judged
        negative.
    """
    everything = np.ones(len(Y), dtype=bool)
    offered = contexts(everything)
    c, p = own.shape[1], offered[0].shape[2]
    mixture = Mixture(np.full(c, -1), np.zeros((c, 1 + p)), np.zeros(c))
    mixture.shares[:, 0] = 1.0
    concepts = np.flatnonzero(can_be_ranked(Y) & (_holding(Y, parts.fold) >= 2))
    if not concepts.size:
        return mixture
    settings = list(product(range(len(offered)), sorted(float(penalty) for penalty in penalties)))
    known = Y[:, concepts]
    gained = np.zeros((len(settings), *known.shape))
    for number in range(int(parts.fold.max()) + 1):
        out = parts.fold == number
        usable = np.flatnonzero(can_be_ranked(known[~out]))
        if not usable.size:
            continue
        columns = concepts[usable]
        rows = _rows(own, contexts(~out), columns)
        alone, *fits = _fits(rows, Y[:, columns], ~out, settings, nonnegative, per_concept)
        before = log_loss(alone, rows[0][out][:, :, :1], Y[out][:, columns])
        for place, (which, _) in enumerate(settings):
            after = log_loss(fits[place], rows[which][out], Y[out][:, columns])
            gained[place][np.ix_(out, usable)] = before - after
    sure = _sure(gained, known, parts.unit, standard_errors, per_concept)
    best = np.broadcast_to(sure.argmax(axis=0), (len(concepts),))
    helps = np.broadcast_to(sure.max(axis=0) > 1e-9, (len(concepts),))
    if not helps.any():
        return mixture
    judged = (known >= 0).sum(axis=0)
    rows = _rows(own, offered, concepts)
    _, *fits = _fits(rows, known, everything, settings, nonnegative, per_concept)
    for place, fit in enumerate(fits):
        total = np.abs(fit.coefficients).sum(axis=1)
        mine = np.flatnonzero(helps & (best == place) & (total > 0))
        if not mine.size:
            continue
        # What all concepts share serves also those that it could not be learned on.
        given = concepts[mine] if per_concept else slice(None)
        mixture.candidate[given] = settings[place][0]
        shares = fit.coefficients[mine] / total[mine, None]
        mixture.shares[given] = shares if per_concept else shares[0]
        mixture.gain[concepts[mine]] = gained[place].sum(axis=0)[mine] / judged[mine]
    return mixture


def _rows(own: Array, offered: Sequence[Array], columns: NDArray[np.intp]) -> list[Array]:
    """Own score and context of each candidate, (n, c, 1 + p)."""
    alone = own[:, columns, None]
    return [np.concatenate([alone, context[:, columns]], axis=2) for context in offered]


def _fits(
    rows: Sequence[Array],
    Y: NDArray[np.int8],
    kept: Mask,
    settings: Sequence[tuple[int, float]],
    nonnegative: bool,
    per_concept: bool,
) -> Iterator[LogisticFit]:
    """The regression on the own score, then those of all settings, on the samples kept."""
    targets, judged = np.maximum(Y[kept], 0), Y[kept] >= 0
    shared = not per_concept
    alone = rows[0][kept][:, :, :1]
    own = fit_logistic(alone, targets, judged, RIDGE, nonnegative=True, shared=shared)
    yield own
    none = np.zeros((Y.shape[1], rows[0].shape[2] - 1))
    centre = np.concatenate([own.coefficients, none], axis=1)
    for which, penalty in settings:
        given = rows[which][kept]
        yield fit_logistic(given, targets, judged, penalty, centre, nonnegative, shared)


def _sure(
    gained: Array,
    Y: NDArray[np.int8],
    unit: NDArray[np.intp],
    standard_errors: float,
    per_concept: bool,
) -> Array:
    """Gain that a setting (s) has for a concept (c) less what may be chance, (s, c) or (s, 1)."""
    count = int(unit.max()) + 1
    by_unit = np.zeros((len(gained), count, gained.shape[2]))
    for place, gains in enumerate(gained):
        np.add.at(by_unit[place], unit, gains)
    freedom = _holding(Y, unit)
    if not per_concept:
        by_unit = by_unit.sum(axis=2, keepdims=True)
        freedom = _holding((Y == 1).any(axis=1, keepdims=True).astype(np.int8), unit)
    error = by_unit.std(axis=1, ddof=1) * np.sqrt(count)
    quantile = t.ppf(norm.cdf(standard_errors), np.maximum(freedom - 1, 1))
    sure: Array = by_unit.sum(axis=1) - quantile * error
    return sure


def _holding(Y: NDArray[np.int8], part: NDArray[np.intp]) -> NDArray[np.intp]:
    """In how many parts each concept has a positive, shape (c,)."""
    holding = np.zeros((int(part.max(initial=-1)) + 1, Y.shape[1]), dtype=bool)
    np.logical_or.at(holding, part, Y == 1)
    return holding.sum(axis=0)
