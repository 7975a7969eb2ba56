"""Controls of re-scorings: what surrounds a sample is shuffled, so that there is nothing to gain.

What a re-scoring gains all the same, or loses, is what its own choices cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.tasks.base import Task
from fusion.scores import Scores


class ShuffledShots:
    """A temporal re-scoring of shots that are dealt out anew over the places in the videos.

    Every sample keeps its own scores and annotations; its neighbours are strangers, in fitting
    and in scoring.

    Parameters
    ----------
    rescorer : re-scoring
        Unfitted.
    random_state : int or None
        Of the shuffling.
    """

    def __init__(self, rescorer: Any, random_state: int | None = None) -> None:
        self.rescorer = rescorer
        self.random_state = random_state

    def fit(self, S: Scores, Y: ArrayLike) -> ShuffledShots:
        """Fit the re-scoring on shuffled shots."""
        self.rescorer.fit(self.shuffled(S), Y)
        return self

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Re-score shuffled shots; scores are in the order of the samples."""
        scores: NDArray[np.float32] = self.rescorer.decision_function(self.shuffled(S))
        return scores

    def shuffled(self, S: Scores) -> Scores:
        """Return the scores with pairs of video and shot permuted over all samples."""
        if S.video is None or S.shot is None:
            raise ValueError("these scores have no video and shot: there is nothing to shuffle")
        order = np.random.default_rng(self.random_state).permutation(len(S))
        return Scores(S.values, S.video[order], S.shot[order], S.members, S.concepts)

    def unsupported(self, task: Task) -> str | None:
        """The reason why a task cannot be re-scored, the re-scoring's own or no videos."""
        if reason := _unsupported(self.rescorer, task):
            return reason
        return None if task.has_videos else f"task {task.name} has no videos: no shots to shuffle"


class ShuffledConcepts:
    """A conceptual re-scoring of each concept by the other concepts' scores of other samples.

    The scores of every concept are permuted over the samples, by an order of their own. Each
    concept is then re-scored by itself: its own scores in their true order, the others' in
    theirs, in fitting and in scoring. There are as many re-scorings to fit as concepts.

    Parameters
    ----------
    rescorer : re-scoring
        Unfitted.
    random_state : int or None
        Of the shuffling.

    Attributes
    ----------
    rescorers_ : list of re-scorings
        One a concept, fitted.
    """

    def __init__(self, rescorer: Any, random_state: int | None = None) -> None:
        self.rescorer = rescorer
        self.random_state = random_state

    def fit(self, S: Scores, Y: ArrayLike) -> ShuffledConcepts:
        """Fit a re-scoring for each concept."""
        self.rescorers_ = []
        for shuffled in self.shuffled(S):
            rescorer = deepcopy(self.rescorer)
            rescorer.fit(shuffled, Y)
            self.rescorers_.append(rescorer)
        return self

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Re-score each concept by its own re-scoring."""
        out = S.single.copy()
        for concept, shuffled in enumerate(self.shuffled(S)):
            out[:, concept] = self.rescorers_[concept].decision_function(shuffled)[:, concept]
        return out

    def shuffled(self, S: Scores) -> Iterator[Scores]:
        """Yield, for each concept, the scores with all other concepts' permuted over samples."""
        strangers = np.random.default_rng(self.random_state).permuted(S.single, axis=0)
        for concept in range(S.n_concepts):
            values = strangers.copy()
            values[:, concept] = S.single[:, concept]
            yield Scores.from_members([values], S.video, S.shot, S.members, S.concepts)

    def unsupported(self, task: Task) -> str | None:
        """The reason why a task cannot be re-scored, the re-scoring's own or a single concept."""
        if reason := _unsupported(self.rescorer, task):
            return reason
        one = len(task.concepts) == 1
        return f"task {task.name} has one concept: no others to shuffle" if one else None


def controlled(
    rescorer: Any, control: str, random_state: int | None
) -> ShuffledShots | ShuffledConcepts:
    """Make a re-scoring its own control.

    Parameters
    ----------
    rescorer : re-scoring
        Unfitted.
    control : {"shuffled-shots", "shuffled-concepts"}
    random_state : int or None
        Of the shuffling.

    Raises
    ------
    ValueError
        For a re-scoring that goes by what is not shuffled: it could gain. What a plug-in goes by
        is not known; the suite is believed.
    """
    needed, related = _goes_by(rescorer)
    if len(needed) > 1:
        raise ValueError(
            f"control = {control!r} leaves this chain what its other steps go by: declare the "
            "steps as systems on top of each other, and a control of each"
        )
    if needed and control not in needed:
        raise ValueError(
            f"control = {control!r} does not shuffle what it goes by: say "
            f"control = {needed.pop()!r}"
        )
    if related:
        raise ValueError(
            "its `relations` are known, not learned, and would hold on shuffled scores, too: "
            "leave them out of the control"
        )
    kind = ShuffledShots if control == "shuffled-shots" else ShuffledConcepts
    return kind(rescorer, random_state)


def _goes_by(rescorer: Any) -> tuple[set[str], bool]:
    """Return the controls of what a re-scoring goes by, and whether it has relations, too."""
    from fusion.rescoring.chain import STEPS, RescoringChain
    from fusion.rescoring.conceptual import ConceptualRescoring
    from fusion.rescoring.temporal import TemporalRescoring
    from fusion.rescoring.temporal_regression import TemporalRegression

    kinds, related = [type(rescorer)], False
    if isinstance(rescorer, ConceptualRescoring):
        related = rescorer.relations is not None
    elif isinstance(rescorer, RescoringChain):
        steps = [{"name": step} if isinstance(step, str) else step for step in rescorer.steps]
        kinds = [STEPS[step["name"]][0] for step in steps]
        related = any(step.get("relations") is not None for step in steps)
    needed = set()
    for kind in kinds:
        if issubclass(kind, (TemporalRescoring, TemporalRegression)):
            needed.add("shuffled-shots")
        elif issubclass(kind, ConceptualRescoring):
            needed.add("shuffled-concepts")
    return needed, related


def _unsupported(rescorer: Any, task: Task) -> str | None:
    return rescorer.unsupported(task) if hasattr(rescorer, "unsupported") else None
