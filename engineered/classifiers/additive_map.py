"""Explicit maps of additive homogeneous kernels between histograms.

Such a kernel is ``k(x, y) = sqrt(x y) S(log(y / x))`` in each bin, with the signature

    chi2            S(w) = sech(w / 2)                      k = 2 x y / (x + y)
    intersection    S(w) = exp(-|w| / 2)                    k = min(x, y)
    jensen-shannon  S(w) = e^(w/2)/2 log2(1 + e^-w) + e^(-w/2)/2 log2(1 + e^w)

The Fourier transform of the signature, sampled with the period L at 2 n + 1 points,
gives ``2 n + 1`` values a bin whose inner products approximate the kernel.

References
----------
A. Vedaldi, A. Zisserman: Efficient additive kernels via explicit feature maps. PAMI 2012.
"""

from __future__ import annotations

import numpy as np

KERNELS = ("chi2", "intersection", "jensen-shannon")
# Bins of histograms differ by up to about this ratio where they matter to the kernel.
LARGEST_RATIO = 50.0
# Keeps the logarithm of an empty bin finite; the root of the bin is zero anyway.
TINY = np.float32(1e-30)


def signature(kernel: str, w: np.ndarray) -> np.ndarray:
    """Return the kernel of two bins of the log ratio `w`, over the root of their product.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "jensen-shannon"}
        Which kernel.
    w : ndarray, float64
        Log ratios.

    Returns
    -------
    ndarray, float64
        0 to 1.
    """
    if kernel == "chi2":
        return 1 / np.cosh(w / 2)
    if kernel == "intersection":
        return np.exp(-np.abs(w) / 2)
    up, down = np.exp(w / 2), np.exp(-w / 2)
    return (up * np.log2(1 + np.exp(-w)) + down * np.log2(1 + np.exp(w))) / 2


def spectrum(kernel: str, frequency: np.ndarray) -> np.ndarray:
    """Return the Fourier transform of the signature.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "jensen-shannon"}
        Which kernel.
    frequency : ndarray, float64
        Frequencies l of ``exp(i l w)``.

    Returns
    -------
    ndarray, float64
        Density, which integrates to one.
    """
    if kernel == "chi2":
        return 1 / np.cosh(np.pi * frequency)
    lorentz = 2 / (1 + 4 * frequency**2)
    if kernel == "intersection":
        return lorentz / np.pi
    return lorentz / np.log(4) / np.cosh(np.pi * frequency)


def best_period(kernel: str, order: int) -> float:
    """Return the period of least squared error for ratios up to `LARGEST_RATIO`.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "jensen-shannon"}
        Which kernel.
    order : int
        n of the 2 n + 1 values a bin.

    Returns
    -------
    float
        The period L.
    """
    w = np.linspace(0, np.log(LARGEST_RATIO), 200)
    exact = signature(kernel, w)
    periods = np.linspace(0.02, 1.5, 297)
    errors = [np.mean((approximate(kernel, order, L, w) - exact) ** 2) for L in periods]
    return float(periods[int(np.argmin(errors))])


def approximate(kernel: str, order: int, period: float, w: np.ndarray) -> np.ndarray:
    """Return the signature that the map has.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "jensen-shannon"}
        Which kernel.
    order : int
        n of the 2 n + 1 values a bin.
    period : float
        The period L.
    w : ndarray, float64
        Log ratios.

    Returns
    -------
    ndarray, float64
        ``L S^(0) + 2 L sum_j S^(j L) cos(j L w)``.
    """
    total = np.full_like(w, period * spectrum(kernel, np.zeros(1))[0])
    for j in range(1, order + 1):
        total += 2 * period * spectrum(kernel, np.array(j * period)) * np.cos(j * period * w)
    return total


def additive_map(F: np.ndarray, kernel: str, order: int, period: float) -> np.ndarray:
    """Return rows whose inner products approximate the kernel.

    Parameters
    ----------
    F : ndarray of shape (n, d), float32
        Histograms; not negative.
    kernel : {"chi2", "intersection", "jensen-shannon"}
        Which kernel.
    order : int
        n of the 2 n + 1 values a bin.
    period : float
        The period L.

    Returns
    -------
    ndarray of shape (n, (2 order + 1) * d), float32
        All bins by the first function, then all by the second, and so on.
    """
    n, d = F.shape
    mapped = np.empty((n, 2 * order + 1, d), np.float32)
    np.sqrt(F, out=mapped[:, 0])
    roots = mapped[:, 0]
    if order:
        logs = np.log(np.maximum(F, TINY))
    for j in range(1, order + 1):
        density = 2 * period * spectrum(kernel, np.array(j * period))
        angles = logs * np.float32(j * period)
        scaled = roots * np.float32(np.sqrt(density))
        np.multiply(scaled, np.cos(angles), out=mapped[:, 2 * j - 1])
        np.multiply(scaled, np.sin(angles), out=mapped[:, 2 * j])
    mapped[:, 0] *= np.float32(np.sqrt(period * spectrum(kernel, np.zeros(1))[0]))
    return mapped.reshape(n, -1)
