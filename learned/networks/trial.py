"""Try a network before anything is trained: what is wrong with it is known at once."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from learned.networks.building import build_network

# No network has by chance so many outputs, as one with a wrong number of them may have 1 or 2.
_PROBE = 3


def try_network(
    build: Callable[..., nn.Module],
    image_size: int,
    options: Mapping[str, Any] | None,
    attempt: Callable[[nn.Module], object],
) -> None:
    """Build a network for a moment, and do something with it.

    Networks of this package are built without numbers (on torch's device ``meta``), in
    milliseconds whatever their size. A plug-in may need numbers, and has them.

    Parameters
    ----------
    build, image_size, options
        As for `learned.networks.building.build_network`.
    attempt : callable
        ``attempt(network)``, which raises ValueError where the network does not serve.

    Raises
    ------
    ValueError
        What `attempt` says, or `build_network`, or the network itself: of another error
        its kind and the line.
    """
    ours = getattr(build, "__module__", "").startswith("learned.")
    try:
        # Nothing that follows may depend on whether a network was tried before.
        with torch.random.fork_rng(devices=[]), torch.device("meta" if ours else "cpu"):
            attempt(build_network(build, _PROBE, image_size, options))
    except ValueError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise ValueError(
            f"{type(error).__name__}: {error} ({last.filename}:{last.lineno} in {last.name})"
        ) from error
