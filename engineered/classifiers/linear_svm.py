"""A linear SVM a concept, all trained together."""

from __future__ import annotations

from engineered.classifiers.dual_descent import SQUARED_HINGE
from engineered.classifiers.linear import LinearClassifier


class LinearSVM(LinearClassifier):
    """Squared-hinge SVM a concept, over the judged samples of each.

    The objective is that of scikit-learn's `LinearSVC`: the bias is the weight
    of a constant feature 1, and regularised with the others. Unjudged samples
    have no influence on a concept. Rows of few dimensions are solved exactly in
    the primal. Others are solved in the dual, with products in float32: they
    should be scaled to about unit length, as `DescriptorOptimization` leaves them.

    Several costs are compared by cross-validation on the training rows: folds,
    like concepts, share one Gram matrix, and each cost starts from the last.

    Parameters
    ----------
    C : float or list of float, default=1.0
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
    coef_ : ndarray of shape (d, n_concepts), float32
        Weights, ready for one product with the rows.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.
    C_ : float or ndarray of shape (n_concepts,), float64
        The cost used; an array with `per_concept`.
    cv_results_ : dict of ndarray
        With several costs: ``C`` and ``mean_average_precision`` of shape
        (n_candidates,), ``average_precision`` of shape (n_candidates, n_concepts).
    n_iter_ : int
        Number of epochs run with the cost used.

    References
    ----------
    R.-E. Fan et al.: LIBLINEAR: a library for large linear classification. JMLR 2008.
    """

    loss = SQUARED_HINGE
