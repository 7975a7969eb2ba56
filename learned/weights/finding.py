"""Weights by what a suite calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from torch import nn

from learned.weights.imagenet import NETWORKS, imagenet, statistics
from learned.weights.weights import Weights

# The networks with published weights, by where they are built.
_BUILDERS = {
    "learned.networks.efficientnet_lite:build": "efficientnet-lite0",
    "learned.networks.googlenet:build": "googlenet",
    **{
        f"learned.networks.resnet:build_{depth}": f"resnet-{depth}"
        for depth in (18, 34, 50, 101, 152)
    },
    **{f"learned.networks.vgg:build_{depth}": f"vgg-{depth}" for depth in (11, 13, 16, 19)},
}


def find_weights(
    source: str | Mapping[str, Any],
    network: str | Callable[..., nn.Module],
    base: Path,
    options: Mapping[str, Any] | None = None,
) -> Weights:
    """Find the pretrained weights that a network is to start from.

    Parameters
    ----------
    source : str or mapping
        ``"imagenet"``: those published for the network, see `learned.weights.imagenet`. Or
        the path of a file. Or a mapping with ``file``, the path, and ``mean`` and
        ``deviation``, see `Weights`; by default, these are the published ones'.
    network : str or callable
        Its name in a suite, ``module:builder``, or the builder.
    base : Path
        Folder that a relative path starts from.
    options : mapping, optional
        The builder's further keywords; of these, VGG's ``batch_norm`` tells weights apart.

    Returns
    -------
    Weights

    Raises
    ------
    ValueError
        There are no such weights, or they are not on this machine; or the mapping is wrong.
    """
    if not isinstance(network, str):
        network = f"{network.__module__}:{getattr(network, '__qualname__', '')}"
    name = _BUILDERS.get(network, network)
    if source == "imagenet":
        if name not in NETWORKS:
            raise ValueError(
                f"no ImageNet weights are published for the network {name!r}; there are some for "
                + ", ".join(NETWORKS)
            )
        return imagenet(name, bool((options or {}).get("batch_norm")))
    entries: Mapping[str, Any] = {"file": source} if isinstance(source, str) else source
    if not isinstance(entries, Mapping) or not isinstance(entries.get("file"), str | Path):
        raise ValueError(
            'weights must be "imagenet", the path of a file, or { file = ..., mean = ..., '
            f"deviation = ... }}, got {source!r}"
        )
    unknown = sorted(set(entries) - {"file", "mean", "deviation"})
    if unknown:
        raise ValueError(
            f"weights have no entry {unknown[0]!r}; there are file, mean and deviation"
        )
    path = base / Path(entries["file"]).expanduser()
    if not path.is_file():
        raise ValueError(f"there is no file of weights {path}{_nearest(path)}")
    mean, deviation = statistics(name)
    return Weights(path, entries.get("mean", mean), entries.get("deviation", deviation))


def _nearest(path: Path) -> str:
    if path.name.lower() in ("image-net", "imagenet1k", "imagenet"):
        return '; did you mean "imagenet"?'
    beside = [other.name for other in path.parent.glob("*") if other.is_file()]
    close = get_close_matches(path.name, beside, n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""
