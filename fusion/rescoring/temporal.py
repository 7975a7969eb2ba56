"""Temporal re-scoring: what a shot's neighbours show, it is likelier to show."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.parameters import check_flag, check_list, check_number
from fusion.average_precision import average_precision, can_be_ranked
from fusion.rescoring.neighbours import Neighbours
from fusion.scores import Scores, check_annotations

# Videos are dealt into at most so many folds to estimate how sure a gain is.
MAX_FOLDS = 20
# Bounds the working memory: concepts are tried in blocks of about so many scores.
BLOCK = 4_000_000
# With positives in fewer folds the error of a gain cannot be estimated.
MIN_FOLDS_WITH_POSITIVES = 3


class VideoTask(Protocol):
    """What a temporal re-scoring asks of a task."""

    name: str
    has_videos: bool


def check_widths(widths: Sequence[int]) -> None:
    """Raise ValueError for a width that is not a whole number from 1."""
    check_list("widths", widths, empty=True)
    for width in widths:
        if isinstance(width, bool) or not isinstance(width, Real) or width < 1 or width % 1:
            raise ValueError(f"widths must be whole numbers from 1, got {width!r}")


class TemporalRescoring(BaseEstimator):  # type: ignore[misc]
    """Mix each shot's score with those of the neighbouring shots and of the whole video.

    A shot's score becomes ``(1 - a - g) * own + a * local + g * rest``. `local` is the mean of the
    shots at most `width` away in the same video, weighted by distance d as ``1 - d / (width + 1)``;
    `rest` is the mean of all other shots of the video. Distances are those of shot numbers, so a
    missing shot leaves a gap, and nothing crosses from one video to another. A shot without
    neighbours keeps its own score in their place.

    Width, strength `a` and global strength `g` are chosen on validation by average precision, but
    drawn towards none: a setting is used only if its gain, less `standard_errors` of its standard
    error, is above zero, and the one where that is highest is taken. The error is a jackknife
    over videos: how much the gain changes when some videos are left out. A concept whose validation
    positives lie in fewer than three videos tells too little and is left as it is.

    Parameters
    ----------
    widths : sequence of int, at least 1
        Reaches of the neighbourhood to choose from, in shots.
    strengths : sequence of float in (0, 1]
        Weights of the neighbourhood to choose from.
    global_strengths : sequence of float in [0, 1)
        Weights of the rest of the video to choose from; 0 is always among them.
    per_concept : bool
        Whether each concept has a setting of its own: signs pass within a second, cars stay.
        Otherwise one setting, of the best mean over concepts, serves all.
    standard_errors : float
        How many standard errors a gain must exceed.

    Attributes
    ----------
    width_ : array of shape (c,), int
        0 where the neighbourhood is not used.
    strength_, global_strength_ : arrays of shape (c,), float64
    gain_ : array of shape (c,), float64
        Gain in average precision on validation; 0 where nothing is changed.

    References
    ----------
    Safadi and Quénot, "Re-ranking by local re-scoring for video indexing and retrieval", CIKM 2011.
    Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, section 7.10, for
    the one-standard-error rule.
    """

    def __init__(
        self,
        widths: Sequence[int] = (1, 2, 3, 5),
        strengths: Sequence[float] = (0.2, 0.4, 0.6, 0.8),
        global_strengths: Sequence[float] = (0.0, 0.2, 0.4),
        per_concept: bool = True,
        standard_errors: float = 1.0,
    ) -> None:
        self.widths = widths
        self.strengths = strengths
        self.global_strengths = global_strengths
        self.per_concept = per_concept
        self.standard_errors = standard_errors

    def check(self) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        check_widths(self.widths)
        check_list("strengths", self.strengths, empty=True)
        check_list("global_strengths", self.global_strengths, empty=True)
        for strength in self.strengths:
            if not (isinstance(strength, Real) and 0 < strength <= 1):
                raise ValueError(f"strengths must lie in (0, 1], got {strength!r}")
        for strength in self.global_strengths:
            if not (isinstance(strength, Real) and 0 <= strength < 1):
                raise ValueError(f"global_strengths must lie in [0, 1), got {strength!r}")
        check_flag("per_concept", self.per_concept)
        check_number("standard_errors", self.standard_errors, least=0)

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
        settings = self._settings()
        annotations = check_annotations(S, Y)
        scores = S.single
        neighbours = Neighbours(S)
        c = S.n_concepts
        self.width_ = np.zeros(c, dtype=np.int64)
        self.strength_ = np.zeros(c)
        self.global_strength_ = np.zeros(c)
        self.gain_ = np.zeros(c)

        kept = _folds(neighbours.video)
        usable = can_be_ranked(annotations) & _positives_are_spread(annotations, kept)
        concepts = np.flatnonzero(usable)
        if not concepts.size or not settings:
            return self
        gains = _gains(neighbours, scores[:, concepts], annotations[:, concepts], settings, kept)
        if not self.per_concept:
            # A concept whose positives are all in one fold has no value without that fold.
            gains = np.nanmean(gains, axis=1, keepdims=True)
        gain, parts = gains[0], gains[1:]
        folds = np.sum(~np.isnan(parts), axis=0)
        spread = np.nansum((parts - np.nanmean(parts, axis=0)) ** 2, axis=0)
        error = np.sqrt(spread * (folds - 1) / folds)
        sure = gain - self.standard_errors * error
        for row in range(len(sure)):
            best = int(np.argmax(sure[row]))
            if sure[row, best] <= 1e-9:
                continue
            where = concepts[row] if self.per_concept else slice(None)
            self.width_[where], self.strength_[where], self.global_strength_[where] = settings[best]
            self.gain_[where] = gain[row, best]
        return self

    def _settings(self) -> list[tuple[int, float, float]]:
        """Every combination to choose from but "none", the mildest first."""
        self.check()
        local = [(0, 0.0), *((int(w), float(a)) for w in self.widths for a in self.strengths)]
        overall = sorted({0.0, *map(float, self.global_strengths)})
        settings = [(w, a, g) for w, a in local for g in overall if a + g <= 1 and a + g > 0]
        return sorted(settings, key=lambda setting: (setting[1] + setting[2], setting[0]))

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
        if scores.shape[1] != len(self.width_):
            raise ValueError(f"fitted on {len(self.width_)} concepts, got {scores.shape[1]}")
        neighbours = Neighbours(S)
        out = scores.copy()
        chosen = np.stack([self.width_, self.strength_, self.global_strength_], axis=1)
        for setting in np.unique(chosen, axis=0):
            width, strength, overall = int(setting[0]), float(setting[1]), float(setting[2])
            if strength == 0 and overall == 0:
                continue
            columns = np.flatnonzero((chosen == setting).all(axis=1))
            out[:, columns] = neighbours.rescore(scores[:, columns], width, strength, overall)
        return out

    def unsupported(self, task: VideoTask) -> str | None:
        """The reason why a task cannot be re-scored: it has no videos."""
        if task.has_videos:
            return None
        return f"task {task.name} has no videos: there are no neighbouring shots to smooth over"


def _gains(
    neighbours: Neighbours,
    scores: NDArray[np.float32],
    Y: NDArray[np.int8],
    settings: Sequence[tuple[int, float, float]],
    kept: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Gain of each concept by each setting, on all samples and then without each fold.

    The shape is (1 + folds, c, settings).
    """
    n, c = scores.shape
    parts = np.vstack([np.ones((1, n), dtype=bool), kept])
    width = max(1, BLOCK // (n * (len(settings) + 1)))
    gains = []
    for first in range(0, c, width):
        own = scores[:, first : first + width]
        # In the precision that `decision_function` answers in: ties must be the same in both.
        rescored = [neighbours.rescore(own, *setting).astype(np.float32) for setting in settings]
        precision = average_precision(
            np.stack([own, *rescored], axis=2), Y[:, first : first + width], parts
        )
        gains.append(precision[:, :, 1:] - precision[:, :, :1])
    return np.concatenate(gains, axis=1)


def _folds(video: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Samples kept when each fold of whole videos is left out, shape (folds, n)."""
    folds = min(MAX_FOLDS, int(video.max(initial=-1)) + 1)
    kept: NDArray[np.bool_] = video % folds != np.arange(folds)[:, None]
    return kept


def _positives_are_spread(Y: NDArray[np.int8], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    holding = np.stack([(Y[~keep] == 1).any(axis=0) for keep in kept])
    spread: NDArray[np.bool_] = holding.sum(axis=0) >= MIN_FOLDS_WITH_POSITIVES
    return spread
