"""Optimisation of descriptors between extraction and classification."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin


class DescriptorOptimization(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Power law, then unit length, on every row.

    The power law ``sign(x) |x|^p`` spreads small values and restrains bursts;
    with ``p = 0.5`` and counts, the linear kernel becomes the Hellinger kernel.

    Parameters
    ----------
    power : float, default=0.5
        Exponent, above 0; 1 leaves the values as they are.
    norm : {"l2", "l1", "none"}, default="l2"
        Norm that every row has afterwards; a zero row stays zero.

    References
    ----------
    B. Safadi, G. Quénot: Descriptor optimization for multimedia indexing and
    retrieval. CBMI 2013.
    F. Perronnin, J. Sánchez, T. Mensink: Improving the Fisher kernel for
    large-scale image classification. ECCV 2010.
    """

    def __init__(self, power: float = 0.5, norm: str = "l2") -> None:
        self.power = power
        self.norm = norm

    def fit(self, F: np.ndarray, Y: np.ndarray | None = None) -> DescriptorOptimization:
        """Check the parameters and remember the number of dimensions.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows.
        Y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a power that is not positive or an unknown norm.
        """
        if not (np.isfinite(self.power) and self.power > 0):
            raise ValueError(f"power must be a finite number above 0, got {self.power}")
        if self.norm not in ("l2", "l1", "none"):
            raise ValueError(f'norm must be "l2", "l1" or "none", got {self.norm!r}')
        self.n_features_in_ = np.asarray(F).shape[1]
        return self

    def transform(self, F: np.ndarray) -> np.ndarray:
        """Return the optimised rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows; left as they are.

        Returns
        -------
        ndarray of shape (n, d), float32
            New rows.
        """
        F = np.asarray(F, dtype=np.float32)
        if self.power == 1:
            rows = F.copy()
        elif self.power == 0.5:
            # sqrt is several times faster than pow.
            rows = np.sqrt(np.abs(F))
            np.copysign(rows, F, out=rows)
        else:
            rows = np.abs(F) ** np.float32(self.power)
            np.copysign(rows, F, out=rows)
        if self.norm == "none":
            return rows
        # Scaling by the largest value first: squares of tiny or huge values
        # would otherwise leave float32.
        largest = np.abs(rows).max(axis=1, keepdims=True, initial=0)
        rows /= np.where(largest > 0, largest, 1)
        if self.norm == "l2":
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
        else:
            lengths = np.abs(rows).sum(axis=1, keepdims=True)
        rows /= np.where(lengths > 0, lengths, 1)
        return rows
