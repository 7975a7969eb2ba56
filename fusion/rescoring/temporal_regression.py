"""Temporal re-scoring whose strength is learned by likelihood, for small validation sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.parameters import check_flag, check_whole
from fusion.rescoring.mixing import Parts, check_choice, choose_mixture, parts_of
from fusion.rescoring.neighbours import Neighbours
from fusion.rescoring.temporal import VideoTask, check_widths
from fusion.scaling import ZScore
from fusion.scores import Scores, check_annotations, check_like_fitted

# Bounds the working memory: concepts are taken in blocks of about so many values.
BLOCK = 8_000_000


class TemporalRegression(BaseEstimator):  # type: ignore[misc]
    """Mix each shot's score with those around it, as much as makes held-out videos likelier.

    The score is that of `fusion.rescoring.temporal.TemporalRescoring`,
    ``(1 - a - g) * own + a * local + g * rest``. But strengths `a` and `g` are not chosen from a
    grid by average precision: they are shares of the coefficients, none negative, of a logistic
    regression on own, local and rest, drawn to the own score alone. Width and penalty are those of
    the highest likelihood on videos held out, taken only if it exceeds that of the own score by
    `standard_errors` of the gain's standard error over videos (see
    `fusion.rescoring.mixing.choose_mixture`). A concept whose validation positives lie in a single
    fold is left as it is.

    Parameters
    ----------
    widths : sequence of int, at least 1
        Reaches of the neighbourhood to choose from, in shots; none for the whole video alone.
    whole_video : bool
        Whether the rest of the video counts, too; else g is 0.
    penalties : sequence of float, above 0
        Penalties to choose from; the larger, the weaker the context.
    per_concept : bool
        Whether each concept has a setting of its own: signs pass within a second, cars stay.
        Otherwise one setting serves all, which helps where all last alike and misleads elsewhere.
    standard_errors : float, at least 0
        How many standard errors a gain must exceed.
    folds : int, at least 2
        Parts of validation held out in turn; fewer where there are fewer videos.

    Attributes
    ----------
    width_ : array of shape (c,), int
        0 where the neighbourhood is not used.
    strength_, global_strength_ : arrays of shape (c,), float64
        a and g.
    gain_ : array of shape (c,), float64
        Gain in log-likelihood a judged shot on validation videos held out, in nats; 0 where
        nothing is changed.

    References
    ----------
    B. Safadi, G. Quénot: Re-ranking by local re-scoring for video indexing and retrieval. CIKM
    2011, for local and global context.
    """

    def __init__(
        self,
        widths: Sequence[int] = (1, 2, 3, 5),
        whole_video: bool = True,
        penalties: Sequence[float] = (1.0, 10.0),
        per_concept: bool = True,
        standard_errors: float = 1.0,
        folds: int = 10,
    ) -> None:
        self.widths = widths
        self.whole_video = whole_video
        self.penalties = penalties
        self.per_concept = per_concept
        self.standard_errors = standard_errors
        self.folds = folds

    def check(self) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        check_widths(self.widths)
        check_flag("whole_video", self.whole_video)
        check_choice(self.penalties, self.standard_errors)
        check_flag("per_concept", self.per_concept)
        check_whole("folds", self.folds, least=2)

    def fit(self, S: Scores, Y: ArrayLike) -> TemporalRegression:
        """Choose width and strengths on validation.

        Parameters
        ----------
        S : Scores
            n validation samples of one system, with video and shot.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        TemporalRegression

        Raises
        ------
        ValueError
            Where the scores have no videos, several members or a shot twice, for annotations that
            do not belong to them, or for a setting out of its range.
        """
        self.check()
        annotations = check_annotations(S, Y)
        neighbours, parts = Neighbours(S), parts_of(S, annotations, self.folds)
        own = ZScore().fit(S.single).transform(S.single).astype(np.float64)
        n, c = own.shape
        self.width_ = np.zeros(c, dtype=np.int64)
        self.strength_ = np.zeros(c)
        self.global_strength_ = np.zeros(c)
        self.gain_ = np.zeros(c)
        if not self.widths and not self.whole_video:
            return self
        size = max(1, BLOCK // (n * 3 * max(1, len(self.widths)))) if self.per_concept else c
        for first in range(0, c, size):
            block = slice(first, min(first + size, c))
            self._fit_block(neighbours, own, annotations, parts, block)
        return self

    def _fit_block(
        self,
        neighbours: Neighbours,
        own: NDArray[np.float64],
        Y: NDArray[np.int8],
        parts: Parts,
        block: slice,
    ) -> None:
        mine = own[:, block]
        rest = [neighbours.rest_mean(mine)] if self.whole_video else []
        widths = [int(width) for width in self.widths]
        around = [[neighbours.local_mean(mine, width)] for width in widths] or [[]]
        contexts = [np.stack([*local, *rest], axis=2) for local in around]
        mixture = choose_mixture(
            mine,
            lambda fitted: contexts,
            Y[:, block],
            parts,
            penalties=self.penalties,
            standard_errors=self.standard_errors,
            per_concept=self.per_concept,
        )
        self.gain_[block] = mixture.gain
        if self.whole_video:
            self.global_strength_[block] = mixture.shares[:, -1]
        if widths:
            self.strength_[block] = mixture.shares[:, 1]
            used = (mixture.candidate >= 0) & (mixture.shares[:, 1] > 0)
            self.width_[block] = np.where(used, np.take(widths, mixture.candidate), 0)

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Re-score shots.

        Parameters
        ----------
        S : Scores
            One system's scores, with video and shot. Only the shots that are given are neighbours:
            score whole videos together.

        Returns
        -------
        array of shape (n, c), float32

        Raises
        ------
        ValueError
            Where the scores have no videos, several members, a shot twice, or other concepts.
        """
        check_is_fitted(self, "width_")
        scores = S.single
        check_like_fitted(S, (1, len(self.width_)))
        neighbours = Neighbours(S)
        out = scores.copy()
        changed = self.strength_ + self.global_strength_ > 0
        for width in np.unique(self.width_):
            columns = np.flatnonzero((self.width_ == width) & changed)
            if columns.size:
                strengths = (self.strength_[columns], self.global_strength_[columns])
                out[:, columns] = neighbours.rescore(scores[:, columns], int(width), *strengths)
        return out

    def unsupported(self, task: VideoTask) -> str | None:
        """The reason why a task cannot be re-scored: it has no videos."""
        if task.has_videos:
            return None
        return f"task {task.name} has no videos: there are no neighbouring shots to smooth over"
