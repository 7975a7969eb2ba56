"""Where chosen samples come to stand among tied ones, over all orders of these.

Of m tied samples, t are chosen (say, those that were judged) and v = m - t are not. Over all
orders, the k-th chosen one stands at a place X_k in 1 ... m, with

    P(X_k = x) = C(x - 1, k - 1) C(m - x, t - k) / C(m, t)     (negative hypergeometric).

A measure of inferred precision needs E[1 / (before + X_k)] for every k, where `before` samples are
ranked above. Summed directly that is m t terms. Summation by parts, with
P(X_k <= x) - P(X_(k+1) <= x) = C(x, k) C(m - x, t - k) / C(m, t), ties neighbours together:

    S_k (k + before) / k + S_(k+1) (v + 1 + before + k) / (t - k) = F_k / k + F_(k+1) / (t - k)

where S_k = E[1{X_k <= last} / (before + X_k)] and F_k = P(X_k <= last). Errors shrink upwards from
the k where both factors are equal and downwards from there, so one S_k, summed directly, gives
all of them to machine precision in t + v steps.
"""

from __future__ import annotations

import math

import numba

#: Terms of a sum below this share of it are left out.
NEGLIGIBLE = 1e-19


@numba.njit(nogil=True, error_model="numpy")
def chances(t, v, last, reached):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Chance that the k-th chosen sample stands at place `last` or above.

    Parameters
    ----------
    t, v : int
        Numbers of chosen (at least 1) and of other samples.
    last : int
        A place, at least 1.
    reached : array of shape (>= t + 1,), float64
        Filled for k = 1 ... min(t, last); for higher k the chance is 0.
    """
    highest = min(t, last)
    if last >= t + v:
        reached[1 : highest + 1] = 1.0
        return
    # Chances of exactly k chosen among the first `last` places, from the likeliest k outwards.
    lowest = max(0, last - v)
    mode = min(max((last + 1) * (t + 1) // (t + v + 2), lowest), highest)
    reached[: highest + 1] = 0.0
    reached[mode] = total = weight = 1.0
    for k in range(mode, highest):
        weight *= (t - k) * (last - k) / ((k + 1.0) * (v - last + k + 1))
        reached[k + 1] = weight
        total += weight
    weight = 1.0
    for k in range(mode, lowest, -1):
        weight *= k * (v - last + k) / ((t - k + 1.0) * (last - k + 1))
        reached[k - 1] = weight
        total += weight
    above = 0.0
    for k in range(highest, 0, -1):
        above += reached[k] / total
        reached[k] = above


@numba.njit(nogil=True, error_model="numpy")
def _summed(k, t, v, before, last):  # type: ignore[no-untyped-def]  # pragma: no cover
    """E[1{X_k <= last} / (before + X_k)], from the likeliest place outwards."""
    # So many of the others stand above the k-th chosen sample: a beta-binomial number.
    mode = int(v * (k - 1.0) / (t - 1.0)) if t > 1 else 0
    value = total = 0.0
    weight = 1.0
    for others in range(mode, v + 1):
        total += weight
        if k + others <= last:
            value += weight / (before + k + others)
        if weight < NEGLIGIBLE * total:
            break
        weight *= (v - others) * (k + others) / ((others + 1.0) * (t - k + v - others))
    weight = 1.0
    for others in range(mode, 0, -1):
        weight *= others * (t - k + v - others + 1.0) / ((v - others + 1.0) * (k + others - 1))
        total += weight
        if k + others - 1 <= last:
            value += weight / (before + k + others - 1)
        if weight < NEGLIGIBLE * total:
            break
    return value / total


@numba.njit(nogil=True, error_model="numpy")
def reciprocals(t, v, before, last, reached, inverse):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Expected reciprocal rank of the k-th chosen sample, where it stands at `last` or above.

    Parameters
    ----------
    t, v, last
        As for `chances`.
    before : int
        Number of samples ranked above the tied ones.
    reached : array
        From `chances`.
    inverse : array of shape (>= t + 1,), float64
        Filled for k = 1 ... min(t, last); for higher k it is 0.
    """
    highest = min(t, last)
    if v == 0:
        for k in range(1, highest + 1):
            inverse[k] = 1.0 / (before + k)
        return
    b = v + 1.0 + 2.0 * before - t
    start = int((math.sqrt(b * b + 8.0 * t * before) - b) / 4.0)
    start = min(max(start, 1), highest)
    inverse[start] = _summed(start, t, v, before, last)
    for k in range(start - 1, 0, -1):
        both = reached[k] / k + reached[k + 1] / (t - k)
        next_one = inverse[k + 1] * (v + 1.0 + before + k) / (t - k)
        inverse[k] = (both - next_one) * k / (k + before)
    for k in range(start, highest):
        both = reached[k] / k + reached[k + 1] / (t - k)
        this_one = inverse[k] * (k + before) / k
        inverse[k + 1] = (both - this_one) * (t - k) / (v + 1.0 + before + k)
