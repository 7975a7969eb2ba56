"""The shots around a shot, in its own video."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fusion.scores import Scores


class Neighbours:
    """Which samples are neighbouring shots of one video.

    Parameters
    ----------
    S : Scores
        With video and shot; only these two are looked at.

    Raises
    ------
    ValueError
        Where there are no videos, or two samples are the same shot of the same video.
    """

    def __init__(self, S: Scores) -> None:
        if S.video is None or S.shot is None:
            raise ValueError(
                "these scores have no video and shot: temporal re-scoring needs samples that are "
                "shots of videos (columns `video` and `shot` of the collection)"
            )
        self.names, self.video = np.unique(S.video, return_inverse=True)
        shot = S.shot
        order = np.lexsort((shot, self.video))
        same = (np.diff(self.video[order]) == 0) & (np.diff(shot[order]) == 0)
        if same.any():
            first, second = order[np.flatnonzero(same)[0] :][:2]
            raise ValueError(
                f"samples {first} and {second} are both shot {shot[first]} of video "
                f"{S.video[first]}: a shot must occur once"
            )
        self.shot, self.order = shot, order

    def local_mean(self, scores: NDArray[np.floating], width: int) -> NDArray[np.float64]:
        """Weighted mean of the shots at most `width` away.

        Parameters
        ----------
        scores : array of shape (n, c)
        width : int
            In shots, at least 1.

        Returns
        -------
        array of shape (n, c), float64
            The shot's own score where it has no neighbour.
        """
        sums = np.zeros(scores.shape)
        totals = np.zeros(len(scores))
        # In order of video and shot, a neighbour at most `width` shots away is at most `width`
        # places away.
        for places in range(1, width + 1):
            first, second = self.order[:-places], self.order[places:]
            distance = self.shot[second] - self.shot[first]
            near = (self.video[first] == self.video[second]) & (distance <= width)
            first, second = first[near], second[near]
            weight = 1.0 - distance[near] / (width + 1)
            # Each sample occurs once in `first` and once in `second`: plain indexed addition.
            sums[first] += weight[:, None] * scores[second]
            totals[first] += weight
            sums[second] += weight[:, None] * scores[first]
            totals[second] += weight
        alone = totals == 0
        sums[alone], totals[alone] = scores[alone], 1.0
        return sums / totals[:, None]

    def rest_mean(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Mean of all other shots of the same video.

        Parameters
        ----------
        scores : array of shape (n, c)

        Returns
        -------
        array of shape (n, c), float64
            The shot's own score where its video has no other.
        """
        sums = np.zeros((len(self.names), scores.shape[1]))
        np.add.at(sums, self.video, scores.astype(np.float64))
        others = np.bincount(self.video, minlength=len(self.names))[self.video] - 1
        rest = (sums[self.video] - scores) / np.maximum(others, 1)[:, None]
        return np.where(others[:, None] > 0, rest, scores)

    def rescore(
        self,
        scores: NDArray[np.floating],
        width: int,
        strength: float | NDArray[np.float64],
        global_strength: float | NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Mix own, neighbours' and video's scores.

        Parameters
        ----------
        scores : array of shape (n, c)
        width : int
            0 for no neighbourhood.
        strength, global_strength : float or array of shape (c,)
            Weights of the neighbourhood and of the rest of the video, at most 1 together.

        Returns
        -------
        array of shape (n, c), float64
        """
        mixed = (1.0 - strength - global_strength) * scores.astype(np.float64)
        if np.any(strength):
            mixed += strength * self.local_mean(scores, width)
        if np.any(global_strength):
            mixed += global_strength * self.rest_mean(scores)
        return mixed
