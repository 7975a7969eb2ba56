"""How large a fitted model is."""

from __future__ import annotations

import pickle
from typing import Any


def model_size(system: Any) -> dict[str, Any]:
    """Return the number of a model's parameters, where it tells, and its pickled size."""
    size: dict[str, Any] = {
        "parameters": getattr(system, "n_parameters_", None),
        "model_bytes": None,
    }
    network = getattr(system, "network_", None)
    if network is not None and hasattr(network, "parameters"):
        size["parameters"] = int(sum(p.numel() for p in network.parameters()))
    # Neither the cache nor the training images are part of the model.
    aside = {name: getattr(system, name, None) for name in ("stages", "training_images_")}
    counter = _Counter()
    try:
        for name, value in aside.items():
            if value is not None:
                setattr(system, name, None)
        pickle.dump(system, counter, protocol=pickle.HIGHEST_PROTOCOL)
        size["model_bytes"] = counter.count
        if hasattr(system, "folded_bytes"):
            size["model_bytes"] += system.folded_bytes(system.n_concepts_)
    except Exception:  # noqa: BLE001 -- a plug-in may be one that cannot be pickled
        size["model_bytes"] = None
    finally:
        for name, value in aside.items():
            if value is not None:
                setattr(system, name, value)
    return size


class _Counter:
    """A file that only counts."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, data: bytes) -> int:
        self.count += len(data)
        return len(data)
