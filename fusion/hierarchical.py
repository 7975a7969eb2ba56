"""Hierarchical fusion: members become groups, groups become larger ones, these become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from fusion.cross_fitting import check_folds, held_out_scores
from fusion.greedy_selection import GreedySelection
from fusion.grouping import Group, by_correlation, correlation, declared
from fusion.late import LateFusion
from fusion.maximum import MaxFusion
from fusion.named_methods import Known, Method, make_method
from fusion.rank_fusion import BordaFusion, ReciprocalRankFusion
from fusion.scores import Scores, check_annotations, check_like_fitted
from fusion.stacking import StackingFusion

#: What a level can be fused by, and the options that a name stands for.
METHODS: Known = {
    "late": (LateFusion, {}),
    "mean": (LateFusion, {"weights": "mean"}),
    "ap": (LateFusion, {"weights": "ap"}),
    "max": (MaxFusion, {}),
    "reciprocal-rank": (ReciprocalRankFusion, {}),
    "borda": (BordaFusion, {}),
    "stacking": (StackingFusion, {}),
    "greedy-selection": (GreedySelection, {}),
}


class HierarchicalFusion(BaseEstimator):  # type: ignore[misc]
    """Fusion in several levels, of what is alike first.

    The members of a group are fused, then the groups as if they were members, and so on: one
    descriptor's several classifiers, then a family's descriptors, then all, say. What a level is
    fitted on are the lower one's scores of validation samples held out, whole videos at a time
    (see `fusion.cross_fitting`); those of samples that it was fitted on would be too good, and the
    groups with the most to fit would get the most weight.

    Parameters
    ----------
    groups : "auto", or a mapping or sequence, nested
        Which members belong together. A mapping gives each group its name, the parts of a
        sequence are nameless; members are told by their names or their positions, from 0, and
        each stands in one place. ``{"sift": ["words", "fisher"], "network": "small-cnn"}``. "auto":
        members whose validation scores are correlated (see `fusion.grouping.by_correlation`).
    methods : str, mapping, or a sequence of these
        What each level is fused by, from the lowest to the highest; one serves all levels:
        "late", "mean", "ap", "max", "reciprocal-rank", "borda", "stacking", "greedy-selection", or
        a mapping with such a `name` and options of that fusion. A group of groups is one level
        above the highest of them. With "auto" there is one for each threshold and one for the
        top; where fewer levels are found, the last is still the top's.
    folds : int
        Parts of validation held out in turn, at least 2; 0 for fitting levels on scores of samples
        that the lower one was fitted on.
    threshold : float or sequence of float
        Read by "auto": members are grouped as long as one minus their correlation is on average
        below this; several, rising, make several levels.
    n_groups : int, optional
        Read by "auto": how many groups there shall be at most, in one level, instead of
        `threshold`.
    correlation : {"spearman", "pearson"}
        Read by "auto".

    Attributes
    ----------
    tree_ : str
        The groups in one line.
    levels_ : list of dict
        A group each, the lower before the higher: its `level` from 1, `group`, `method`, `parts`
        (names of members and groups) and `weights`, a list with a number for each part, the mean
        over concepts, or None where the method has none.
    fusions_ : dict of str to fusion
        The fitted fusion of each group, by name.
    correlation_ : array of shape (m, m), float64
        With "auto" only.

    References
    ----------
    S. Strat, A. Benoit, H. Bredin, G. Quénot, P. Lambert: Hierarchical late fusion for concept
    detection in videos. ECCV workshops 2012.
    """

    def __init__(
        self,
        groups: Any = "auto",
        methods: Method | Sequence[Method] = "late",
        folds: int = 5,
        threshold: float | Sequence[float] = 0.3,
        n_groups: int | None = None,
        correlation: str = "spearman",
    ) -> None:
        self.groups = groups
        self.methods = methods
        self.folds = folds
        self.threshold = threshold
        self.n_groups = n_groups
        self.correlation = correlation

    def fit(self, S: Scores, Y: ArrayLike) -> HierarchicalFusion:
        """Fit all levels on validation.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts; with names where `groups` has names.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        HierarchicalFusion

        Raises
        ------
        ValueError
            For groups that do not fit the members, methods that are unknown or not one for each
            level, annotations that do not belong to the scores, and what the methods raise.
        """
        annotations = check_annotations(S, Y)
        if self.groups == "auto":
            self.correlation_ = correlation(S.values, self.correlation)
            self.groups_ = by_correlation(self.correlation_, self.threshold, self.n_groups)
        else:
            self.groups_ = declared(self.groups, S.members, S.n_members)
        methods = self._methods(self.groups_.level)
        names = S.members or tuple(str(member) for member in range(S.n_members))
        self.tree_ = self.groups_.describe(names)
        self.shape_ = (S.n_members, S.n_concepts)
        self.fusions_: dict[str, Any] = {}
        self.levels_: list[dict[str, Any]] = []
        held_out: dict[str, NDArray[np.float32]] = {}
        for group in self.groups_.groups():
            name, fusion = methods[group.level - 1]
            fusion = clone(fusion)
            given = _side_by_side(S, group, held_out)
            if group is not self.groups_:
                if self.folds:
                    held_out[group.name] = held_out_scores(fusion, given, annotations, self.folds)
                else:
                    held_out[group.name] = fusion.fit(given, annotations).decision_function(given)
            self.fusions_[group.name] = fusion.fit(given, annotations)
            self.levels_.append(_report(group, name, fusion, names))
        return self

    def check(self, members: Sequence[str]) -> None:
        """Raise ValueError for groups or methods that cannot be right, before scores are read.

        Parameters
        ----------
        members : sequence of str
            The members' names.
        """
        if self.groups == "auto":
            apart = correlation(np.zeros((2, len(members), 1)), self.correlation)
            self._methods(by_correlation(apart, self.threshold, self.n_groups).level)
        else:
            self._methods(declared(self.groups, members, len(members)).level)

    def _methods(self, levels: int) -> list[tuple[str, Any]]:
        """Name and unfitted fusion for each level."""
        check_folds(self.folds)
        given = self.methods
        if isinstance(given, (str, Mapping)):
            return [make_method(given, METHODS)] * levels
        listed = [make_method(method, METHODS) for method in given]
        if self.groups == "auto":
            most = 2 if self.n_groups is not None else 1 + np.atleast_1d(self.threshold).size
            if len(listed) != most:
                raise ValueError(
                    f"members are grouped in up to {most} levels, methods are for {len(listed)}: "
                    "give one for each level, from the lowest to the highest, or one for all"
                )
            listed = [*listed[: levels - 1], listed[-1]]
        if len(listed) != levels:
            raise ValueError(
                f"groups have {levels} levels, methods are for {len(listed)}: give one for each "
                "level, from the lowest to the highest, or one for all"
            )
        return listed

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Fuse scores.

        Parameters
        ----------
        S : Scores
            Members and concepts of `fit`.

        Returns
        -------
        array of shape (n, c), float32

        Raises
        ------
        ValueError
            For another number of members or concepts.
        """
        check_is_fitted(self, "shape_")
        check_like_fitted(S, self.shape_)
        fused: dict[str, NDArray[np.float32]] = {}
        for group in self.groups_.groups():
            given = _side_by_side(S, group, fused)
            fused[group.name] = self.fusions_[group.name].decision_function(given)
        return fused[self.groups_.name]

    def unsupported(self, task: object) -> str | None:
        """None: it applies to every task."""
        return None


def _side_by_side(S: Scores, group: Group, fused: Mapping[str, NDArray[np.float32]]) -> Scores:
    parts = [
        fused[part.name] if isinstance(part, Group) else S.values[:, part] for part in group.parts
    ]
    return Scores.from_members(parts, S.video, S.shot, concepts=S.concepts)


def _report(group: Group, method: str, fusion: Any, names: Sequence[str]) -> dict[str, Any]:
    weights = getattr(fusion, "weights_", getattr(fusion, "coefficients_", None))
    return {
        "level": group.level,
        "group": group.name,
        "method": method,
        "parts": [part.name if isinstance(part, Group) else names[part] for part in group.parts],
        "weights": None if weights is None else weights.mean(axis=1).tolist(),
    }
