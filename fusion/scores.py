"""The scores of several systems on the same samples: what fusion and re-scoring work on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Scores:
    """Scores of m member systems for c concepts on n samples, with the samples' place in videos.

    Parameters
    ----------
    values : array of shape (n, m, c), float32
        Higher means likelier; any finite range, which may differ between members.
    video : array of shape (n,), optional
        Which video each sample comes from; None where the samples are still images.
    shot : array of shape (n,), int, optional
        The number of the shot inside its video; consecutive shots differ by one.
    members : sequence of m str, optional
        The members' names, by which groups of them can be declared.
    concepts : sequence of c str, optional
        The concepts' names, by which relations between them can be declared.

    Raises
    ------
    ValueError
        For a wrong shape, a score that is not finite, video without shot, or names that are not
        one for each and all different.
    """

    def __init__(
        self,
        values: ArrayLike,
        video: ArrayLike | None = None,
        shot: ArrayLike | None = None,
        members: Sequence[str] | None = None,
        concepts: Sequence[str] | None = None,
    ) -> None:
        self.values: NDArray[np.float32] = np.asarray(values, dtype=np.float32)
        if self.values.ndim != 3:
            raise ValueError(
                "scores must have three axes (samples, members, concepts); "
                f"got an array of shape {self.values.shape}. "
                "For (samples, concepts) arrays use Scores.from_members([...])"
            )
        finite = np.isfinite(self.values)
        if not finite.all():
            sample, member, concept = (int(i) for i in np.argwhere(~finite)[0])
            raise ValueError(
                f"score of sample {sample}, member {member}, concept {concept} is "
                f"{self.values[sample, member, concept]}: scores must be finite"
            )
        if (video is None) != (shot is None):
            raise ValueError("video and shot go together: give both or neither")
        self.video: NDArray[np.generic] | None = None
        self.shot: NDArray[np.int64] | None = None
        if video is not None and shot is not None:
            self.video = np.asarray(video)
            shots = np.asarray(shot)
            for name, column in (("video", self.video), ("shot", shots)):
                if column.shape != (len(self.values),):
                    raise ValueError(
                        f"{name} must hold one entry a sample, shape ({len(self.values)},); "
                        f"got {column.shape}"
                    )
            if not np.issubdtype(shots.dtype, np.integer):
                raise ValueError(f"shot must hold integers, got {shots.dtype}")
            self.shot = shots.astype(np.int64)
        self.members = _names(members, self.values.shape[1], "member")
        self.concepts = _names(concepts, self.values.shape[2], "concept")

    @classmethod
    def from_members(
        cls,
        members: Sequence[ArrayLike],
        video: ArrayLike | None = None,
        shot: ArrayLike | None = None,
        names: Sequence[str] | None = None,
        concepts: Sequence[str] | None = None,
    ) -> Scores:
        """Put the scores of several systems side by side.

        Parameters
        ----------
        members : sequence of m arrays of shape (n, c)
            The scores of each system on the same samples and concepts.
        video, shot : arrays of shape (n,), optional
            As in the constructor.
        names : sequence of m str, optional
            The constructor's `members`.
        concepts : sequence of c str, optional
            As in the constructor.

        Returns
        -------
        Scores
            Values of shape (n, m, c).
        """
        arrays = [np.asarray(member, dtype=np.float32) for member in members]
        if not arrays:
            raise ValueError("no member to put side by side")
        for position, array in enumerate(arrays):
            if array.ndim != 2 or array.shape != arrays[0].shape:
                raise ValueError(
                    f"member {position} has scores of shape {array.shape}, "
                    f"member 0 of shape {arrays[0].shape}: all must be the same (samples, concepts)"
                )
        return cls(np.stack(arrays, axis=1), video, shot, names, concepts)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: ArrayLike | slice) -> Scores:
        """The scores of some samples: an index array, a boolean mask or a slice."""
        index = rows if isinstance(rows, slice) else np.asarray(rows)
        if isinstance(index, np.ndarray) and index.ndim != 1:
            raise TypeError("Scores are indexed by a slice or by an array of samples")
        if isinstance(index, np.ndarray) and index.size == 0:
            index = index.astype(np.intp)
        return Scores(
            self.values[index],
            None if self.video is None else self.video[index],
            None if self.shot is None else self.shot[index],
            self.members,
            self.concepts,
        )

    def __repr__(self) -> str:
        videos = "no videos" if self.video is None else f"{len(np.unique(self.video))} videos"
        n, m, c = self.values.shape
        return f"Scores({n} samples, {m} members, {c} concepts, {videos})"

    @property
    def n_members(self) -> int:
        """How many systems were put side by side."""
        return int(self.values.shape[1])

    @property
    def n_concepts(self) -> int:
        """How many concepts were scored."""
        return int(self.values.shape[2])

    @property
    def single(self) -> NDArray[np.float32]:
        """The (n, c) scores of the only member; ValueError where there are several."""
        if self.n_members != 1:
            raise ValueError(
                f"one system's scores were expected, these are {self.n_members} systems': "
                "fuse them first"
            )
        return self.values[:, 0, :]


def _names(names: Sequence[str] | None, count: int, what: str) -> tuple[str, ...] | None:
    if names is None:
        return None
    given = tuple(str(name) for name in names)
    if len(given) != count:
        raise ValueError(f"{len(given)} {what} names were given for {count} {what}s: {given[:5]}")
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise ValueError(f"{what} {twice[0]!r} is named twice: names must differ")
    return given


def check_like_fitted(scores: Scores, fitted: tuple[int, int]) -> None:
    """Raise ValueError where scores are not of the members and concepts that were fitted on.

    Parameters
    ----------
    scores : Scores
        What is to be decided on.
    fitted : (m, c)
        Members and concepts of `fit`.
    """
    if scores.values.shape[1:] != tuple(fitted):
        raise ValueError(
            f"fitted on (members, concepts) {tuple(fitted)}, got {scores.values.shape[1:]}"
        )


def check_annotations(scores: Scores, Y: ArrayLike) -> NDArray[np.int8]:
    """Check that annotations belong to scores.

    Parameters
    ----------
    scores : Scores
        n samples, c concepts.
    Y : array of shape (n, c)
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    array of shape (n, c), int8

    Raises
    ------
    ValueError
        For a wrong shape or another value than 1, 0, -1.
    """
    annotations = np.asarray(Y)
    if annotations.shape != (len(scores), scores.n_concepts):
        raise ValueError(
            f"annotations have shape {annotations.shape}, the scores are for "
            f"{len(scores)} samples and {scores.n_concepts} concepts"
        )
    if not np.isin(annotations, (-1, 0, 1)).all():
        raise ValueError("annotations must be 1 (positive), 0 (negative) or -1 (unjudged)")
    return annotations.astype(np.int8)
