"""Pooling: maps of any size as one vector, cell by cell of a spatial pyramid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional

from learned.parameters import check_name

POOLINGS = ("average", "max", "average+max")
_KINDS: dict[str, Callable[..., torch.Tensor]] = {
    "average": functional.adaptive_avg_pool2d,
    "max": functional.adaptive_max_pool2d,
}
WHOLE = ((1, 1),)


class GridPooling(nn.Module):
    """`pool` as a layer: with cells, a linear layer after it sees where things are.

    Parameters
    ----------
    pooling, grids
        As for `pool`.

    Raises
    ------
    ValueError
        ``pooling`` or ``grids`` is none that `pool` takes.

    References
    ----------
    S. Lazebnik, C. Schmid, J. Ponce, "Beyond bags of features: spatial pyramid matching for
    recognizing natural scene categories", CVPR 2006; K. He, X. Zhang, S. Ren, J. Sun, "Spatial
    pyramid pooling in deep convolutional networks for visual recognition", ECCV 2014.
    """

    def __init__(self, pooling: str = "average", grids: Sequence[Sequence[int]] = WHOLE) -> None:
        super().__init__()
        check_pooling(pooling, grids)
        self.pooling = pooling
        self.grids = [tuple(grid) for grid in grids]

    @property
    def values_a_map(self) -> int:
        """Number of values that each map becomes."""
        cells = sum(rows * columns for rows, columns in self.grids)
        return cells * len(self.pooling.split("+"))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, channels, height, width) float -> (b, channels * values_a_map) float32."""
        return pool(x, self.pooling, self.grids)

    def extra_repr(self) -> str:
        """Return the options, for ``print``."""
        return f"{self.pooling!r}, grids={self.grids}"


def pool(
    output: torch.Tensor, pooling: str = "average", grids: Sequence[Sequence[int]] = WHOLE
) -> torch.Tensor:
    """Return a vector an image.

    Parameters
    ----------
    output : (b, channels, height, width) or (b, d) float
        The latter is returned as it is.
    pooling : {"average", "max", "average+max"}
        What is kept of a map's values within a cell.
    grids : sequence of (rows, columns)
        Each cuts the maps into so many cells, as a spatial pyramid does. Where a side is no
        multiple, cells share the places between them: 5 in 2 are the first and the last 3.

    Returns
    -------
    (b, d) float32
        Grid by grid, of each the averages and then the maxima, channels outermost.

    Raises
    ------
    ValueError
        A map has fewer rows or columns than a grid; the output has another shape.
    """
    output = output.float()
    if output.ndim == 2:
        return output
    if output.ndim != 4:
        raise ValueError(
            f"the layer's output has the shape {tuple(output.shape)}; it must be "
            "(images, values) or (images, channels, height, width)"
        )
    parts = []
    for rows, columns in grids:
        if rows > output.shape[2] or columns > output.shape[3]:
            raise ValueError(
                f"maps have {output.shape[2]}x{output.shape[3]} places here, too few for a grid of "
                f"{rows}x{columns}: give coarser grids"
            )
        parts += [_KINDS[kind](output, (rows, columns)).flatten(1) for kind in pooling.split("+")]
    return torch.cat(parts, dim=1)


def check_pooling(pooling: str, grids: Sequence[Sequence[int]]) -> None:
    """Refuse a pooling or grids that `pool` does not take.

    Raises
    ------
    ValueError
        With what it takes.
    """
    check_name("pooling", pooling, POOLINGS)
    try:
        cells = [(rows, columns) for rows, columns in grids]
    except (TypeError, ValueError):
        cells = []
    if not cells or not all(isinstance(n, int) and n > 0 for pair in cells for n in pair):
        raise ValueError(f"grids must be pairs of rows and columns, from 1 up, got {grids!r}")
