"""The tensors of a file under the names that a network has for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch

from learned.networks.efficientnet_lite import STAGES

State = Mapping[str, torch.Tensor]

_BLOCK = {
    "_expand_conv": "expand.conv",
    "_bn0": "expand.norm",
    "_depthwise_conv": "depthwise.conv",
    "_bn1": "depthwise.norm",
    "_project_conv": "project.conv",
    "_bn2": "project.norm",
}
_OUTER = {
    "_conv_stem": "stem.conv",
    "_bn0": "stem.norm",
    "_conv_head": "last.conv",
    "_bn1": "last.norm",
    "_fc": "head",
}


def rename(state: State, own: Collection[str]) -> dict[str, torch.Tensor]:
    """Name tensors as a network does.

    Names that all start alike, since the network was a part of something when it was saved
    (``module.`` of distributed training, ``model.``) or is one now, are made to start as the
    network's own do, if more of them agree for it. Those of the package
    efficientnet-lite-pytorch are translated.

    Parameters
    ----------
    state : mapping of str to tensor
        As the file has them.
    own : collection of str
        Names of the network's own tensors.

    Returns
    -------
    dict of str to tensor
        All of the file's.
    """
    if "_conv_stem.weight" in state:
        return {_translated(name): tensor for name, tensor in state.items()}
    before, after = _common(state), _common(own)
    moved = {after + name.removeprefix(before): tensor for name, tensor in state.items()}
    agreeing = [sum(name in own for name in names) for names in (state, moved)]
    return moved if agreeing[1] > agreeing[0] else dict(state)


def _common(names: Collection[str]) -> str:
    """Return the whole components that all names start with, each with its dot."""
    common = ""
    for parts in zip(*(name.split(".")[:-1] for name in names)):
        if len(set(parts)) > 1:
            break
        common += parts[0] + "."
    return common


def _translated(name: str) -> str:
    places = [
        f"stage{number}.{block}"
        for number, (blocks, *_) in enumerate(STAGES, 1)
        for block in range(blocks)
    ]
    outer, _, rest = name.partition(".")
    if outer != "_blocks":
        return f"{_OUTER.get(outer, outer)}.{rest}"
    index, part, rest = rest.split(".", 2)
    return f"{places[int(index)]}.body.{_BLOCK.get(part, part)}.{rest}"
