"""A logistic regression a concept, all trained together."""

from __future__ import annotations

from collections.abc import Sequence

from engineered.classifiers.dual_descent import LOGISTIC
from engineered.classifiers.linear import LinearClassifier


class LogisticRegression(LinearClassifier):
    """Regularised logistic regression a concept, over the judged samples of each.

    The objective ``|w|^2 / 2 + C sum_i log(1 + exp(-s_i w.x_i))`` is that of
    scikit-learn's `LogisticRegression` with the solver "liblinear": the bias is the
    weight of a constant feature 1, and regularised with the others. The scores are
    log odds. Folds, costs and concepts share their work as in `LinearSVM`.

    Parameters
    ----------
    C : float or list of float, default=10.0
        Weight of the losses, above 0; larger fits the training samples closer.
        Of several, the one of highest mean average precision on held-out rows is taken.
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.
    folds : int, default=3
        Parts that take turns to be held out, at least 2; read for several costs only.
    per_concept : bool, default=False
        Whether each concept has a cost of its own.
    tol : float, default=1e-4
        Largest error of a training sample's probability at the end.
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
    H.-F. Yu, F.-L. Huang, C.-J. Lin: Dual coordinate descent methods for logistic
    regression and maximum entropy models. Machine Learning 2011.
    """

    loss = LOGISTIC

    def __init__(
        self,
        C: float | Sequence[float] = 10.0,
        class_weight: str | None = None,
        folds: int = 3,
        per_concept: bool = False,
        tol: float = 1e-4,
        max_iter: int = 1000,
    ) -> None:
        super().__init__(C, class_weight, folds, per_concept, tol, max_iter)
