"""Temporal re-scoring: what a shot's neighbours show, it is likelier to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from fusion.rescoring.mixing import check_choice, choose_mixture, units_of
from fusion.rescoring.neighbours import Neighbours
from fusion.scaling import ZScore
from fusion.scores import Scores, check_annotations, check_like_fitted

# Bounds the working memory: concepts are taken in blocks of about so many values.
BLOCK = 8_000_000


class _Task(Protocol):
    name: str
    has_videos: bool


class TemporalRescoring(BaseEstimator):  # type: ignore[misc]
    """Mix each shot's score with those of the neighbouring shots and of the whole video.

    A shot's score becomes ``(1 - a - g) * own + a * local + g * rest``. `local` is the mean of the
    shots at most `width` away in the same video, weighted by distance d as ``1 - d / (width + 1)``;
    `rest` is the mean of all other shots of the video. Distances are those of shot numbers, so a
    missing shot leaves a gap, and nothing crosses from one video to another. A shot without
    neighbours keeps its own score in their place.

    Width, strength `a` and global strength `g` are chosen on validation and drawn towards none
    (see `fusion.rescoring.mixing.choose_mixture`). `a` and `g` are shares in a logistic regression
    on own, local and rest, that is drawn to the own score alone. Width and penalty are those of the
    highest likelihood on videos held out, and only if it exceeds that of the own score by
    `standard_errors` of the gain's standard error over videos. A concept whose validation positives
    lie in a single video is left as it is.

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
        Gain in average precision on validation videos held out; 0 where nothing is changed.

    References
    ----------
    B. Safadi, G. Quénot: Re-ranking by local re-scoring for video indexing and retrieval. CIKM 2011,
    for local and global context.
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

    def fit(self, S: Scores, Y: ArrayLike) -> TemporalRescoring:
        """Choose width and strengths on validation.

        Parameters
        ----------
        S : Scores
            n validation samples of one system, with video and shot.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        TemporalRescoring

        Raises
        ------
        ValueError
            Where the scores have no videos, several members or a shot twice, for annotations that
            do not belong to them, or for a setting out of its range.
        """
        for width in self.widths:
            if width < 1 or int(width) != width:
                raise ValueError(f"widths must be whole numbers from 1, got {width}")
        check_choice(self.penalties, self.standard_errors, self.folds)
        annotations = check_annotations(S, Y)
        neighbours, units = Neighbours(S), units_of(S)
        own = ZScore().fit(S.single).transform(S.single).astype(np.float64)
        n, c = own.shape
        self.width_ = np.zeros(c, dtype=np.int64)
        self.strength_ = np.zeros(c)
        self.global_strength_ = np.zeros(c)
        self.gain_ = np.zeros(c)
        widths = [int(width) for width in self.widths] or [0]
        if widths == [0] and not self.whole_video:
            return self
        size = max(1, BLOCK // (n * 2 * len(widths))) if self.per_concept else c
        for first in range(0, c, size):
            block = slice(first, min(first + size, c))
            mine = own[:, block]
            mixture = choose_mixture(
                mine,
                [self._context(neighbours, mine, width) for width in widths],
                annotations[:, block],
                units,
                penalties=self.penalties,
                folds=self.folds,
                standard_errors=self.standard_errors,
                per_concept=self.per_concept,
            )
            used = mixture.candidate >= 0
            local = mixture.shares[:, 1] if self.widths else np.zeros(len(used))
            self.width_[block] = np.where(local > 0, np.take(widths, mixture.candidate), 0)
            self.strength_[block] = local
            if self.whole_video:
                self.global_strength_[block] = mixture.shares[:, -1]
            self.gain_[block] = mixture.gain
        return self

    def _context(
        self, neighbours: Neighbours, own: NDArray[np.float64], width: int
    ) -> NDArray[np.float64]:
        parts = [neighbours.local_mean(own, width)] if width else []
        if self.whole_video:
            parts.append(neighbours.rest_mean(own))
        return np.stack(parts, axis=2)

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
        for width in np.unique(self.width_):
            mine = (self.width_ == width) & (self.strength_ + self.global_strength_ > 0)
            columns = np.flatnonzero(mine)
            if columns.size:
                strengths = (self.strength_[columns], self.global_strength_[columns])
                out[:, columns] = neighbours.rescore(scores[:, columns], int(width), *strengths)
        return out

    def unsupported(self, task: _Task) -> str | None:
        """The reason why a task cannot be re-scored: it has no videos."""
        if task.has_videos:
            return None
        return f"task {task.name} has no videos: there are no neighbouring shots to smooth over"
