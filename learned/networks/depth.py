"""One depth of a family of networks, under a name of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torch import nn


def at_depth(build: Callable[..., nn.Module], depth: int, summary: str) -> Callable[..., nn.Module]:
    """Fix the depth of a builder, as a name such as ``resnet-50`` asks for.

    Parameters
    ----------
    build : callable
        ``build(n_concepts, image_size, depth, **options) -> torch.nn.Module``.
    depth : int
        Layers with weights.
    summary : str
        First line of the documentation.

    Returns
    -------
    callable
        ``build_<depth>`` of the same module, where it has to be kept under that name to be
        pickled; its signature is that of ``build`` without the depth, its documentation
        that of ``build`` after the first line.
    """
    signature = inspect.signature(build)

    def at(n_concepts: int, image_size: int, **options: Any) -> nn.Module:
        return build(n_concepts, image_size, depth=depth, **options)

    at.__name__ = at.__qualname__ = f"build_{depth}"
    at.__module__ = build.__module__
    at.__doc__ = summary + "\n\n" + (inspect.getdoc(build) or "").partition("\n\n")[2]
    others = [p for p in signature.parameters.values() if p.name != "depth"]
    at.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    return at
