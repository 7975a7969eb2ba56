"""How components are fitted: with a seed, and with what they ask for beside rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter


def seeded(component: Any, random_state: int | None) -> Any:
    """Return a copy of a component with a seed where it has none of its own."""
    if not hasattr(component, "get_params"):
        return component
    component = clone(component)
    if component.get_params(deep=False).get("random_state", 0) is None:
        component.set_params(random_state=random_state)
    return component


def videos_of(X: Any) -> np.ndarray | None:
    """Return the video of each image, if the images know it."""
    video = getattr(X, "video", None)
    return None if video is None else np.asarray(video)


def fit_supervised(
    component: Any,
    rows: np.ndarray,
    Y: np.ndarray,
    groups: np.ndarray | None,
    classifier: Any = None,
) -> None:
    """Fit a component, giving it the groups and the classifier where it asks for them."""
    more: dict[str, Any] = {}
    if has_fit_parameter(component, "groups"):
        more["groups"] = groups
    if has_fit_parameter(component, "classifier"):
        more["classifier"] = classifier
    component.fit(rows, Y, **more)
