"""ResNet-10: a residual network for images of 48 to 128 pixels, trained on a few cores."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

from learned.networks.pooling import POOLINGS, WHOLE, GridPooling
from learned.networks.stem import check_image_size, choose_stride, residual_stem
from learned.parameters import check_between, check_count, check_name

STAGES = ("stage1", "stage2", "stage3", "stage4")


def build(
    n_concepts: int,
    image_size: int,
    width: int = 32,
    pooling: str = "average",
    grids: Mapping[str, Sequence[Sequence[int]]] | None = None,
    dropout: float = 0.0,
    stem_stride: int | None = None,
) -> nn.Module:
    """Build a residual network of ten layers: a stem, four stages of one block, a head.

    Each stage has one block of two convolutions; the last three halve the side and double
    the channels. Made to be trained from scratch in minutes: the stem halves the side at
    once, where three channels carry little and every further layer would work on four times
    the positions; a block starts as its shortcut alone (its last normalisation scales by
    zero), which bears high learning rates; a shortcut that halves the side averages 2x2
    positions before its projection instead of dropping three of four.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights do not depend on it.
    width : int
        Channels of the first stage; the last has ``8 * width``. Time grows with its square,
        once it is past about 32.
    pooling : {"average", "max", "average+max"}
        What the head sees of a map's values within a cell.
    grids : mapping of str to sequence of (rows, columns), optional
        Which stages the head sees, of ``"stage1"`` to ``"stage4"``, and into what cells it cuts
        each one's maps; by default those of the fourth, whole. Stages after the last one named
        are left out. Finer grids tell the head where things are, which helps where objects are
        centred and upright; earlier stages show it details. Both make training faster. Maps
        need as many rows and columns as their grids. Those of the fourth stage have the view's
        side divided by eight times the stem's stride, rounded up: 5 for 72 pixels, and 3 for
        views of 36 where they start at half of that.
    dropout : float
        Probability in [0, 1) with which a pooled feature is dropped in training.
    stem_stride : {1, 2, 4}, optional
        What the stem divides the side by; by default 2 from 48 pixels on, 4 from 112, and
        1 below. Time falls with its square.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; ``pooling``, ``grids`` or ``stem_stride`` is none of
        these. In the forward pass: a grid is finer than a stage's maps.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR
    2016; T. He et al., "Bag of tricks for image classification with convolutional neural
    networks", CVPR 2019 (zero scales; ResNet-D's shortcuts); S. Yang, D. Ramanan, "Multi-scale
    recognition with DAG-CNNs", ICCV 2015 (a head that sees several stages).
    """
    check_image_size("ResNet-10", image_size)
    check_count("width", width)
    check_between("dropout", dropout, 0, 1)
    grids = {STAGES[-1]: WHOLE} if grids is None else grids
    if not isinstance(grids, Mapping) or not grids:
        raise ValueError(
            f"grids must be a table of stages, such as {{stage4 = [[1, 1], [2, 2]]}}; got {grids!r}"
        )
    if wrong := sorted(set(grids) - set(STAGES)):
        raise ValueError(f"grids must be of {', '.join(STAGES)}; there is no stage {wrong[0]!r}")
    check_name("pooling", pooling, POOLINGS)
    pools = {}
    for stage in grids:
        try:
            pools[stage] = GridPooling(pooling, grids[stage])
        except ValueError as error:
            raise ValueError(f"{stage}: {error}") from None
    network = _ResNet10(n_concepts, width, choose_stride(image_size, stem_stride), pools, dropout)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, BasicBlock):
            nn.init.zeros_(module.bn2.weight)
    return network


class _ResNet10(nn.Module):
    def __init__(
        self,
        concepts: int,
        width: int,
        stride: int,
        pools: Mapping[str, GridPooling],
        dropout: float,
    ) -> None:
        super().__init__()
        self.stem = residual_stem(width, stride)
        seen = 0
        # A stage that nothing sees would not be trained.
        self.stages = STAGES[: 1 + max(map(STAGES.index, pools))]
        for k, stage in enumerate(self.stages):
            block = BasicBlock(width, width) if k == 0 else _halving(width * 2 ** (k - 1))
            self.add_module(stage, block)
            if stage in pools:
                self.add_module(_pool(stage), pools[stage])
                seen += width * 2**k * pools[stage].values_a_map
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(seen, concepts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, 3, size, size) float32 -> (b, concepts) logits."""
        x, seen = self.stem(x), []
        for stage in self.stages:
            x = self.get_submodule(stage)(x)
            if hasattr(self, _pool(stage)):
                seen.append(self.get_submodule(_pool(stage))(x))
        return self.head(self.dropout(torch.cat(seen, dim=1)))


def _pool(stage: str) -> str:
    return f"{stage}_pool"


def _halving(inputs: int) -> BasicBlock:
    shortcut = nn.Sequential(
        OrderedDict(
            # An odd last row or column is averaged over what there is of it.
            pool=nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False),
            conv=nn.Conv2d(inputs, 2 * inputs, 1, bias=False),
            norm=nn.BatchNorm2d(2 * inputs),
        )
    )
    return BasicBlock(inputs, 2 * inputs, 2, shortcut)
