"""Build a network, ours or a plug-in, and find out at once whether it fits."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn


def build_network(
    build: Callable[..., nn.Module],
    n_concepts: int,
    image_size: int,
    options: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Build a network and try it on two blank images.

    Parameters
    ----------
    build : callable
        ``build(n_concepts, image_size, **options) -> torch.nn.Module``.
    n_concepts : int
        Number of logits it must return.
    image_size : int
        Side of its input in pixels.
    options : mapping, optional
        Further keywords.

    Returns
    -------
    torch.nn.Module
        On the CPU, its kernels in ``channels_last`` memory order.

    Raises
    ------
    ValueError
        ``build`` does not take these arguments or returns no module, or the module
        fails at this size or does not return (batch, n_concepts).
    """
    if not callable(build):
        raise ValueError(f"network must be a callable build(n_concepts, image_size), got {build!r}")
    name = _name(build)
    try:
        inspect.signature(build).bind(n_concepts, image_size, **(options or {}))
    except TypeError as error:
        named = "".join(f", {option}" for option in options or {})
        raise ValueError(
            f"network {name} must accept (n_concepts, image_size{named}): {error}"
        ) from None
    network = build(n_concepts, image_size, **(options or {}))
    if not isinstance(network, nn.Module):
        raise ValueError(
            f"network {name} must return a torch.nn.Module, got {type(network).__name__}"
        )
    try:
        # Not inference_mode: lazy modules make their parameters here.
        with torch.no_grad():
            logits = network.eval()(torch.zeros(2, 3, image_size, image_size))
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"network {name} fails on images of {image_size} pixels a side "
            f"({type(error).__name__}: {error}); is image_size one that it takes?"
        ) from error
    shape = tuple(getattr(logits, "shape", ()))
    if shape != (2, n_concepts):
        raise ValueError(
            f"network {name}, built with n_concepts = {n_concepts}, must map (2, 3, {image_size}, "
            f"{image_size}) to (2, {n_concepts}), and gave {shape}: its last layer must have "
            "n_concepts outputs, whatever that is"
        )
    # Convolutions run up to a third faster with the channels innermost.
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _name(build: Callable[..., nn.Module]) -> str:
    """Name a builder by its file, as a suite does, or by its module where it has none."""
    name = getattr(build, "__qualname__", type(build).__name__)
    code = getattr(build, "__code__", None)
    place = build.__module__ if code is None else f"{Path(code.co_filename).name}:"
    return f"{place}{name}" if place.endswith(":") else f"{place}.{name}"


def check_sizes(network: nn.Module, image_size: int, sizes: Iterable[int], option: str) -> None:
    """Try a network on blank images of other sizes than the one that it was built for.

    Parameters
    ----------
    network : torch.nn.Module
        As `build_network` returns it.
    image_size : int
        The size that it was built for.
    sizes : iterable of int
        To try, in pixels.
    option : str
        What asks for them, for the message.

    Raises
    ------
    ValueError
        The network does not take one of the sizes.
    """
    for size in sorted(set(sizes) - {image_size}):
        try:
            with torch.no_grad():
                network.eval()(torch.zeros(2, 3, size, size))
        except (RuntimeError, ValueError) as error:
            raise ValueError(
                f"{option} needs images of {size} pixels, which the network, built for "
                f"{image_size}, does not take; change {option}, or choose a network that ends in "
                f"a mean over places, or over fewer cells ({error})"
            ) from error
