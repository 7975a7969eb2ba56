"""What a fitted system learned, as plain data for a trial's record."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np


def explain(system: Any) -> dict[str, Any]:
    """Return the fitted attributes of a fusion that are plain enough to show.

    Of a chain's steps, those of each step.
    """
    shown: dict[str, Any] = {}
    for name, value in vars(system).items():
        if not name.endswith("_") or name.startswith("_"):
            continue
        if isinstance(value, np.ndarray) and value.size <= 10_000:
            # JSON knows no NaN; what is undefined is shown as absent.
            shown[name] = _plain(value.tolist())
        elif isinstance(value, (bool, int, str)) or _is_plain(value):
            shown[name] = value
        elif name == "steps_":
            shown[name] = [explain(step) for step in value]
    return shown


def _is_plain(value: Any) -> bool:
    """Whether a list is of what JSON knows."""
    try:
        return isinstance(value, list) and bool(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        return False


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
