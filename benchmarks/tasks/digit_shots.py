"""The embedded task: small videos composed from scikit-learn's handwritten digits."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from benchmarks.collection import ImageCollection
from benchmarks.tasks.base import Split, Task
from benchmarks.tasks.digits.concepts import CONCEPTS
from benchmarks.tasks.digits.handwriting import SHARES
from benchmarks.tasks.digits.script import LEAST, Recipe, script
from benchmarks.tasks.digits.source import DrawnShots
from benchmarks.tasks.digits.splits import judged, training_order

#: Below this side, in pixels, small digits cannot be read.
SMALLEST = 32

DESCRIPTION = (
    "Shots of small videos, composed from the 1,797 real handwritten digits of scikit-learn: "
    "one to four digits in several inks on smooth, striped or noisy grounds, with clutter, "
    "blur and noise. Topics make concepts occur together and last over neighbouring shots."
)

LABORATORY = (
    "digit-shots is a laboratory: its handwriting is real but its shots are composed, so it "
    "shows how systems behave under known conditions. Conclusions about photographs need "
    "photographs."
)


class DigitShots:
    """Maker of the embedded task `digit-shots`.

    Parameters
    ----------
    train_shots, val_shots, test_shots : int
        How many shots each part has.
    image_size : int
        Side of a shot, in pixels; at least 32.
    shots_per_video : pair of int
        Shortest and longest video, in shots; the longest must be at least twice the
        shortest less one, so that any number of shots can be divided.
    persistence : float
        Probability, 0 to 1, that a thing shown stays as it is in the next shot.
    unjudged : float
        Probability, from 0 to below 1, that an annotation has no judgment, drawn for each
        shot and concept on its own; two positives and two negatives of each concept are
        judged in each part, whatever is drawn.
    seed : int
        Seed of the data: which part owns which handwritten digit, videos, pixels and
        unjudged annotations. Not negative.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Notes
    -----
    No two parts share a handwritten digit or a video. Training sets are whole videos in an
    order that the seed of the split draws (the last one may be cut), so that a smaller one
    is within each larger one of the same seed. `val` and `test` are always the same.
    """

    def __init__(
        self,
        *,
        train_shots: int = 900,
        val_shots: int = 300,
        test_shots: int = 600,
        image_size: int = 96,
        shots_per_video: Sequence[int] = (8, 15),
        persistence: float = 0.9,
        unjudged: float = 0.1,
        seed: int = 0,
    ) -> None:
        counts = {
            "train_shots": (train_shots, 1),
            "val_shots": (val_shots, 1),
            "test_shots": (test_shots, 1),
            "image_size": (image_size, SMALLEST),
            "seed": (seed, 0),
        }
        for parameter, (value, least) in counts.items():
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not whole or value < least:
                raise ValueError(f"{parameter} must be an integer from {least} up, not {value!r}")
        if not 0 <= persistence <= 1:
            raise ValueError(f"persistence must be a probability from 0 to 1, not {persistence!r}")
        if not 0 <= unjudged < 1:
            raise ValueError(f"unjudged must be a share from 0 to below 1, not {unjudged!r}")
        bounds = tuple(operator.index(bound) for bound in shots_per_video)
        if len(bounds) != 2 or bounds[0] < 1 or bounds[1] < 2 * bounds[0] - 1:
            raise ValueError(
                "shots_per_video must be a shortest and a longest length, the longest at least "
                f"twice the shortest less one, not {list(shots_per_video)!r}"
            )
        self.unjudged = unjudged
        self.recipe = Recipe(
            seed=operator.index(seed),
            train_shots=operator.index(train_shots),
            val_shots=operator.index(val_shots),
            test_shots=operator.index(test_shots),
            shots_per_video=(bounds[0], bounds[1]),
            persistence=float(persistence),
            image_size=operator.index(image_size),
        )

    def load(self, name: str = "digit-shots") -> Task:
        """Make the task; its shots are drawn only when they are asked for.

        Parameters
        ----------
        name : str
            What a suite calls it.

        Returns
        -------
        Task

        Raises
        ------
        ValueError
            If a part is too small for every concept to be seen in it, and to be absent.
        """
        try:
            told = script(self.recipe)
        except ValueError as error:
            raise ValueError(f"task {name}: {error}") from None
        parts = np.array([shot.part for shot in told.shots])
        rows = {part: np.flatnonzero(parts == part) for part in SHARES}
        annotations = told.held.copy()
        for place, part in enumerate(SHARES):
            rng = np.random.default_rng([self.recipe.seed, 4, place])
            kept = judged(told.held[rows[part]], self.unjudged, LEAST, rng)
            annotations[rows[part]] = np.where(kept, told.held[rows[part]], -1)
        video = [f"{shot.part}-{shot.video:03d}" for shot in told.shots]
        return Task(
            name=name,
            collection=ImageCollection(
                DrawnShots(self.recipe),
                ids=[f"{v}-{shot.place:02d}" for v, shot in zip(video, told.shots, strict=True)],
                video=video,
                shot=[shot.place for shot in told.shots],
            ),
            concepts=tuple(CONCEPTS),
            annotations=annotations,
            splitter=VideoSplitter(
                name,
                rows,
                np.array([shot.video for shot in told.shots])[rows["train"]],
                annotations[rows["train"]],
            ),
            size_unit="shots",
            metrics=("ap", "ap_voc07", "p_at_10", "roc_auc"),
            mirror=False,
            description=DESCRIPTION,
            notes=[LABORATORY],
        )


class VideoSplitter:
    """Draws training sets of whole videos; leaves validation and test as they are.

    Parameters
    ----------
    name : str
        The task's, for messages.
    rows : dict of str to ndarray of int
        The samples of `train`, of `val` and of `test`.
    videos : ndarray of int
        The video of each training sample.
    annotations : ndarray of shape (n, c), int8
        Those of the training samples.
    """

    def __init__(
        self, name: str, rows: dict[str, np.ndarray], videos: np.ndarray, annotations: np.ndarray
    ) -> None:
        self.name = name
        self.rows = rows
        self.videos = videos
        self.annotations = annotations

    def __call__(self, seed: int, train_size: int | None) -> Split:
        """Split for one seed and training size, in shots."""
        available = len(self.videos)
        size = available if train_size is None else operator.index(train_size)
        if not 1 <= size <= available:
            raise ValueError(
                f"task {self.name}: a training size of {size} shots was asked for and there are "
                f"{available}; lower it, or raise the task's train_shots"
            )
        rng = np.random.default_rng([seed, 5])
        order = training_order(self.videos, self.annotations, LEAST, rng)
        chosen = np.concatenate([np.flatnonzero(self.videos == video) for video in order])[:size]
        seen = self.annotations[chosen]
        for value, word in ((1, "positive"), (0, "negative")):
            missing = ~(seen == value).any(axis=0)
            if missing.any():
                concept = list(CONCEPTS)[int(np.argmax(missing))]
                raise ValueError(
                    f"task {self.name}: {size} training shots have no judged {word} of "
                    f"{concept!r} with seed {seed}; ask for more training shots"
                )
        return Split(self.rows["train"][chosen], self.rows["val"], self.rows["test"])
