"""A linear SVM a concept on explicit maps of additive kernels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engineered.classifiers.additive_map import KERNELS, additive_map, best_period
from engineered.classifiers.dual_descent import SQUARED_HINGE
from engineered.classifiers.linear import LinearClassifier
from engineered.classifiers.rows import check_rows
from engineered.classifiers.similarities import check_kernel
from engineered.parameters import check_whole

# Columns that are mapped at once: bounds memory, and the products are still long. The
# weights are kept block by block, so this must be the same in training and scoring.
COLUMNS = 1024


class AdditiveSVM(LinearClassifier):
    """Squared-hinge SVM a concept with a kernel between histograms, at a linear SVM's cost.

    Each bin x becomes ``2 n + 1`` values, ``sqrt(x L S(0))`` and for j from 1 to n
    ``sqrt(2 x L S(j L))`` times the cosine and the sine of ``j L log x``, where S is the
    spectrum of the kernel. Rows are mapped block of columns by block, so that the
    mapped rows are never held whole where there are more dimensions than rows.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "jensen-shannon"}, default="chi2"
        ``sum 2 x y / (x + y)``, ``sum min(x, y)``, or
        ``sum x/2 log2((x + y) / x) + y/2 log2((x + y) / y)``. Rows should sum to
        about one, for then they have about unit length in the kernel.
    order : int, default=1
        n, at least 0; larger approximates closer. 0 is the Hellinger kernel.
    C : float or list of float, default=10.0
        Cost of a violated margin, above 0; larger fits the training samples closer.
        Of several, the one of highest mean average precision on held-out rows is taken.
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.
    folds : int, default=3
        Parts that take turns to be held out, at least 2; read for several costs only.
    per_concept : bool, default=False
        Whether each concept has a cost of its own.
    tol : float, default=2e-4
        Largest projected gradient at the end, in units of the margin.
    max_iter : int, default=1000
        Largest number of epochs over the training samples.

    Attributes
    ----------
    period_ : float
        The period L of the samples of the spectrum.
    coef_ : ndarray of shape ((2 order + 1) * d, n_concepts), float32
        Weights of the mapped rows, block of columns by block.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.
    C_ : float or ndarray of shape (n_concepts,), float64
        The cost used; an array with `per_concept`.
    cv_results_ : dict of ndarray
        With several costs, as in `LinearSVM`.
    n_iter_ : int
        Number of epochs run with the cost used.

    References
    ----------
    A. Vedaldi, A. Zisserman: Efficient additive kernels via explicit feature maps. PAMI 2012.
    """

    loss = SQUARED_HINGE
    # The map looks at each value.
    inner_products_only = False
    #: Rows must not be negative.
    needs_histograms = True

    def __init__(
        self,
        kernel: str = "chi2",
        order: int = 1,
        C: float | Sequence[float] = 10.0,
        class_weight: str | None = None,
        folds: int = 3,
        per_concept: bool = False,
        tol: float = 2e-4,
        max_iter: int = 1000,
    ) -> None:
        super().__init__(C, class_weight, folds, per_concept, tol, max_iter)
        self.kernel = kernel
        self.order = order

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        super().check()
        check_kernel(self.kernel, KERNELS)
        check_whole("order", self.order, least=0)

    def fit(self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None) -> AdditiveSVM:
        """Train on histograms.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, none negative, taken as float32.
        Y : ndarray of shape (n, n_concepts)
            1 positive, 0 negative, -1 unjudged.
        groups : ndarray of shape (n,), optional
            Videos: rows of equal value are held out together.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a concept without judged positives or negatives, values that are
            negative or not finite, or parameters out of range.
        """
        self.check()
        self.period_ = best_period(self.kernel, self.order)
        super().fit(F, Y, groups)
        return self

    def _dimension(self, d: int) -> int:
        return (2 * self.order + 1) * d

    def _blocks(self, F: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        values = 2 * self.order + 1
        for start in range(0, F.shape[1], COLUMNS):
            stop = min(start + COLUMNS, F.shape[1])
            block = additive_map(F[:, start:stop], self.kernel, self.order, self.period_)
            yield slice(values * start, values * stop), block

    def _check_rows(self, F: np.ndarray, n_features: int | None = None) -> np.ndarray:
        F = check_rows(F, n_features)
        if len(F) and F.min() < 0:
            raise ValueError(
                "additive kernels compare histograms, but the rows hold negative values: "
                "take linear-svm or another descriptor"
            )
        return F
