"""Power law, principal components, whitening and unit length, tuned together."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.judged import UNJUDGED, check_annotations
from engineered.classifiers.selection import candidates as exponents
from engineered.optimization.power_law import PoweredRows, normalise, power_law
from engineered.optimization.principal_components import PrincipalComponents, principal_components
from engineered.optimization.reduction import Candidate, Reduction
from engineered.optimization.search import search
from engineered.parameters import check_choice, check_number, check_whole


class DescriptorOptimization(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Power law, PCA, whitening, a second power law, and unit length.

    A row ``x`` becomes::

        y = N(sign(x) |x|^power)                        N divides by the norm
        z = (y - mean) V                                V: the first `pca` components
        z = z / (variance + regularization m)^(w / 2)   w = `whiten`, m: mean of the variances kept
        z = N(sign(z) |z|^post_power)

    and stays ``y`` without PCA. The power law spreads small values and restrains
    bursts; with ``power = 0.5`` and counts, the linear kernel becomes the
    Hellinger kernel. Values may have any sign, so that activations of a network
    are served as well as histograms.

    Where candidates are given, every combination of them (a joint grid: the best
    exponent depends on the dimension) is tried by cross-validation on the training
    rows, with the classifier that is to follow; the highest mean AP wins, among
    equals the fewest dimensions, then the smallest exponents. The PCA of a fold
    does not see the rows held out. Where no concept can be measured, as with one
    positive each, the middle combination in the order of dimensions is taken.

    Parameters
    ----------
    power : float or list of float, default=0.5
        Exponent, above 0; 1 leaves the values as they are. A list holds candidates.
    norm : {"l2", "l1", "none"}, default="l2"
        Norm of every row, before PCA and at the end; a zero row stays zero.
    pca : int, "none", None or list of these, default=None
        How many components, at most: training rows that span fewer dimensions
        give fewer. None or "none" leaves PCA out. A list holds candidates.
    whiten : bool or float, default=False
        Exponent w from 0 to 1: 0 or False leaves the components' variances, 1 or
        True makes them equal, 0.5 goes half the way.
    regularization : float, default=1e-3
        Share of the mean variance that whitening adds to each variance, so that
        the weakest components are not all noise; 0 for exact whitening.
    post_power : float or list of float, default=1.0
        Exponent of the power law after PCA, above 0. A list holds candidates.
    folds : int, default=3
        Parts that take turns to be held out, at least 2; read for candidates only.

    Attributes
    ----------
    power_, post_power_ : float
        The exponents in use.
    pca_ : int or None
        Number of components in use, None without PCA.
    search_ : dict of ndarray
        With candidates: ``power``, ``pca``, ``post_power`` and ``mean_average_precision`` of
        shape (n_combinations,), ``average_precision`` of shape (n_combinations, n_concepts);
        else empty.
    components_ : PrincipalComponents or None
        Mean, directions and variances.

    References
    ----------
    B. Safadi, G. Quénot: Descriptor optimization for multimedia indexing and
    retrieval. CBMI 2013 (power laws before and after PCA, tuned with its dimension).
    F. Perronnin, J. Sánchez, T. Mensink: Improving the Fisher kernel for
    large-scale image classification. ECCV 2010.
    H. Jégou, O. Chum: Negative evidences and co-occurences in image retrieval: the
    benefit of PCA and whitening. ECCV 2012.
    """

    def __init__(
        self,
        power: float | list[float] = 0.5,
        norm: str = "l2",
        pca: int | str | list[int | str | None] | None = None,
        whiten: bool | float = False,
        regularization: float = 1e-3,
        post_power: float | list[float] = 1.0,
        folds: int = 3,
    ) -> None:
        self.power = power
        self.norm = norm
        self.pca = pca
        self.whiten = whiten
        self.regularization = regularization
        self.post_power = post_power
        self.folds = folds

    @property
    def per_row(self) -> bool:
        """Whether a row's outcome depends on that row alone: no PCA and no candidates.

        Such a transformation learns nothing, and may be applied in chunks.
        """
        combinations = self._candidates()
        return len(combinations) == 1 and combinations[0].pca is None

    @property
    def signed(self) -> bool:
        """Whether rows hold negative values, whatever comes in: principal components do."""
        return all(candidate.pca is not None for candidate in self._candidates())

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        self._candidates()

    def fit(
        self,
        F: np.ndarray,
        Y: np.ndarray | None = None,
        groups: np.ndarray | None = None,
        classifier: Any = None,
    ) -> DescriptorOptimization:
        """Choose among candidates and learn the components.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Training rows.
        Y : ndarray of shape (n, n_concepts), optional
            1 positive, 0 negative, -1 unjudged; only candidates need it. Where it
            is given, rows that no concept judges take no part.
        groups : ndarray of shape (n,), optional
            Video of each row: no video is in two parts of the cross-validation.
        classifier : estimator, optional
            Unfitted, with ``fit(F, Y)`` and ``decision_function(F)``: what the
            candidates are compared with. A `LinearSVM` if left out.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a parameter out of range, candidates without annotations, values
            that are not finite, or rows that are all equal where PCA is asked for.
        """
        candidates = self._candidates()
        self.n_features_in_ = np.shape(F)[1]
        self.search_: dict[str, np.ndarray] = {}
        self.components_: PrincipalComponents | None = None
        chosen = candidates[0]
        if not self.per_row:
            F = check_array(F, dtype=np.float32, order="C", input_name="rows")
            if Y is not None:
                Y = check_annotations(Y, len(F))
                judged = (Y != UNJUDGED).any(axis=1)
                if not judged.all():
                    F, Y = F[judged], Y[judged]
                    groups = None if groups is None else np.asarray(groups)[judged]
            if len(candidates) > 1:
                if Y is None:
                    raise ValueError(
                        f"{len(candidates)} combinations of power, pca and post_power are to be "
                        "compared, which needs annotations: call fit(F, Y), or give single values"
                    )
                chosen, self.search_ = search(
                    F, Y, groups, candidates, self._reduction(), classifier, self.folds
                )
            if chosen.pca is not None:
                rows = PoweredRows(F, chosen.power, self.norm)
                self.components_ = principal_components(rows, chosen.pca)
        self.power_ = chosen.power
        self.post_power_ = chosen.post_power
        self.pca_ = None if self.components_ is None else len(self.components_.variances)
        return self

    def transform(self, F: np.ndarray) -> np.ndarray:
        """Return the optimised rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows; left as they are.

        Returns
        -------
        ndarray of shape (n, d) or (n, pca_), float32
            New rows.

        Raises
        ------
        ValueError
            If the rows have another number of columns than those of `fit`.
        """
        check_is_fitted(self, "power_")
        F = np.asarray(F, dtype=np.float32)
        if F.ndim != 2 or F.shape[1] != self.n_features_in_:
            raise ValueError(
                f"the optimisation was fitted on rows of {self.n_features_in_} columns, got the "
                f"shape {F.shape}"
            )
        if self.components_ is None:
            return normalise(power_law(F, self.power_), self.norm)
        found = np.empty((len(F), self._n_features_out), np.float32)
        reduction = self._reduction()
        for rows, values in PoweredRows(F, self.power_, self.norm).chunks():
            coordinates = self.components_.project(values)
            found[rows] = reduction.finish(
                coordinates, self.components_.variances, self.post_power_
            )
        return found

    @property
    def _n_features_out(self) -> int:
        return self.n_features_in_ if self.pca_ is None else self.pca_

    def _reduction(self) -> Reduction:
        return Reduction(self.norm, float(self.whiten), float(self.regularization))

    def _candidates(self) -> list[Candidate]:
        """Check the parameters and return every combination, without repetitions."""
        check_choice("norm", self.norm, ("l2", "l1", "none"))
        if not isinstance(self.whiten, bool):
            check_number("whiten", self.whiten, least=0, most=1)
        check_number("regularization", self.regularization, least=0)
        check_whole("folds", self.folds, least=2)
        powers = exponents("power", self.power)
        posts = exponents("post_power", self.post_power)
        counts = [_count(value) for value in _listed(self.pca)]
        if counts == [None] and (self.whiten or posts != [1.0]):
            raise ValueError(
                "whiten and post_power follow PCA: give pca, or leave whiten False and post_power 1"
            )
        combinations = {
            # Without PCA there is nothing after it to vary.
            Candidate(power, count, 1.0 if count is None else post)
            for power in powers
            for count in counts
            for post in posts
        }
        return sorted(combinations, key=lambda c: (c.pca or np.inf, c.power, c.post_power))


def _listed(pca: Any) -> list[Any]:
    if isinstance(pca, str) or not isinstance(pca, Iterable):
        return [pca]
    values = list(pca)
    if not values:
        raise ValueError("pca has no candidate: give a number of components or a list of them")
    return values


def _count(value: Any) -> int | None:
    if value is None or value == "none":
        return None
    whole = isinstance(value, Real) and not isinstance(value, bool) and value % 1 == 0
    if not whole or value < 1:
        raise ValueError(f'pca must be a number of components, 1 or more, or "none", got {value!r}')
    return int(value)
